"""What can stand on an axis: moments, categories and amounts of a result, and the periods between
that have no rows. `charts` asks.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Sequence
from decimal import Decimal

# Names of columns whose whole numbers from 1500 to 2199 are years.
_YEAR = re.compile(r"year|^y$", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?)?")
MOST_NUMBERED = 12
"""Whole numbers that are categories, such as ratings; more of them are amounts."""
MOST_GAPS = 400
"""Periods without rows that are drawn as gaps."""
NOTHING = "(none)"
"""The label of NULL."""


def moments(name: str, values: Sequence[object]) -> list[str] | None:
    """Return values as local times, so that no time zone shifts a day; None if one is no date."""
    is_year = bool(_YEAR.search(name))
    found = [_moment(value, is_year) for value in values]
    known = [moment for moment in found if moment is not None]
    return known if known and len(known) == len(found) else None


def categories(values: Sequence[object], is_labelled: bool) -> list[str] | None:
    """Return values as labels; None if they are not categories. A few whole numbers, such as
    ratings, are.
    """
    known = [value for value in values if value is not None]
    whole = (
        all(isinstance(value, int) for value in known)
        and len(set(known)) <= MOST_NUMBERED
        and not is_labelled
    )
    if not known or not (whole or all(isinstance(value, str) for value in known)):
        return None
    return [NOTHING if value is None else str(value) for value in values]


def are_amounts(values: Sequence[object]) -> bool:
    """Return whether all values are numbers, but for NULL."""
    known = [value for value in values if value is not None]
    return bool(known) and all(map(is_number, known))


def is_number(value: object) -> bool:
    """Return whether a value is a number that can be drawn."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return False
    # JSON has no NaN and no infinity, so the browser could not read the chart.
    return math.isfinite(value)


def date_format(places: Sequence[str]) -> str:
    """Return the d3 format that tells these moments apart: years, months, days or minutes."""
    if all(moment.endswith("-01-01T00:00:00") for moment in places):
        return "%Y"
    if all(moment.endswith("-01T00:00:00") for moment in places):
        return "%b %Y"
    if all(moment.endswith("T00:00:00") for moment in places):
        return "%-d %b %Y"
    return "%-d %b %Y %H:%M"


def said_moment(moment: str, shape: str) -> str:
    """Return a moment in words, by its d3 format: `May 2024`."""
    # strftime has no %-d on Windows.
    when = datetime.datetime.fromisoformat(moment)
    return when.strftime(shape.replace("%-d", str(when.day)))


def missing_periods(places: Sequence[str]) -> list[str]:
    """Return the years or months between the first and the last moment that have no rows; none
    where the moments are days, for which no rows are no surprise.
    """
    shape = date_format(places)
    if shape not in ("%Y", "%b %Y") or len(places) < 2:
        return []
    step = 12 if shape == "%Y" else 1
    numbers = {_month_number(place) for place in places}
    # Quarters are months that lie three apart.
    if step == 1 and len(numbers) > 2 and all((n - min(numbers)) % 3 == 0 for n in numbers):
        step = 3
    wanted = range(min(numbers), max(numbers), step)
    gone = [number for number in wanted if number not in numbers]
    return [f"{n // 12:04}-{n % 12 + 1:02}-01T00:00:00" for n in gone[:MOST_GAPS]]


def _month_number(moment: str) -> int:
    return int(moment[:4]) * 12 + int(moment[5:7]) - 1


def _moment(value: object, is_year: bool) -> str | None:
    match value:
        case datetime.datetime():
            return value.replace(tzinfo=None).isoformat(timespec="seconds")
        case datetime.date():
            return f"{value.isoformat()}T00:00:00"
        case str() if (found := _DAY.fullmatch(value)) is not None:
            return _written_moment(value, found)
        case bool():  # a bool is an int, and True is no year
            return None
        case int() | str() if is_year and re.fullmatch(r"1[5-9]\d\d|2[01]\d\d", str(value)):
            return f"{value}-01-01T00:00:00"
    return None


def _written_moment(text: str, found: re.Match[str]) -> str | None:
    try:
        moment = datetime.datetime.fromisoformat(text if found[3] else f"{text}-01")
    except ValueError:
        return None
    return moment.isoformat(timespec="seconds")
