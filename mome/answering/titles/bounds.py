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
_PATTERNS = (
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


def take_bound(head: str) -> tuple[str, tuple[NumberBound, ...]]:
    """Return a head without the condition on a number at its end, and that condition."""
    text = re.sub(r"[$€£](?=\d)", "", head)
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
