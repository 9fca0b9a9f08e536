"""How far confidences are from the truth: bins of a reliability diagram and their error. `mome
calibrate` and the examination of a memory call it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

BINS = 10
"""Number of bins of equal size in a reliability diagram."""


@dataclass(frozen=True)
class Bin:
    """One bin of a reliability diagram."""

    count: int
    confidence: float
    """The mean of its answers."""
    accuracy: float


def reliability(confidences: Sequence[float], right: Sequence[bool]) -> list[Bin]:
    """Return bins of equally many answers, by confidence; fewer if there are fewer answers."""
    ordered = sorted(zip(confidences, right, strict=True))
    bins = []
    for number in range(BINS):
        part = ordered[number * len(ordered) // BINS : (number + 1) * len(ordered) // BINS]
        if part:
            confidence = fmean(chance for chance, _ in part)
            accuracy = fmean(truth for _, truth in part)
            bins.append(Bin(len(part), confidence, accuracy))
    return bins


def expected_error(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error: the mean distance of a bin's confidence from its
    accuracy, weighted by size (Naeini et al. 2015). Raises ZeroDivisionError without bins.
    """
    total = sum(one.count for one in bins)
    return math.fsum(one.count * abs(one.confidence - one.accuracy) for one in bins) / total
