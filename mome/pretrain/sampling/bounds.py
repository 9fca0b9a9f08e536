"""Numbers that a measure or a count is compared with: at least 20, between 5 and 10.

Restrictions of rows and of groups are said with these words.
"""

from __future__ import annotations

import math

from mome.pretrain.sampling.events import who
from mome.pretrain.sampling.naming import phrase
from schemas.catalog import FullColumn
from training_data.language.subjects import Subject
from training_data.language.words import is_plural, with_article

_SIGNS = {
    ">": ("more than", "over", "above", "greater than", "higher than"),
    ">=": ("at least", "no less than", "{} or more"),
    "<": ("less than", "under", "below", "lower than"),
    "<=": ("at most", "up to", "no more than", "{} or less"),
}
"""Comparison -> what is said before the number, or around it."""
_COUNTED = {
    ">": ("more than", "over"),
    ">=": ("at least", "{} or more"),
    "<": ("fewer than", "less than", "under"),
    "<=": ("at most", "up to", "no more than"),
}
"""The same for a number of things."""
SIGNS = tuple(_SIGNS)
"""The comparisons that have wordings."""


def compared(sign: str, number: object, *, counted: bool = False) -> tuple[str, ...]:
    """Return wordings of a comparison with a number: "at least 20", "20 or more".

    `counted`: True for a number of things, of which there are fewer and not lower ones.
    """
    wordings = (_COUNTED if counted else _SIGNS)[sign]
    return tuple(
        start.format(number) if "{}" in start else f"{start} {number}" for start in wordings
    )


def beyond(subject: Subject, column: FullColumn, sign: str, number: float) -> tuple[str, ...]:
    """Return wordings of a measure above or below a number: with more than 20 pages."""
    words = phrase(subject, column)
    if is_plural(words):
        said = compared(sign, number, counted=True)
        return (*(f"with {one} {words}" for one in said), f"{who(subject)} have {said[0]} {words}")
    wordings = []
    for one in compared(sign, number):
        wordings.append(f"with {with_article(words)} {_of(one)}{one}")
        wordings.append(f"whose {words} is {one}")
    if words.split()[-1] in ("price", "cost"):
        wordings += [f"{who(subject)} cost {one}" for one in compared(sign, number, counted=True)]
    return tuple(wordings)


def _of(comparison: str) -> str:
    """Return `of ` where a number follows: a price of at least 20, but a price above 20."""
    is_plain = comparison.split()[0] in ("above", "over", "below", "under", "greater", "higher")
    return "" if is_plain or comparison.startswith("lower") else "of "


def between_numbers(
    subject: Subject, column: FullColumn, low: float, high: float
) -> tuple[str, ...]:
    """Return wordings of a measure between two numbers: with 20 to 50 pages."""
    words = phrase(subject, column)
    if is_plural(words):
        return (f"with between {low} and {high} {words}", f"with {low} to {high} {words}")
    return (
        f"with {with_article(words)} between {low} and {high}",
        f"whose {words} is between {low} and {high}",
        f"with {with_article(words)} from {low} to {high}",
    )


def rounded(value: float, digits: int) -> float:
    """Return a number near a stored one with `digits` digits, as people compare with."""
    # Small whole numbers, such as ages and counts, are said as they are.
    if value == 0 or (isinstance(value, int) and abs(value) < 20):
        return value
    places = digits - 1 - math.floor(math.log10(abs(value)))
    number = round(value, places)
    return int(number) if float(number).is_integer() else number
