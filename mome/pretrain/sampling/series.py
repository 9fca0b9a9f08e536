"""Families over time: amounts by period, their change, growth, running totals and averages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mome.pretrain.sampling.dimensions import LASTING, Dimension, by_groups, dimension
from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.events import event
from mome.pretrain.sampling.figures import Figure, amount
from mome.pretrain.sampling.manners import Wanted, clause
from mome.pretrain.sampling.naming import phrase
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import Selection, everything, read, select
from schemas.catalog import FullColumn
from training_data.language.column_roles import is_audit, is_year
from training_data.language.words import plural

_UNITS = ("month", "month", "month", "quarter", "year", "year", "week", "day")
_ADVERBS = {
    "day": "daily",
    "week": "weekly",
    "month": "monthly",
    "quarter": "quarterly",
    "year": "yearly",
}


def amount_by_period(scene: Scene) -> SampleDraft | None:
    """Ask for an amount by month or another period, some of the time for each group."""
    drawn = _dated_rows(scene)
    if drawn is None:
        return None
    rows, column, unit, time = drawn
    value = amount(scene, rows)
    words = value.of(scene, rows.many)
    by = dimension(scene, rows, (column,), LASTING) if scene.chance(0.2) else None
    order, tail = scene.rng.choice(
        (("", ""), ("", ""), (f" ORDER BY {time.shown[0]}", ", in chronological order"))
    )
    form = by_groups((by, time), (value.form,), read(scene, rows)) + order
    each = f" and {by.one}" if by else ""
    nouns = [f"{words} {_per(scene, unit)}{each}"]
    nouns += [f"{_ADVERBS[unit]} {words}"] if not by else []
    questions = [f"what is the {words} {_per(scene, unit)}{each}"]
    if value.is_count:
        does = clause(rows.words) or "are there"
        noun = rows.plain_many if clause(rows.words) else rows.many
        questions.append(f"how many {noun} {does} {_per(scene, unit)}{each}")
    wanted = Wanted(scene.rng.choice(nouns), tail, questions=tuple(questions), titles=tuple(nouns))
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def running_total(scene: Scene) -> SampleDraft | None:
    """Ask for the sum of all periods up to each one."""
    return _series(scene, _running)


def moving_average(scene: Scene) -> SampleDraft | None:
    """Ask for the average over each period and the ones before it."""
    return _series(scene, _moving)


def change(scene: Scene) -> SampleDraft | None:
    """Ask for the difference from each period to the one before, or its value."""
    return _series(scene, _change)


def growth(scene: Scene) -> SampleDraft | None:
    """Ask for the growth of an amount from period to period, as a fraction or in percent."""
    return _series(scene, _growth)


_Told = tuple[str, tuple[str, ...]]
"""The construct of a form, and nouns for it."""


def _running(scene: Scene, value: Figure, words: str, unit: str) -> _Told:
    per = _per(scene, unit)
    # "Cumulative" says the total already.
    words = words.removeprefix("total ").removeprefix("overall ")
    return f"RUNNING({value.form})", (
        f"running total of the {words} {per}",
        f"cumulative {words} {per}",
        f"running {words} {per}",
        f"cumulative total of the {words} {per}",
        f"{unit} by {unit} cumulative {words}",
    )


def _moving(scene: Scene, value: Figure, words: str, unit: str) -> _Told:
    number = scene.rng.choice((2, 3, 3, 3, 4, 6, 7, 12))
    units = plural(unit)
    return f"MOVING({value.form}, {number})", (
        f"{number}-{unit} moving average of the {words}",
        f"moving average of the {words} over {number} {units}",
        f"rolling {number}-{unit} average of the {words}",
        f"moving {number} {unit} average of the {words} by {unit}",
        f"average of the last {number} {units} for the {words} per {unit}",
    )


def _change(scene: Scene, value: Figure, words: str, unit: str) -> _Told:
    if scene.chance(0.3):
        return f"PREVIOUS({value.form})", (
            f"{words} of the previous {unit} for each {unit}",
            f"{words} in the {unit} before, {_per(scene, unit)}",
            f"previous {unit}'s {words} for each {unit}",
        )
    return f"CHANGE({value.form})", (
        f"change in the {words} from {unit} to {unit}",
        f"{unit}-over-{unit} change in the {words}",
        f"difference in the {words} from the previous {unit}, {_per(scene, unit)}",
        f"{unit} to {unit} change of the {words}",
        f"absolute change of the {words} against the previous {unit}, by {unit}",
    )


def _growth(scene: Scene, value: Figure, words: str, unit: str) -> _Told:
    if scene.chance(0.35):
        return f"100 * GROWTH({value.form})", (
            f"percentage growth of the {words} {unit} over {unit}",
            f"percent change of the {words} from {unit} to {unit}",
            f"{unit}-over-{unit} growth of the {words} in percent",
            f"growth of the {words} per {unit} in percent",
        )
    return f"GROWTH({value.form})", (
        f"growth of the {words} {unit} over {unit}",
        f"{unit}-over-{unit} growth of the {words}",
        f"growth rate of the {words} by {unit}",
        f"relative change of the {words} from {unit} to {unit}",
        f"{_ADVERBS[unit]} growth of the {words}",
    )


def _series(scene: Scene, tell: Callable[[Scene, Figure, str, str], _Told]) -> SampleDraft | None:
    """Ask for a construct over time; `tell` writes it and says it."""
    drawn = _dated_rows(scene)
    if drawn is None:
        return None
    rows, column, unit, time = drawn
    value = amount(scene, rows, averages=tell not in (_running, _moving))
    words = value.of(scene, rows.many)
    construct, nouns = tell(scene, value, words, unit)
    by = dimension(scene, rows, (column,), LASTING) if scene.chance(0.2) else None
    shows_value = scene.chance(0.25)
    figures = (value.form, construct) if shows_value else (construct,)
    form = by_groups((by, time), figures, read(scene, rows))
    tail = f" for each {by.one}" if by else ""
    if shows_value:
        nouns = tuple(f"{words} and the {noun}" for noun in nouns)
    noun = scene.rng.choice(nouns)
    wanted = Wanted(
        noun,
        tail,
        questions=(f"what is the {noun}", f"how did the {words} grow {unit} over {unit}")
        if construct.startswith("GROWTH") and not shows_value
        else (),
        commands=(f"show the {noun}", f"calculate the {noun}", f"compute {noun}"),
    )
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def _dated_rows(scene: Scene) -> tuple[Selection, FullColumn, str, Dimension] | None:
    """Return rows, their date, a unit of time, and the periods of the date."""
    subject = scene.dated_table()
    columns = scene.dates(subject) if subject else ()
    column = scene.pick([one for one in columns if not is_audit(one)] or list(columns))
    if subject is None or column is None:
        return None
    rows = select(scene, subject, 0, 1) if scene.chance(0.4) else everything(subject)
    if rows is None or column in rows.columns:
        return None
    happened = event(subject, column)
    # Of several dates only what happened says which is meant; the first needs no word.
    if column is not columns[0] and not happened:
        return None
    if happened and not rows.words and (column is not columns[0] or scene.chance(0.5)):
        rows = replace(rows, words=happened)
    elif column is not columns[0]:
        return None
    ref = scene.ref(subject, column)
    if is_year(column):
        is_said = phrase(subject, column) == "year"
        return (rows, column, "year", _periods("year", ref)) if is_said else None
    unit = scene.rng.choice(_UNITS)
    call = f"YEAR({ref})" if unit == "year" else f"TRUNC({ref}, '{unit}')"
    return rows, column, unit, _periods(unit, call)


def _periods(unit: str, call: str) -> Dimension:
    return Dimension(unit, (call,), (call,), is_time=True)


def _per(scene: Scene, unit: str) -> str:
    return scene.rng.choice((f"per {unit}", f"by {unit}", f"for each {unit}", f"each {unit}"))


SERIES = (
    amount_by_period,
    running_total,
    moving_average,
    change,
    growth,
)
"""The families of this module."""
