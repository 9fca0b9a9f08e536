"""Counts of rows, and of different values."""

from __future__ import annotations

from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.manners import Wanted, clause, number_of
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import select


def count_rows(scene: Scene) -> SampleDraft | None:
    """Ask how many rows there are, mostly under restrictions."""
    subject = scene.table()
    rows = select(scene, subject, 0 if scene.chance(0.15) else 1, 3) if subject else None
    if rows is None:
        return None
    form = f"SELECT COUNT(*) FROM {scene.source(rows.subject)}{rows.where}"
    questions = [f"how many {rows.many} are there", f"how many {rows.many} do we have"]
    if clause(rows.words):
        questions += [f"how many {rows.subject.many} {clause(rows.words)}"] * 3
    ask = Wanted(
        number_of(scene.rng, rows.many),
        questions=tuple(questions),
        commands=(f"count the {rows.many}", f"count {rows.many}"),
    )
    return draft(scene, form, ask, is_relative=rows.is_relative)
