"""The words by which a title ranks rows: `the two largest bills`, `the second cheapest product`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mome.answering.titles.bounds import number_of

_ENDS = {
    "price": ("most expensive|priciest|dearest|costliest", "cheapest|least expensive"),
    "amount": ("largest|biggest|highest|greatest", "smallest|lowest"),
    "date": ("latest|newest|most recent|last", "earliest|first"),
    "age": ("youngest", "oldest"),
    "length": ("longest", "shortest"),
    "pay": ("best[- ]paid|highest[- ]paid", "worst[- ]paid|lowest[- ]paid"),
    "weight": ("heaviest", "lightest"),
    "rating": ("best[- ]rated|highest[- ]rated", "worst[- ]rated|lowest[- ]rated"),
}
"""What rows are ranked by -> the words for its high and its low end."""
END = "|".join(words for ends in _ENDS.values() for words in ends)
_COUNT = r"(?:(?P<count>two|three|four|five|six|seven|eight|nine|ten|twenty|\d+) )?"
_NTHS = {"second": 1, "third": 2, "fourth": 3, "fifth": 4}
_NTH = rf"(?:(?P<nth>{'|'.join(_NTHS)})[- ])?"
_MEASURE = r"(?P<measure>[^:,]+?)"
_PATTERNS = (
    re.compile(rf"{_COUNT}{_NTH}(?P<end>{END}) (?P<rows>[^:,]+?)(?: by {_MEASURE})?"),
    re.compile(
        rf"{_COUNT}(?P<rows>[^:,]+?) (?:with|that has|that have|who has|who have) the {_NTH}"
        rf"(?P<end>{END}) {_MEASURE}"
    ),
    re.compile(rf"top (?P<count>[\w-]+) (?P<rows>[^:,]+?) by {_MEASURE}(?P<end>)(?P<nth>)"),
)
_LEADING = re.compile(r"^(?:(?:the|our|every|each|all|any|those|these|of) )+")


@dataclass(frozen=True)
class RowRank:
    """Which rows of a list are shown by their place in an order."""

    by: str
    """price, amount, date, age, length, pay, weight or rating; what makes a row the best one."""
    measure: str
    """The words for the column by which rows are ranked; empty if the title does not say it."""
    is_high: bool
    count: int = 1
    skipped: int = 0
    """Number of rows before the first one that is shown: 1 for the second highest."""


def kind_of_end(end: str) -> tuple[str, bool]:
    """Return what an end such as `cheapest` ranks by, and whether it is the high one."""
    for by, (high, low) in _ENDS.items():
        if re.fullmatch(high, end):
            return by, True
        if re.fullmatch(low, end):
            return by, False
    return "amount", True


def take_rank(text: str) -> tuple[str, RowRank | None]:
    """Return a phrase for rows without its rank, and the rank; None if it has none."""
    text = without_leading(text)
    for pattern in _PATTERNS:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        said = {key: value for key, value in match.groupdict().items() if value}
        count = number_of(said["count"]) if "count" in said else "1"
        by, is_high = kind_of_end(said.get("end", ""))
        skipped = _NTHS.get(said.get("nth", ""), 0)
        # `The ten largest` have a plural, and there are no two second ones.
        if not count.isdigit() or (skipped and count != "1"):
            continue
        rank = RowRank(by, said.get("measure", ""), is_high, int(count), skipped)
        return said["rows"], rank
    return text, None


def without_leading(text: str) -> str:
    """Return a phrase for rows without articles and the like before it."""
    return _LEADING.sub("", text)
