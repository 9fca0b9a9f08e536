"""Take apart the classes of a question: `cheap (under 10), medium (10 to 50) and expensive (above
50)`. `classes` looks up what is classified.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_N = r"[€$£]?\s?(?P<{}>\d[\d,]*(?:\.\d+)?)(?: ?(?P<{}_unit>%|[a-z€$£]+?))?"
_LOW, _HIGH = _N.format("low", "low"), _N.format("high", "high")
_PATTERNS = (
    ("", "<", re.compile(rf"(?:under|below|less than|fewer than|smaller than|lower than) {_HIGH}")),
    ("", "<=", re.compile(rf"(?:up to|at most|no more than|maximum|max\.?) {_HIGH}")),
    ("", "<=", re.compile(rf"{_HIGH} (?:or|and) (?:less|fewer|below|under)")),
    (">", "<=", re.compile(rf"(?:over|above|more than) {_LOW} (?:up )?to {_HIGH}")),
    (">=", "<", re.compile(rf"(?:from )?{_LOW} (?:up )?to (?:under|below|less than) {_HIGH}")),
    (">=", "to", re.compile(rf"(?:from |between )?{_LOW}(?: (?:up )?to | and | ?[-–] ?){_HIGH}")),
    (">", "", re.compile(rf"(?:over|above|more than|greater than|larger than|higher than) {_LOW}")),
    (
        ">=",
        "",
        re.compile(
            rf"{_LOW} ?(?:\+|plus|(?:or|and) (?:more|over|above|up|higher|larger|upwards?|greater))"
        ),
    ),
    (">=", "", re.compile(rf"(?:from|at least|no less than) {_LOW}(?: on| up| upwards?)?")),
)
"""How a class compares with its lower and with its upper bound; `to` leaves open whether the upper
one belongs to it.
"""
_LABELLED = (
    re.compile(r"['\"]?(?P<label>[a-z][\w -]*?)['\"]? ?\((?:[<>=]+ )?(?P<bound>[^()]+)\)"),
    re.compile(r"['\"](?P<label>[^'\"]+)['\"],? (?:if |for |when |is |at )?(?P<bound>.+)"),
    re.compile(r"(?P<bound>.+?) (?:as|is|are|=) ['\"]?(?P<label>[a-z][\w -]*?)['\"]?"),
    re.compile(r"(?P<label>[a-z]+)(?: is| are| if|:|,| =)? (?P<bound>.+)"),
)
_QUOTED = re.compile(r"['\"](?P<bound>[^'\"]+)['\"]")
# In `500 and over` the word belongs to the class, in `and over 500` it begins the next one.
_BETWEEN = re.compile(
    r",? and (?=\D)(?!(?:more|over|above|up|higher|larger|less|fewer|below|under)\b"
    r"(?! (?:than )?[\d€$£]))|, | and (?=\d)"
)
_OPEN = ("under", "below", "less", "over", "above", "more", "up", "at", "no", "from", "between")


@dataclass(frozen=True)
class NumberClass:
    """One class of numbers."""

    label: str
    low: Decimal | None
    """None for none."""
    high: Decimal | None
    includes_low: bool
    includes_high: bool
    units: tuple[str, ...] = ()
    """Words behind its numbers, as `kg`."""


def classes_of(text: str) -> tuple[NumberClass, ...]:
    """Return the classes that a text lists, the lowest first; empty if it lists none, or if they
    leave gaps.
    """
    for items in _divided(text):
        found = [_class(item) for item in items]
        if len(found) > 1 and all(found):
            return _closed([one for one in found if one is not None])
    return ()


def _divided(text: str) -> Iterator[list[str]]:
    """Yield the ways in which a text may list classes: `between 10 and 50` has an `and` of its own,
    which is joined again.
    """
    items = [item.strip(" .;") for item in _BETWEEN.split(text) if item.strip(" .;")]
    yield items
    joined: list[str] = []
    for item in items:
        if joined and re.search(r"\bbetween [\d.,€$£ ]+[a-z]*$", joined[-1]):
            joined[-1] = f"{joined[-1]} and {item}"
        else:
            joined.append(item)
    yield joined
    # Label and bound stand apart: `cheap, under 10`.
    yield [f"{one}, {other}" for one, other in zip(items[::2], items[1::2], strict=False)]


def _class(text: str) -> NumberClass | None:
    """Return the class that a text is; None if it is none."""
    quoted = _QUOTED.fullmatch(text)
    text = quoted["bound"] if quoted is not None else re.sub(r"^and ", "", text)
    found = _bounded(text, text)
    if found is not None:
        return found
    for pattern in _LABELLED:
        match = pattern.fullmatch(text)
        if match is not None and match["label"].split()[0].lower() not in _OPEN:
            found = _bounded(match["bound"].strip(" '\""), match["label"])
            if found is not None:
                return found
    return None


def _bounded(text: str, label: str) -> NumberClass | None:
    for low, high, pattern in _PATTERNS:
        match = pattern.fullmatch(text.lower())
        if match is None:
            continue
        said = match.groupdict()
        units = tuple(said[name] for name in ("low_unit", "high_unit") if said.get(name))
        first, last = _number(said.get("low")), _number(said.get("high"))
        return NumberClass(label, first, last, low == ">=", high in ("<=", "to"), units)
    return None


def _number(text: str | None) -> Decimal | None:
    try:
        return Decimal(text.replace(",", "")) if text else None
    except InvalidOperation:
        return None


def _closed(classes: Sequence[NumberClass]) -> tuple[NumberClass, ...]:
    """Return classes from the lowest to the highest one; empty if numbers are between them, or in
    two of them but for the bound itself, which belongs to the class that says so.
    """
    ordered = sorted(classes, key=lambda one: (one.low is not None, one.low or 0, one.high or 0))
    for below, above in zip(ordered, ordered[1:], strict=False):
        if below.high is None or above.low is None:
            return ()
        # 100 to 499, and 500 and more: those between are none of whole numbers.
        if above.low - below.high not in (0, 1):
            return ()
    return tuple(ordered)


def upper_bound(below: NumberClass, above: NumberClass) -> tuple[str, Decimal]:
    """Return how the numbers of a class compare with its upper end, and this end.

    `above`: the next class. Where it begins with the same number and contains it, the number is
    its own.
    """
    assert below.high is not None and above.low is not None, "classes are closed"
    if above.low != below.high:
        return "<", above.low
    is_of_below = below.includes_high and not above.includes_low
    return ("<=" if is_of_below else "<"), below.high
