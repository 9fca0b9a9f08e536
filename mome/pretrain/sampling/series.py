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
from mome.pretrain.sampling.over_time import (
    ADVERBS,
    OverTime,
    changed,
    each_unit,
    grown,
    moving,
    running,
)
from mome.pretrain.sampling.periods import when
from mome.pretrain.sampling.restrictions import Restriction
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import Selection, everything, read, select
from schemas.catalog import FullColumn
from training_data.language.column_roles import is_audit, is_year

_UNITS = ("month", "month", "month", "quarter", "quarter", "quarter", "year", "year", "year")
_RARE_UNITS = ("week", "day")


def amount_by_period(scene: Scene) -> SampleDraft | None:
    """Ask for an amount by month or another period, some of the time for each group."""
    drawn = _dated_rows(scene)
    if drawn is None:
        return None
    rows, column, unit, time = drawn
    rows, within = _within(scene, rows, column, unit) if scene.chance(0.6) else (rows, "")
    value = amount(scene, rows)
    words = value.of(scene, rows.many)
    by = dimension(scene, rows, (column,), LASTING) if scene.chance(0.2) else None
    order, tail = scene.rng.choice(
        (("", ""), ("", ""), (f" ORDER BY {time.shown[0]}", ", in chronological order"))
    )
    form = by_groups((by, time), (value.form,), read(scene, rows)) + order
    each = (f" and {by.one}" if by else "") + within
    nouns = [f"{words} {each_unit(scene, unit)}{each}"]
    nouns += [f"{ADVERBS[unit]} {words}{within}"] if not by else []
    questions = [f"what is the {words} {each_unit(scene, unit)}{each}"]
    if value.is_count:
        does = clause(rows.words) or "are there"
        noun = rows.plain_many if clause(rows.words) else rows.many
        questions.append(f"how many {noun} {does} {each_unit(scene, unit)}{each}")
    wanted = Wanted(scene.rng.choice(nouns), tail, questions=tuple(questions), titles=tuple(nouns))
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def running_total(scene: Scene) -> SampleDraft | None:
    """Ask for the sum of all periods up to each one."""
    return _series(scene, running)


def moving_average(scene: Scene) -> SampleDraft | None:
    """Ask for the average over each period and the ones before it."""
    return _series(scene, moving)


def change(scene: Scene) -> SampleDraft | None:
    """Ask for the difference from each period to the one before, or its value."""
    return _series(scene, changed)


def growth(scene: Scene) -> SampleDraft | None:
    """Ask for the growth of an amount from period to period, as a fraction or in percent."""
    return _series(scene, grown)


def _series(
    scene: Scene, tell: Callable[[Scene, Figure, str, str], OverTime]
) -> SampleDraft | None:
    """Ask for a construct over time; `tell` writes it and says it."""
    drawn = _dated_rows(scene)
    if drawn is None:
        return None
    rows, column, unit, time = drawn
    value = amount(scene, rows, averages=tell not in (running, moving))
    words = value.of(scene, rows.many)
    told = tell(scene, value, words, unit)
    by = dimension(scene, rows, (column,), LASTING) if scene.chance(0.15) else None
    shows_value = scene.chance(0.55)
    figures = (value.form, told.construct) if shows_value else (told.construct,)
    form = by_groups((by, time), figures, read(scene, rows))
    tail = f" for each {by.one}" if by else ""
    if shows_value:
        wanted = _with_value(scene, told, value, words, unit, tail)
    else:
        wanted = _alone(scene, told, unit, tail)
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def _alone(scene: Scene, told: OverTime, unit: str, tail: str) -> Wanted:
    """Return what is wanted for a construct without the amount itself."""
    noun = scene.rng.choice(told.nouns)
    asks = bool(told.questions) and not tail and scene.chance(0.4)
    if asks:
        shown = (scene.rng.choice((unit, f"the {unit}")), scene.rng.choice(told.short))
        question = scene.rng.choice(told.questions)
        return Wanted(noun, questions=(question,) * 3, shown=shown * scene.chance(0.6))
    return Wanted(
        noun,
        tail,
        questions=(f"what is the {noun}",),
        commands=(f"show the {noun}", f"calculate the {noun}", f"compute {noun}"),
    )


def _with_value(
    scene: Scene, told: OverTime, value: Figure, words: str, unit: str, tail: str
) -> Wanted:
    """Return what is wanted for an amount of each period beside a construct of it."""
    beside = scene.rng.choice(told.beside)
    head = scene.rng.choice((f"{words} {each_unit(scene, unit)}", f"{ADVERBS[unit]} {words}"))
    comma = scene.rng.choice(("", ",")) if beside.startswith("with ") else ""
    noun = f"{head}{comma} {beside}"
    short = scene.rng.choice(told.short)
    questions = [f"what is the {noun}", f"for each {unit}, what is the {words} {beside}"]
    if value.is_count:
        counted = words.partition(" of ")[2]
        questions.append(f"how many {counted} are there {each_unit(scene, unit)}, {beside}")
    titles = (
        noun,
        f"{words} and the {scene.rng.choice(told.nouns)}",
        f"{unit}, {words}, {short}",
        f"{words} and {short} {each_unit(scene, unit)}",
    )
    return Wanted(
        scene.rng.choice(titles[:2]),
        tail,
        questions=tuple(questions),
        commands=(f"for each {unit}, show the {words} {beside}", f"show the {noun}"),
        titles=titles,
    )


def _within(scene: Scene, rows: Selection, column: FullColumn, unit: str) -> tuple[Selection, str]:
    """Return the rows of a period with several units in it, and words for it: ` since 2020`."""
    found = when(scene, rows.subject, column)
    if found is None or rows.restrictions or not _has_several(found.form, unit):
        return rows, ""
    said = scene.rng.choice(found.said)
    restricted = Restriction(found.form, (said,), column, is_relative=found.is_relative)
    return replace(rows, condition=found.form, restrictions=(restricted,)), f" {said}"


def _has_several(form: str, unit: str) -> bool:
    """Return True if a condition leaves several of the units: the months of a year do."""
    text = form.partition("'")[2].partition("'")[0]
    is_open = not form.startswith("DURING") or "', '" in form
    if not text[0].isdigit():
        return unit in ("day", "week", "month") and text.endswith(("months", "years", " year"))
    lengths = {4: ("month", "quarter", "week", "day"), 7: ("month", "week", "day")}
    if is_open:
        return len(text) == 4 or unit in lengths.get(len(text), ())
    # A month is written with as many characters as a quarter, and has no several months.
    is_month = len(text) == 7 and "Q" not in text
    return unit in lengths.get(len(text), ()) and not (is_month and unit == "month")


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
    unit = scene.rng.choice(_RARE_UNITS if scene.chance(0.15) else _UNITS)
    call = f"YEAR({ref})" if unit == "year" else f"TRUNC({ref}, '{unit}')"
    return rows, column, unit, _periods(unit, call)


def _periods(unit: str, call: str) -> Dimension:
    return Dimension(unit, (call,), (call,), is_time=True)


SERIES = (
    amount_by_period,
    running_total,
    moving_average,
    change,
    growth,
)
"""The families of this module."""
