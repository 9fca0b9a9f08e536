"""McNemar's exact test of two methods on the same questions (McNemar, 1947)."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb


def mcnemar(first: Sequence[bool], second: Sequence[bool]) -> float:
    """Return the two-sided probability of a difference as large as this, if both were as good."""
    pairs = list(zip(first, second, strict=True))
    only_first = sum(one and not other for one, other in pairs)
    only_second = sum(other and not one for one, other in pairs)
    count, least = only_first + only_second, min(only_first, only_second)
    # Under the hypothesis, each question on which they differ is a toss of a coin.
    tail = sum(comb(count, place) for place in range(least + 1)) / 2**count
    return min(1.0, 2 * tail)
