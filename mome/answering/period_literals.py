"""The period of a question and the literals that say it in SQL, with which `parameters` makes it a
parameter of a query.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from mome.answering.spoken_words import spoken_words
from mome.linking.dates import MONTH_NUMBERS
from mome.linking.names import Word, stem
from mome.linking.periods import Period, periods

_ORDINAL = re.compile(r"first|second|third|fourth|last|[1-4](?:st|nd|rd|th)|[qh][1-4]", re.I)
_ENDS = ("low", "high", "last")
"""Roles of a period's first day, of the day after it, and of its last day."""

Literal = tuple[bool, str]
"""Whether a literal is a string, and its text."""


def said_period(question: str, words: Sequence[Word]) -> tuple[int, int, Period] | None:
    """Return the only period of a question with its first and last word; None if there is none or
    more than one.
    """
    found = periods(question)
    if len(found) != 1 or found[0].year is None:
        return None
    start = question.find(found[0].text)
    end = start + len(found[0].text)
    inside = [i for i, word in enumerate(words) if start <= word.start and word.end <= end]
    return (inside[0], inside[-1], found[0]) if start >= 0 and inside else None


def moved(literals: Sequence[Literal], old: Period, new: Period) -> dict[Literal, str] | None:
    """Return the texts of an old period's literals for a new one; None if they cannot be told."""
    spelled = literals_of_period(old)
    roles = {literal: spelled[literal] for literal in literals}
    # A query between two days holds for any period that has both: a month in place of a year.
    is_range = all(role.split()[0] in _ENDS for role in roles.values())
    is_closed = bool(old.low and old.high and new.low and new.high)
    if not (is_range and is_closed) and _shape(old.text) != _shape(new.text):
        return None
    texts = {role: text for (_, text), role in literals_of_period(new).items()}
    if not set(roles.values()) <= texts.keys():
        return None
    return {literal: texts[role] for literal, role in roles.items()}


def _shape(text: str) -> list[str]:
    """Return the words of a period without which month, year or part of a year it is."""
    found = []
    for word in spoken_words(text):
        lower = word.text.lower()
        if lower in MONTH_NUMBERS:
            found.append("<month>")
        elif re.fullmatch(r"\d{4}", lower):
            found.append("<year>")
        else:
            found.append("<ordinal>" if _ORDINAL.fullmatch(lower) else stem(lower))
    return found


def literals_of_period(period: Period) -> dict[Literal, str]:
    """Return the literals that say a period, each with its role."""
    bounds = _bounds(period)
    if bounds is None or period.year is None:
        return {}
    low, high = bounds
    before = high - timedelta(days=1)
    found: dict[Literal, str] = {}
    for role, day in zip(_ENDS, (low, high, before), strict=True):
        found[True, day.isoformat()] = role
        for clock in ("00:00:00", "23:59:59", "00:00", "23:59"):
            found[True, f"{day.isoformat()} {clock}"] = f"{role} {clock}"
    found[True, str(period.year)] = "year"
    found[False, str(period.year)] = "year number"
    if period.month is not None:
        found[True, f"{period.year}-{period.month:02}"] = "year and month"
        found[True, f"{period.month:02}"] = "month"
        found[False, str(period.month)] = "month number"
    return found


def _bounds(period: Period) -> tuple[date, date] | None:
    """Return the first day of a period, and the day after its last one."""
    if period.low and period.high:
        return date.fromisoformat(period.low), date.fromisoformat(period.high)
    if period.year is None:
        return None
    month = period.month or 1
    after = period.year * 12 + month - 1 + (1 if period.month else 12)
    return date(period.year, month, 1), date(after // 12, after % 12 + 1, 1)
