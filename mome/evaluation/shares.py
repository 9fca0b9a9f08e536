"""Shares of questions that are good, with their intervals; imports no torch."""

from __future__ import annotations

import math
from dataclasses import dataclass

# The 97.5th percentile of the normal distribution, for 95% intervals.
Z = 1.96


@dataclass(frozen=True)
class Proportion:
    """How many of some questions are good, with a 95% interval."""

    good: int
    of: int

    @property
    def share(self) -> float | None:
        """None if nothing was asked."""
        return self.good / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The Wilson score interval (Wilson 1927, J. Am. Stat. Assoc. 22:158)."""
        if not self.of:
            return None
        share, n = self.good / self.of, self.of
        middle = share + Z**2 / (2 * n)
        spread = Z * math.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
        low, high = (middle - spread) / (1 + Z**2 / n), (middle + spread) / (1 + Z**2 / n)
        return max(0.0, low), min(1.0, high)

    def to_dict(self) -> dict:
        """Return the figure for --json."""
        interval = self.interval
        return {
            "good": self.good,
            "of": self.of,
            "share": None if self.share is None else round(self.share, 4),
            "interval": None if interval is None else [round(one, 4) for one in interval],
        }

    def __str__(self) -> str:
        interval = self.interval
        if self.share is None or interval is None:
            return "none asked"
        low, high = interval
        return (
            f"{self.good} of {self.of} ({100 * self.share:.1f}%; "
            f"95% interval {100 * low:.0f} to {100 * high:.0f}%)"
        )


MEANING = {
    "recall": "facts whose SQL is recalled exactly",
    "verified": "verified questions whose SQL is recalled exactly",
    "reworded": "facts asked in other words that are answered right",
    "locality": "near but different questions that do not get the known answer's SQL",
    "refused": "questions that nothing here answers which are refused",
    "accuracy": "your questions whose answer has the right rows",
    "precision": "of these answered, those with the right rows",
}
"""The shares by name."""
