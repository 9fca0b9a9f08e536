"""Find the years and months that a question asks about, as ranges of days.

The answering compares them with the conditions of a query. Days are left to `dates`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from mome.linking.dates import MONTH_NUMBERS, written_days

_MONTH = "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True))
# A number is a year only behind one of these words or a month: `order 2024` names an order.
_RELATION = (
    r"(?P<relation>in|during|of|for|from|since|before|after|until|till|through|by|prior to"
    r"|throughout)"
)
_YEAR = r"(?:19|20)\d\d(?![\w%]|[-/.,:]\d)"
_RANGE = re.compile(
    rf"\b(?:between|from)\s+(?:the\s+years?\s+)?(?P<first>{_YEAR})\s+(?:and|to|until|through)\s+"
    rf"(?P<last>{_YEAR})",
    re.IGNORECASE,
)
# `by` may also belong to a word before it (`ordered by`), so that it is read as until only here.
# `In March and May 2024` are two months, `between March and May` is a range.
_MONTHS = re.compile(
    rf"\b(?:between\s+(?P<first>{_MONTH})\.?(?:\s+(?P<early>{_YEAR}))?\s+and\s+"
    rf"|(?:from\s+)?(?P<first2>{_MONTH})\.?(?:\s+(?P<early2>{_YEAR}))?"
    r"(?:\s+(?:to|until|through)\s+|\s*[-–]\s*))"
    rf"(?P<last>{_MONTH})\.?,?\s+(?:of\s+)?(?P<year>{_YEAR})",
    re.IGNORECASE,
)
_PART = re.compile(
    rf"\b(?:{_RELATION}\s+)?(?:the\s+)?"
    r"(?:(?P<ordinal>first|second|third|fourth|last|1st|2nd|3rd|4th)\s+(?P<unit>quarter|half)"
    r"|(?P<letter>[QH])(?P<number>[1-4]))\s*(?:of\s+|in\s+|,\s*|-)?(?:the\s+year\s+)?"
    rf"(?P<year>{_YEAR})",
    re.IGNORECASE,
)
_ORDINALS = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
}
_MONTHS_OF = {"quarter": 3, "q": 3, "half": 6, "h": 6}
# `In the beginning of 2024` is a part of the year, `after the beginning of 2024` is not.
_EDGE = (
    r"(?:(?<=since )|(?<=from )|(?<=after )|(?<=before )|(?<=until )|(?<=till )|(?<=through )"
    r"|(?<=by ))(?:the\s+)?(?P<edge>start|beginning|end)\s+of\s+"
)
_PERIOD = re.compile(
    rf"(?:\b{_RELATION}\s+(?:{_EDGE})?)?(?<!\d )(?<!\d\w\w )(?:the\s+)?(?:years?\s+)?"
    rf"(?:(?P<month>\b(?:{_MONTH}))\.?,?\s+(?:of\s+)?)?(?P<year>\b{_YEAR})"
    r"(?P<open>\s+(?:on(?= ?[,.;?]| ?$)|onwards?\b|(?:and|or) (?:later|after|earlier|before)\b))?",
    re.IGNORECASE,
)
_ISO_MONTH = re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>0[1-9]|1[0-2])\b(?!-)")
# `may` alone is more often a verb than a month, and a bare `mar` or `dec` may be a code.
_BARE_MONTH = re.compile(
    r"\b(?:in|during|of|for)\s+(?P<month>january|february|march|april|may|june|july|august"
    r"|september|october|november|december)\b(?!\s+\d)",
    re.IGNORECASE,
)
_OPEN = {
    "since": "since", "before": "before", "prior to": "before", "after": "after",
    "until": "until", "till": "until", "through": "until", "by": "until",
}  # fmt: skip
# `Until the end of 2024` is until 2024, and `before the end` as well.
_AT_EDGE = {
    ("after", "start"): "since", ("from", "start"): "since", ("since", "end"): "after",
    ("from", "end"): "after", ("before", "end"): "until", ("until", "start"): "before",
}  # fmt: skip


@dataclass(frozen=True)
class Period:
    """A range of days that a question asks about."""

    text: str
    """The words of the question."""
    year: int | None
    """The year; None for a month of every year, and the first one for several years."""
    month: int | None = None
    low: str = ""
    """The first day as an ISO date; empty if the period is open or has no year."""
    high: str = ""
    """The day after the last one; empty likewise."""


def periods(question: str) -> list[Period]:
    """Return the periods of a question in order."""
    found = []
    ranges = _RANGE.search(question)
    if ranges is not None:
        first, last = sorted((int(ranges["first"]), int(ranges["last"])))
        low, high = f"{first}-01-01", f"{last + 1}-01-01"
        found.append(Period(ranges.group(), first, None, low, high))
        question = question.replace(ranges.group(), " ")
    for rule in (_month_ranges, _parts_of_years):
        for period in rule(question):
            found.append(period)
            question = question.replace(period.text, " ")
    for match in _ISO_MONTH.finditer(question):
        found.append(_period(match.group(), "in", int(match["year"]), int(match["month"])))
    for match in _PERIOD.finditer(question):
        relation, month = match["relation"], match["month"]
        if relation or month or re.search(r"\byears?\b", match.group(), re.IGNORECASE):
            number = MONTH_NUMBERS[month.lower()] if month else None
            relation = _relation(match)
            found.append(_period(match.group().strip(), relation, int(match["year"]), number))
    for match in _BARE_MONTH.finditer(question):
        month = MONTH_NUMBERS[match["month"].lower()]
        found.append(Period(match.group(), None, month))
    return found


def _month_ranges(question: str) -> list[Period]:
    found = []
    for match in _MONTHS.finditer(question):
        year, first = int(match["year"]), MONTH_NUMBERS[(match["first"] or match["first2"]).lower()]
        begun = int(match["early"] or match["early2"] or year)
        low, high = (
            _first_day(begun, first),
            _first_day(year, MONTH_NUMBERS[match["last"].lower()] + 1),
        )
        if low < high:
            found.append(Period(match.group(), begun, None, low.isoformat(), high.isoformat()))
    return found


def _parts_of_years(question: str) -> list[Period]:
    """Return quarters and halves of years."""
    found = []
    for match in _PART.finditer(question):
        months = _MONTHS_OF[(match["unit"] or match["letter"]).lower()]
        ordinal = (match["ordinal"] or "").lower()
        last = 12 // months
        number = last if ordinal == "last" else _ORDINALS.get(ordinal) or int(match["number"])
        if number <= last:
            year, relation = int(match["year"]), (match["relation"] or "in").lower()
            low = _first_day(year, months * (number - 1) + 1)
            high = _first_day(year, months * number + 1)
            found.append(_between(match.group(), relation, year, None, low, high))
    return found


def _first_day(year: int, month: int) -> date:
    """Return the first day of a month; month 13 is the next January."""
    return date(year + 1, 1, 1) if month == 13 else date(year, month, 1)


def _relation(match: re.Match[str]) -> str:
    """Return how dates relate to the period that was matched, as a key of `_OPEN`."""
    relation, following = (match["relation"] or "in").lower(), (match["open"] or "").lower()
    if following:
        return "until" if following.endswith(("earlier", "before")) else "since"
    kind, edge = _OPEN.get(relation, relation), (match["edge"] or "").lower()
    return _AT_EDGE.get((kind, "end" if edge == "end" else "start"), kind) if edge else relation


def years(question: str) -> frozenset[str]:
    """Return the years of a question that has a period or a day, in digits."""
    if not periods(question) and not any(written_days(question)):
        return frozenset()
    return frozenset(re.findall(r"\b(?:19|20)\d\d\b", question))


def _period(text: str, relation: str, year: int, month: int | None) -> Period:
    low = _first_day(year, month or 1)
    return _between(text, relation, year, month, low, _first_day(year, (month or 12) + 1))


def _between(
    text: str, relation: str, year: int, month: int | None, low: date, high: date
) -> Period:
    """Return the period that stands in a relation to the days from `low` to before `high`."""
    first, end = low.isoformat(), high.isoformat()
    ends = {
        "since": (first, ""),
        "before": ("", first),
        "after": (end, ""),
        "until": ("", end),
    }
    low_day, high_day = ends.get(_OPEN.get(relation, ""), (first, end))
    return Period(text, year, month, low_day, high_day)
