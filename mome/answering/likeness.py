"""Whether two phrases may mean the same, by the states of the model that reads the questions. The
translator gives it to the checks of candidates.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor
from torch.nn.functional import normalize

from mome.answering.unmet_phrases import Alike
from mome.backbones.base import Backbone
from mome.linking.similar_words import NEAR
from mome.memory.question_states import QuestionStates

KEPT = 4096
"""Number of pairs of phrases whose verdict is kept."""


def likeness(backbone: Backbone) -> Alike | None:
    """Return whether two phrases in small letters may mean the same, as a function; None if it is
    not known for this model how near such phrases are.
    """
    least = backbone.alike
    if least is None:
        return None
    states = QuestionStates(backbone)

    # Not a method: a cache on one would keep the model in memory after its translator.
    @lru_cache(maxsize=KEPT)
    def alike(one: str, other: str) -> bool:
        whole = normalize(states([one, other]), dim=-1)
        if float(whole[0] @ whole[1]) >= least:
            return True
        first, second = (backbone.word_vectors(text.split()) for text in (one, other))
        return _nearest(first, second) >= NEAR

    return alike


def _nearest(first: Tensor, second: Tensor) -> float:
    """Return the highest cosine of a word (n, d) and another (m, d)."""
    if not len(first) or not len(second):
        return 0.0
    return float(torch.max(first @ second.T))
