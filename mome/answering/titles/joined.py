"""Put the query of a title before the candidates of the model. The translator calls it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from mome.answering.titles.reader import Title
from mome.backbones.base import Candidate

# Of 86 questions of Spider that are read as titles 84 get the gold rows. What is left lets a model
# that is sure of other rows lower the confidence.
PROBABILITY = 0.9
"""Probability of a title's query."""


def with_title(found: Sequence[Candidate], title: Title) -> list[Candidate]:
    """Return the candidates with that of a title first. All others, and no answer at all, share
    what its probability leaves.
    """
    same = next((one for one in found if one.answer == title.sql), None)
    first = Candidate(title.sql, math.log(PROBABILITY), PROBABILITY, note=title.note)
    if same is not None:
        probability = PROBABILITY + (1 - PROBABILITY) * same.probability
        first = replace(same, probability=probability, note=title.note)
    others = [one for one in found if one is not same]
    return [first, *(_less(one) for one in others)]


def _less(candidate: Candidate) -> Candidate:
    return replace(candidate, probability=(1 - PROBABILITY) * candidate.probability)
