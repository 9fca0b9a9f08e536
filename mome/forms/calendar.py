"""Periods as a form writes them: '2024', '2024-Q2', '2024-05', '2024-05-17', 'last 30 days'."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from mome.errors import NotExpressible

_NAMED = re.compile(r"(\d{4})(?:-Q([1-4])|-(\d\d)(?:-(\d\d))?)?")
_LAST = re.compile(r"last (\d{1,4}) (day|week|month|year)s?")
_THIS = re.compile(r"(this|previous) (week|month|quarter|year)")
_TO_DATE = re.compile(r"(week|month|quarter|year) to date")


@dataclass(frozen=True)
class Span:
    """Days from the first on, up to but without the end."""

    first: date
    end: date


@dataclass(frozen=True)
class Recent:
    """A period that depends on today."""

    kind: str
    """last, this, previous or to date."""
    unit: str
    count: int = 1


def span_of(text: str) -> Span:
    """Return the days of a named period. Raises NotExpressible."""
    found = _NAMED.fullmatch(text)
    if found is None:
        raise NotExpressible(f"the period {text!r}")
    year, quarter, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    try:
        if day and month:
            first = date(year, month, day)
            return Span(first, first + timedelta(days=1))
        if month:
            return Span(date(year, month, 1), _months_on(date(year, month, 1), 1))
        if quarter:
            first = date(year, 3 * quarter - 2, 1)
            return Span(first, _months_on(first, 3))
        return Span(date(year, 1, 1), date(year + 1, 1, 1))
    except (ValueError, OverflowError):
        raise NotExpressible(f"the period {text!r}") from None


def _months_on(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def recent_of(text: str) -> Recent | None:
    """Return a period that depends on today; None if the text names another."""
    if found := _LAST.fullmatch(text):
        return Recent("last", found[2], int(found[1]))
    if found := _THIS.fullmatch(text):
        return Recent(found[1], found[2])
    if found := _TO_DATE.fullmatch(text):
        return Recent("to date", found[1])
    return None


def name_of(span: Span) -> str | None:
    """Return the name of the year, quarter, month or day that a span is; None if it is none."""
    first = span.first
    names = (f"{first.year:04}", f"{first.year:04}-Q{(first.month + 2) // 3}")
    for name in (*names, f"{first:%Y-%m}", f"{first:%Y-%m-%d}"):
        if span_of(name) == span:
            return name
    return None


def start_name(first: date) -> str:
    """Return the name of the longest of year, month and day that starts on a day."""
    if first.day > 1:
        return first.isoformat()
    return f"{first.year:04}" if first.month == 1 else f"{first:%Y-%m}"
