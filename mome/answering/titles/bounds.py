"""Conditions on numbers in a title: `invoices above 10`, `jobs with more than 20 pages`."""

from __future__ import annotations

import re

from mome.answering.titles.parts import NumberBound
from mome.linking.names import question_words

COMPARED = {
    "more than": ">",
    "greater than": ">",
    "larger than": ">",
    "higher than": ">",
    "longer than": ">",
    "exceeding": ">",
    "above": ">",
    "over": ">",
    "at least": ">=",
    "no less than": ">=",
    "no fewer than": ">=",
    "less than": "<",
    "fewer than": "<",
    "lower than": "<",
    "smaller than": "<",
    "shorter than": "<",
    "below": "<",
    "under": "<",
    "at most": "<=",
    "no more than": "<=",
    "up to": "<=",
    "exactly": "=",
}
"""Words for a comparison with the operator that they mean."""
OPERATOR = rf"(?P<operator>{'|'.join(sorted(COMPARED, key=len, reverse=True))})"
NUMBER = r"(?P<number>\d[\d,]*(?:\.\d+)?|[a-z]+(?:-[a-z]+)?)"
_CURRENCY = r"(?: (?:euros?|dollars?|eur|usd|pounds?))?"
_WITH = r"(?:with|whose|where|having|that have|that has|who have|which have)"
_UNIT = r"(?:kg|kilos?|kilograms?|km|kilomet(?:er|re)s?|miles|minutes|hours|days|seconds|litres?)"
_PATTERNS = (
    # Longer than 300 km.
    re.compile(
        rf"(?: (?:that|which))?(?: (?:are|is|were|of|weighing|lasting|weigh|last|lasted|took))?"
        rf" {OPERATOR} {NUMBER} (?P<name>{_UNIT})$"
    ),
    # With a unit price above 3.
    re.compile(
        rf" {_WITH} (?:an? |the |their |its )?(?P<name>[a-z][\w ]*?) (?:is |are |was |of )?"
        rf"{OPERATOR} {NUMBER}{_CURRENCY}$"
    ),
    # With more than 20 pages.
    re.compile(rf" {_WITH} {OPERATOR} {NUMBER} (?P<name>[a-z][\w ]*)$"),
    # Above 10.
    re.compile(rf"(?: of| worth| priced| costing)? {OPERATOR} {NUMBER}{_CURRENCY}$"),
)


_KINDS = {
    "longer": ("length", ">"),
    "shorter": ("length", "<"),
    "heavier": ("weight", ">"),
    "lighter": ("weight", "<"),
    "more expensive": ("price", ">"),
    "dearer": ("price", ">"),
    "less expensive": ("price", "<"),
    "cheaper": ("price", "<"),
    "better rated": ("rating", ">"),
    "better paid": ("pay", ">"),
}
"""Comparatives that say what is compared, as in `RowRank`."""
_PLAIN_WORD = r"(?!(?:of|in|for|at|from|by|with)\b)[a-z][\w-]*"
_AVERAGE = (
    rf"(?:the |our |their |its )?average(?: {_PLAIN_WORD}){{0,3}}(?: of all(?: {_PLAIN_WORD})+)?"
)
_THAT = r"(?: (?:that|which|who))?(?: (?:are|is|were|was|cost|costs|weigh|last))?"
_OF_AVERAGE = (
    # With a price above the average.
    re.compile(
        rf" {_WITH} (?:an? |the |their |its )?(?P<name>[a-z][\w ]*?) (?:is |are |was |of )?"
        rf"{OPERATOR} {_AVERAGE}$"
    ),
    # With an above-average price.
    re.compile(rf" {_WITH} (?:an? )?(?P<operator>above|below)[- ]average (?P<name>[a-z][\w ]*)$"),
    # Longer than the average.
    re.compile(rf"{_THAT} (?P<kind>{'|'.join(_KINDS)}) than {_AVERAGE}$"),
)
_OF_NUMBER = re.compile(
    rf"{_THAT} (?P<kind>{'|'.join(_KINDS)}) than {NUMBER}(?: {_UNIT})?{_CURRENCY}$"
)
AVERAGE = "average"
"""The number of a bound that is the average of all rows."""


def _take_average(text: str) -> tuple[str, tuple[NumberBound, ...]]:
    """Return a head without the comparison with an average at its end, and that condition."""
    for pattern in _OF_AVERAGE:
        match = pattern.search(text)
        if match is None:
            continue
        said = match.groupdict()
        by, operator = _KINDS.get(said.get("kind") or "", ("amount", ""))
        operator = operator or COMPARED[match["operator"]]
        name = (said.get("name") or "").strip()
        return text[: match.start()], (NumberBound(name, operator, AVERAGE, by),)
    return text, ()


def take_bound(head: str) -> tuple[str, tuple[NumberBound, ...]]:
    """Return a head without the condition on a number at its end, and that condition."""
    text = re.sub(r"[$€£](?=\d)", "", head)
    rest, bounds = _take_average(text)
    if bounds:
        return rest, bounds
    match = _OF_NUMBER.search(text)
    if match is not None and number_of(match["number"]):
        by, operator = _KINDS[match["kind"]]
        bound = NumberBound("", operator, number_of(match["number"]), by)
        return text[: match.start()], (bound,)
    for pattern in _PATTERNS:
        match = pattern.search(text)
        number = number_of(match["number"]) if match else ""
        if match is None or not number:
            continue
        name = (match.groupdict().get("name") or "").strip()
        bound = NumberBound(name, COMPARED[match["operator"]], number)
        return text[: match.start()], (bound,)
    return head, ()


def number_of(text: str) -> str:
    """Return a number in digits or words as a form writes it; empty if it is none."""
    words = question_words(text)
    return (words[0].number or "") if len(words) == 1 else ""
