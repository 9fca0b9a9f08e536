"""Lists of rows with some or all of their columns."""

from __future__ import annotations

from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.manners import Wanted, listed
from mome.pretrain.sampling.scene import Scene, phrase
from mome.pretrain.sampling.selections import select
from training_data.language.words import plural


def list_rows(scene: Scene) -> SampleDraft | None:
    """Ask for columns of the rows that fulfil restrictions."""
    subject = scene.table()
    rows = select(scene, subject, 1, 3) if subject else None
    if rows is None:
        return None
    columns = scene.shown(rows.subject, rows.constants)
    refs = ", ".join(scene.refs(rows.subject, columns))
    form = f"SELECT {refs}{rows.where}"
    phrases = [phrase(rows.subject, column) for column in columns]
    if len(phrases) == 1 or scene.chance(0.3):
        phrases = [plural(words) for words in phrases]
    ask = Wanted(f"{listed(scene.rng, phrases)} of {rows.many}", is_plural=True)
    return draft(scene, form, ask, is_relative=rows.is_relative)
