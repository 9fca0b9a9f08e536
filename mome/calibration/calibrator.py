"""A logistic regression over the evidence for an answer. The translator reads it; `mome calibrate`
fits it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

WEIGHTS = Path(__file__).with_name("weights")
PRECISE = 0.8
"""The bound of those who want only sure answers."""
# The bound keeps a badge of 100% for what a person verified.
MOST = 0.99
"""Upper bound of a confidence that was computed."""


def file_name(readers: int) -> str:
    """Return the name of the file of a calibrator for answers that so many models have read."""
    return f"readers_{readers}.json"


@dataclass(frozen=True)
class Feature:
    """One kind of evidence."""

    mean: float
    """Of the answers that the calibrator was fitted to."""
    scale: float
    """Their standard deviation; 1 if all were the same."""
    weight: float
    """Change of the log-odds for a change of one standard deviation."""


@dataclass(frozen=True)
class Calibrator:
    """Computes confidences."""

    features: Mapping[str, Feature]
    intercept: float
    least: float = 0.0
    """Confidence below which answers are not given, unless another bound is asked for."""

    @classmethod
    def load(cls, readers: int) -> Calibrator:
        """Load the calibrator for answers that one or two models have read."""
        content = json.loads((WEIGHTS / file_name(readers)).read_text("utf-8"))
        features = {name: Feature(**entry) for name, entry in content["features"].items()}
        return cls(features, content["intercept"], content["least"])

    def confidence(self, evidence: Mapping[str, float]) -> float:
        """Return the probability in [0, 1] that the rows of an answer are right.

        Raises KeyError if a kind of evidence is missing.
        """
        total = self.intercept
        for name, feature in self.features.items():
            total += feature.weight * (evidence[name] - feature.mean) / feature.scale
        return min(MOST, 1 / (1 + math.exp(-total)))
