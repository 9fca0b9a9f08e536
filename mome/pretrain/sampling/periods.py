"""Restrictions to a period: placed in May 2024, since 2021, in the last 30 days.

Periods lie within the dates that the column stores; those relative to today may hold no row.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from mome.pretrain.sampling.events import event, is_main_date, is_person
from mome.pretrain.sampling.naming import literal, phrase
from mome.pretrain.sampling.scene import Scene
from schemas.catalog import FullColumn
from training_data.language import column_roles as roles
from training_data.language.subjects import Subject
from training_data.language.words import with_article

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_STATES = ("in ", "on ", "before", "after", "between", "within", "later", "earlier", "no later")
_ORDINALS = ("first", "second", "third", "fourth")


@dataclass(frozen=True)
class SpokenPeriod:
    """A period as a form writes it and as people say it."""

    text: str
    """`2024`, `2024-Q2`, `2024-05` or `2024-05-17`."""
    said: tuple[str, ...]
    """`May 2024`, without `in` or `on`."""

    @property
    def preposition(self) -> str:
        """`on` for a day, `in` for anything longer."""
        return "on" if self.text.count("-") == 2 else "in"


@dataclass(frozen=True)
class When:
    """A condition on a date, and what is said of the date: `since 2021`."""

    form: str
    said: tuple[str, ...]
    is_relative: bool = False
    """True if the period depends on the day of the question."""


def period(scene: Scene, subject: Subject, column: FullColumn) -> SpokenPeriod | None:
    """Return a period in which the column has a date."""
    if roles.is_year(column):
        return _year(scene, subject, column)
    days = [match for match in map(_ISO.match, _texts(scene, subject, column)) if match]
    if not days:
        return None
    year, month, day = map(int, scene.rng.choice(days).groups())
    if not _is_day(year, month, day):
        return None
    return scene.rng.choice((_of_year, _of_quarter, _of_month, _of_month, _of_day))(
        date(year, month, day)
    )


def when(scene: Scene, subject: Subject, column: FullColumn) -> When | None:
    """Return a condition on a date column."""
    if roles.is_date(column) and scene.chance(0.15):
        return _relative(scene, scene.ref(subject, column))
    first = period(scene, subject, column)
    if first is None:
        return None
    kind = scene.rng.choice(("during", "during", "during", "open", "open", "between"))
    if kind == "between":
        second = period(scene, subject, column)
        return _between(scene, scene.ref(subject, column), first, second)
    if kind == "open":
        return _open(scene, scene.ref(subject, column), first)
    form = f"DURING({scene.ref(subject, column)}, {literal(first.text)})"
    return When(form, tuple(f"{first.preposition} {said}" for said in first.said))


def dated(scene: Scene, subject: Subject, column: FullColumn, said: str) -> tuple[str, ...]:
    """Return wordings of a row with this date: "placed in May 2024", "with a due date in 2024"."""
    happened = event(subject, column)
    words = phrase(subject, column)
    wordings = [f"with {with_article(words)} {said}"]
    if said.startswith(_STATES):
        wordings.append(f"whose {words} is {said}")
    if roles.is_year(column) and said.startswith("in 1" if said[3:4] == "1" else "in 2"):
        wordings = [f"whose {words} is {said[3:]}", f"with {words} {said[3:]}"]
    if happened:
        # `that started before 2020` says all; the column's own words are for a change.
        wordings = [f"{happened} {said}"] * (6 if words.startswith("date ") else 2) + wordings
        wordings = wordings[:-1] if words.startswith("date ") else wordings
    elif words in ("year", "date"):
        wordings += [said, said]
    if happened and not is_person(subject) and is_main_date(subject, column):
        wordings.append(said)
    return tuple(wordings)


def _texts(scene: Scene, subject: Subject, column: FullColumn) -> list[str]:
    """Return stored dates; the catalog's bounds where it lists no values."""
    return [str(value) for value in scene.stored(subject, column)]


def _year(scene: Scene, subject: Subject, column: FullColumn) -> SpokenPeriod | None:
    years = [value for value in scene.stored(subject, column) if isinstance(value, int)]
    chosen = scene.pick([year for year in years if year in roles.YEARS])
    return SpokenPeriod(str(chosen), (str(chosen),)) if chosen is not None else None


def _of_year(day: date) -> SpokenPeriod:
    return SpokenPeriod(str(day.year), (str(day.year), str(day.year), f"the year {day.year}"))


def _of_quarter(day: date) -> SpokenPeriod:
    quarter = (day.month + 2) // 3
    said = (
        f"the {_ORDINALS[quarter - 1]} quarter of {day.year}",
        f"Q{quarter} {day.year}",
        f"quarter {quarter} of {day.year}",
    )
    return SpokenPeriod(f"{day.year}-Q{quarter}", said)


def _of_month(day: date) -> SpokenPeriod:
    name = calendar.month_name[day.month]
    said = (f"{name} {day.year}", f"{name} {day.year}", f"{day:%Y-%m}", f"{day:%b} {day.year}")
    return SpokenPeriod(f"{day:%Y-%m}", said)


def _of_day(day: date) -> SpokenPeriod:
    name = calendar.month_name[day.month]
    said = (f"{name} {day.day}, {day.year}", f"{day.day} {name} {day.year}", day.isoformat())
    return SpokenPeriod(day.isoformat(), said)


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        return date(year, month, day).year in roles.YEARS
    except ValueError:
        return False


def _open(scene: Scene, ref: str, limit: SpokenPeriod) -> When:
    """Return a condition with one bound."""
    starts = {
        "SINCE": ("since", "from {} on", "from {} onwards", "in or after"),
        "AFTER": ("after", "later than"),
        "BEFORE": ("before", "earlier than", "prior to"),
        "UNTIL": ("until the end of", "up to and including", "no later than"),
    }
    if limit.preposition == "on":
        starts["SINCE"] = ("since", "from {} on", "on or after")
        starts["UNTIL"] = ("until", "up to and including", "on or before")
    name = scene.rng.choice(tuple(starts))
    said = []
    for start in starts[name]:
        spoken = scene.rng.choice(limit.said)
        said.append(start.format(spoken) if "{}" in start else f"{start} {spoken}")
    return When(f"{name}({ref}, {literal(limit.text)})", tuple(said))


def _between(
    scene: Scene, ref: str, first: SpokenPeriod, second: SpokenPeriod | None
) -> When | None:
    """Return a condition with two bounds of one kind, both included."""
    # A quarter and a month are written with as many characters, and said in different ways.
    if second is None or len(first.said) != len(second.said) or first.text == second.text:
        return None
    if len(first.text) != len(second.text) or ("Q" in first.text) != ("Q" in second.text):
        return None
    first, second = sorted((first, second), key=lambda one: one.text)
    start, end = scene.rng.choice(list(zip(first.said, second.said, strict=True)))
    form = f"DURING({ref}, {literal(first.text)}, {literal(second.text)})"
    said = (f"between {start} and {end}", f"from {start} to {end}", f"from {start} until {end}")
    return When(form, said)


def _relative(scene: Scene, ref: str) -> When:
    """Return a condition on a period that ends today or lies right before."""
    number = scene.rng.choice((2, 3, 6, 7, 10, 12, 14, 30, 60, 90))
    unit = scene.rng.choice(("day", "week", "month", "year"))
    number = min(number, {"day": 90, "week": 12, "month": 12, "year": 10}[unit])
    choices: dict[str, tuple[str, ...]] = {
        f"last {number} {unit}s": (
            f"in the last {number} {unit}s",
            f"in the past {number} {unit}s",
            f"within the last {number} {unit}s",
        )
    }
    for name in ("week", "month", "quarter", "year"):
        choices[f"this {name}"] = (f"this {name}", f"in the current {name}")
        choices[f"previous {name}"] = (f"last {name}", f"in the previous {name}")
    choices["year to date"] = ("so far this year", "year to date", "this year to date")
    choices["month to date"] = ("so far this month", "month to date")
    # Half of them count days back, since these are asked for most.
    text = scene.rng.choice((next(iter(choices)), scene.rng.choice(tuple(choices))))
    return When(f"DURING({ref}, {literal(text)})", choices[text], is_relative=True)
