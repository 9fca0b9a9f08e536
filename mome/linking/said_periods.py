"""Find the periods that a question names, spelled as a form writes them: 2024, 2024-Q2, 2024-05,
2024-05-17, last 30 days, previous month, year to date.

A slice offers them as items to point at, so that the small reader never spells one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from mome.linking.dates import MONTH_NUMBERS, written_days
from mome.linking.names import question_words

MOST = 8
"""Maximum number of periods of a question; more would take the place of columns."""
_MONTH = "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True))
_YEAR = r"(?P<year>[12]\d{3})"
_AFTER_YEAR = r"(?![\w%]|[-/.,:]\d)"
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4}
_QUARTERS |= {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_UNIT = r"(?P<unit>day|week|month|quarter|year)"

_ISO = re.compile(r"(?<![\w-])[12]\d{3}-\d\d(?:-\d\d)?(?![\w-])")
_QUARTER = re.compile(
    rf"\b(?:(?:Q|quarter )(?P<number>[1-4])(?:\s+of)?[\s/,-]*{_YEAR}"
    rf"|(?P<year2>[12]\d{{3}})[\s/-]*Q(?P<number2>[1-4])"
    rf"|(?P<ordinal>{'|'.join(_QUARTERS)})[ -]quarter,? (?:of |in )?(?:the year )?"
    r"(?P<year3>[12]\d{3}))"
    rf"{_AFTER_YEAR}",
    re.IGNORECASE,
)
_HALF = re.compile(
    rf"\b(?:(?:the )?(?P<ordinal>first|second|1st|2nd|last|other) half(?: of| in)?(?: the year)?"
    rf"|H(?P<number>[12])(?: of)?)[\s/,-]*{_YEAR}{_AFTER_YEAR}"
    rf"|\b(?P<year2>[12]\d{{3}})[\s/-]*H(?P<number2>[12])\b",
    re.IGNORECASE,
)
_MONTH_OF_YEAR = re.compile(
    rf"\b(?P<month>{_MONTH})\b\.?,?\s+(?:of\s+)?(?:the\s+year\s+)?{_YEAR}{_AFTER_YEAR}"
    rf"|(?<![\d/.-])(?P<number>0?[1-9]|1[0-2])/(?P<year2>[12]\d{{3}}){_AFTER_YEAR}",
    re.IGNORECASE,
)
_LINK = r"\s*(?:,\s*(?:and\b|or\b)?|and\b|or\b|to\b|until\b|through\b|till\b|-|–)\s*"
# `from March to May 2024`: the first month is of the same year, as is Q1 in `Q1 to Q3 2024`.
_EARLIER_MONTH = re.compile(rf"\b(?P<month>{_MONTH})\b\.?{_LINK}$", re.IGNORECASE)
_EARLIER_DAY = re.compile(
    rf"\b(?:(?P<day>\d\d?)(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})\b\.?"
    rf"|(?P<month2>{_MONTH})\.? (?P<day2>\d\d?)(?:st|nd|rd|th)?){_LINK}(?:the )?$",
    re.IGNORECASE,
)
_EARLIER_QUARTER = re.compile(rf"\bQ(?P<number>[1-4]){_LINK}$", re.IGNORECASE)
_DECADE = re.compile(r"\b(?P<decade>[12]\d\d)0'?s\b", re.IGNORECASE)
_ONLY_YEAR = re.compile(rf"(?<![\w.,:/-]){_YEAR}{_AFTER_YEAR}")
_YEARS = re.compile(r"(?<![\w.,:/-])(?P<first>[12]\d{3})\s?[-–]\s?(?P<last>[12]\d{3})(?![\w%/.:-])")
# `Heavier than 1000` and `2000 kg` are no years; `later than 2000` is one.
_COMPARED = re.compile(
    r"(?:(?<!later)(?<!earlier)(?<!newer)(?<!older)(?<!recent) than|\bat (?:least|most)"
    r"|\bexceed\w*|\bup to|[<>]=?|[$€£])\s*$",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\s*(?:kgs?|kilos?|kilograms?|g|grams?|lbs?|pounds|tons?|tonnes|kms?|kilomet\w+|miles|m"
    r"|met\w+s|feet|ft|litres?|liters?|euros?|eur|dollars?|usd|gbp|chf|cents?|points|seats|people"
    r"|pages|square|sqm|[$€£%])(?!\w)",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"\b(?:last|past|previous|preceding|latest)\s+(?P<count>[\w-]+)\s+"
    r"(?P<unit>day|week|month|year)s\b",
    re.IGNORECASE,
)
_THIS = re.compile(rf"\b(?P<which>this|current)\s+{_UNIT}\b(?! to date)", re.IGNORECASE)
# `The last month of 2023` is another one.
_PREVIOUS = re.compile(
    rf"(?<!within the )\b(?:last|previous|preceding|past)\s+{_UNIT}\b(?!\s+of\b)",
    re.IGNORECASE,
)
_MONTH_BEFORE = re.compile(rf"\b(?:{_MONTH})\b\.?,?\s+(?:of\s+)?$", re.IGNORECASE)
_TO_DATE = re.compile(rf"\b(?:{_UNIT}[\s-]to[\s-]date|(?P<short>[wmqy])td)\b", re.IGNORECASE)
_SHORT = {"w": "week", "m": "month", "q": "quarter", "y": "year"}

Found = tuple[int, int, tuple[str, ...]]
"""Start and end in the question, and the periods that are named there."""


@lru_cache(maxsize=4096)
def said_periods(question: str) -> tuple[str, ...]:
    """Return the periods that a question names, in its order."""
    named = [text for _, _, texts in sorted(_found(question)) for text in texts]
    return tuple(dict.fromkeys(named))[:MOST]


def period_spans(question: str) -> tuple[tuple[int, int], ...]:
    """Return where the phrases of these periods start and end in the question."""
    return tuple((start, end) for start, end, _ in sorted(_found(question)))


def _found(question: str) -> list[Found]:
    found: list[Found] = []
    for rule in _RULES:
        for start, end, texts in rule(question):
            # The first rules read the longest phrases: `May 2024` is no year.
            if all(end <= first or last <= start for first, last, _ in found):
                found.append((start, end, texts))
    return found


def _days(question: str) -> Iterator[Found]:
    """Read days in words or figures, and ISO days and months."""
    for start, end, day in written_days(question):
        yield start, end, (day,)
        earlier = _EARLIER_DAY.search(question[:start])
        if earlier is not None:
            number = MONTH_NUMBERS[(earlier["month"] or earlier["month2"]).lower()]
            text = f"{day[:4]}-{number:02}-{int(earlier['day'] or earlier['day2']):02}"
            if _is_real(text):
                yield *earlier.span(), (text,)
    for match in _ISO.finditer(question):
        if _is_real(match.group()):
            yield *match.span(), (match.group(),)


def _is_real(text: str) -> bool:
    """Return whether an ISO day or month is in the calendar."""
    try:
        date.fromisoformat(text if len(text) == 10 else f"{text}-01")
    except ValueError:
        return False
    return True


def _quarters(question: str) -> Iterator[Found]:
    for match in _QUARTER.finditer(question):
        year = match["year"] or match["year2"] or match["year3"]
        ordinal = (match["ordinal"] or "").lower()
        number = match["number"] or match["number2"] or _QUARTERS[ordinal]
        yield *match.span(), (f"{year}-Q{number}",)
        # A quarter behind its year has no earlier one of the same year before it.
        start = match.start() if not match["year2"] else 0
        while earlier := _EARLIER_QUARTER.search(question[:start]):
            yield *earlier.span(), (f"{year}-Q{earlier['number']}",)
            start = earlier.start()


def _halves(question: str) -> Iterator[Found]:
    """Read halves of years, as their first and last quarters."""
    for match in _HALF.finditer(question):
        year = match["year"] or match["year2"]
        number = match["number"] or match["number2"]
        is_first = number == "1" if number else match["ordinal"].lower() in ("first", "1st")
        first, last = ("Q1", "Q2") if is_first else ("Q3", "Q4")
        yield *match.span(), (f"{year}-{first}", f"{year}-{last}")


def _months(question: str) -> Iterator[Found]:
    for match in _MONTH_OF_YEAR.finditer(question):
        year = match["year"] or match["year2"]
        month = match["number"] or MONTH_NUMBERS[match["month"].lower()]
        yield *match.span(), (f"{year}-{int(month):02}",)
        start = match.start() if match["month"] else 0
        while earlier := _EARLIER_MONTH.search(question[:start]):
            number = MONTH_NUMBERS[earlier["month"].lower()]
            yield *earlier.span(), (f"{year}-{number:02}",)
            start = earlier.start()


def _decades(question: str) -> Iterator[Found]:
    for match in _DECADE.finditer(question):
        decade = match["decade"]
        yield *match.span(), (f"{decade}0", f"{decade}9")


def _years(question: str) -> Iterator[Found]:
    for match in _YEARS.finditer(question):
        yield *match.span(), (match["first"], match["last"])
    for match in _ONLY_YEAR.finditer(question):
        is_compared = _COMPARED.search(question[: match.start()]) is not None
        if not is_compared and _MEASURED.match(question[match.end() :]) is None:
            yield *match.span(), (match["year"],)


def _recent(question: str) -> Iterator[Found]:
    """Read periods that depend on today."""
    for match in _LAST.finditer(question):
        count = question_words(match["count"])
        number = count[0].number if len(count) == 1 else None
        if number is not None and number.isdigit():
            yield *match.span(), (f"last {number} {match['unit'].lower()}s",)
    for match in _TO_DATE.finditer(question):
        unit = match["unit"] or _SHORT[match["short"].lower()]
        if unit.lower() != "day":
            yield *match.span(), (f"{unit.lower()} to date",)
    for pattern, kind in ((_THIS, "this"), (_PREVIOUS, "previous")):
        for match in pattern.finditer(question):
            # `December of last year` is no year.
            is_month = _MONTH_BEFORE.search(question[: match.start()])
            if match["unit"].lower() != "day" and not is_month:
                yield *match.span(), (f"{kind} {match['unit'].lower()}",)


_RULES = (_days, _halves, _quarters, _months, _recent, _decades, _years)
