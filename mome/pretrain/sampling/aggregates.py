"""Figures over all rows of a selection."""

from __future__ import annotations

from mome.pretrain.sampling.asking import as_told, ask_number
from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.figures import (
    all_said,
    asked_together,
    different,
    measured,
    several_figures,
)
from mome.pretrain.sampling.manners import Wanted
from mome.pretrain.sampling.naming import phrase
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import read, select


def count_rows(scene: Scene) -> SampleDraft | None:
    """Ask how many rows there are, mostly under restrictions."""
    subject = scene.table()
    rows = select(scene, subject, 0 if scene.chance(0.15) else 1, 3) if subject else None
    if rows is None:
        return None
    form = f"SELECT COUNT(*) FROM {scene.source(rows.subject)}{rows.where}"
    wanted = ask_number(scene, rows.plain_many, as_told(rows.words))
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def count_different(scene: Scene) -> SampleDraft | None:
    """Ask how many different values a column has, or how many different parents rows have."""
    subject = scene.table()
    rows = select(scene, subject, 0, 2) if subject else None
    counted = different(scene, subject, rows.columns) if rows and subject else None
    if rows is None or counted is None:
        return None
    questions = (
        f"how many {counted.counted} do the {rows.many} have",
        f"how many {counted.counted} are there among the {rows.many}",
    )
    noun = f"number of {counted.counted} of the {rows.many}"
    form = f"SELECT {counted.form}{rows.where}"
    wanted = Wanted(noun, questions=questions)
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def aggregate(scene: Scene) -> SampleDraft | None:
    """Ask for one figure of a measure."""
    subject = scene.measured_table()
    rows = select(scene, subject, 0, 2) if subject else None
    wanted = measured(scene, subject) if subject else None
    if rows is None or wanted is None:
        return None
    all_rows = scene.rng.choice(("", "", "all ", "the ")) + rows.many
    form = f"SELECT {wanted.form}{rows.where}"
    noun = wanted.of(scene, rows.many if rows.words else all_rows)
    # "What is the total amount in 2024?" leaves the rows to the measure.
    if rows.period and not rows.front and scene.chance(0.4):
        noun = f"{scene.rng.choice((wanted.words, *wanted.short))} {rows.period}"
    return draft(scene, form, Wanted(noun), is_relative=rows.is_relative)


def several_aggregates(scene: Scene) -> SampleDraft | None:
    """Ask for two or more figures at once."""
    subject = scene.table()
    rows = select(scene, subject, 0, 2) if subject else None
    figures = several_figures(scene, rows) if rows else []
    if rows is None or len(figures) < 2:
        return None
    forms = [form for one in figures for form in one.forms]
    form = f"SELECT {', '.join(forms)}{read(scene, rows)}"
    wanted = Wanted(
        all_said(scene, figures, rows.many),
        is_plural=True,
        questions=asked_together(figures, rows.many),
    )
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def first_or_last_day(scene: Scene) -> SampleDraft | None:
    """Ask for the earliest or latest date."""
    subject = scene.dated_table()
    column = scene.pick(scene.full_dates(subject)) if subject else None
    rows = select(scene, subject, 0, 1) if subject else None
    if subject is None or column is None or rows is None or column in rows.columns:
        return None
    is_first = scene.chance(0.5)
    name = "MIN" if is_first else "MAX"
    start = scene.rng.choice(
        ("earliest", "first") if is_first else ("latest", "most recent", "last")
    )
    words = phrase(subject, column)
    form = f"SELECT {name}({scene.ref(subject, column)}){rows.where}"
    wanted = Wanted(f"{start} {words} of {rows.many}")
    return draft(scene, form, wanted, is_relative=rows.is_relative)
