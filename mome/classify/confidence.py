"""How sure a label is: a logistic regression over what is seen of a text, fitted to texts that were
held out.

Axis legend: `n` texts, `l` labels, `e` pieces of evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor
from torch.nn import functional

from mome.classify.backbone import LabelBackbone
from mome.classify.memory import LabelMemory
from mome.classify.model import SCALE
from mome.memory.routing.router import nearest_known

# Beyond these odds p is rounded, and a few texts would decide the fit.
MOST_LOG_ODDS = 10.0
PENALTY = 1e-3
"""Weight of the squared weights, which keeps them finite where the texts can be separated."""
STEPS = 200
"""Iterations of L-BFGS at most."""


@dataclass(frozen=True)
class TextReading:
    """What a memory sees of some texts."""

    best: Tensor
    """(n,) index of the most probable label."""
    nearest: Tensor
    """(n,) index of the nearest known text."""
    evidence: Tensor
    """(n, e) log-odds of the label, its logit, how much less the second one has, the cosine to the
    nearest known text, and whether that has the same label.
    """


@torch.no_grad()
def read_texts(memory: LabelMemory, texts: Sequence[str], owners: Tensor) -> TextReading:
    """Read texts under their experts; `owners` holds the index of each known text's label."""
    backbone = cast(LabelBackbone, memory.backbone)
    with memory.routed(texts):
        logits = backbone.logits(backbone.trunk(backbone.batch(texts, ()))).squeeze(1)
    best = logits.topk(2, dim=1)
    score, nearest = nearest_known(memory.queries(texts), memory.known)
    logs = logits.log_softmax(1).gather(1, best.indices[:, :1]).squeeze(1)
    # log(p / (1 - p)); 1 - p by expm1, for p rounds to 1.
    odds = (logs - (-torch.expm1(logs)).clamp(min=1e-9).log()).clamp(-MOST_LOG_ODDS, MOST_LOG_ODDS)
    scaled = best.values / SCALE
    agrees = (owners[nearest] == best.indices[:, 0]).float()
    parts = (odds, scaled[:, 0], scaled[:, 0] - scaled[:, 1], score, agrees)
    return TextReading(best.indices[:, 0], nearest, torch.stack(parts, 1))


@dataclass(frozen=True)
class Confidence:
    """The weights of the regression."""

    weights: tuple[float, ...]
    bias: float

    def of(self, evidence: Tensor) -> Tensor:
        """Return (n,) the probability that a label is right, for evidence (n, e)."""
        return (evidence @ torch.tensor(self.weights) + self.bias).sigmoid()

    @classmethod
    def fit(cls, evidence: Tensor, right: Tensor, weights: Tensor) -> Confidence:
        """Fit to evidence (n, e) of held-out texts, whether their labels were `right` (n,), and the
        weight (n,) of each text. Without a text nothing is sure.
        """
        if not len(evidence):
            return cls((0.0,) * evidence.shape[1], -MOST_LOG_ODDS)
        middle, spread = evidence.mean(0), evidence.std(0, correction=0).clamp(min=1e-6)
        scaled = (evidence - middle) / spread
        values = torch.zeros(evidence.shape[1] + 1, requires_grad=True)
        optimizer = torch.optim.LBFGS([values], max_iter=STEPS, line_search_fn="strong_wolfe")

        def loss() -> Tensor:
            optimizer.zero_grad()
            found = functional.binary_cross_entropy_with_logits(
                scaled @ values[:-1] + values[-1], right.float(), weights / weights.mean()
            )
            total = found + PENALTY * values[:-1].square().sum()
            total.backward()
            return total

        optimizer.step(loss)
        slopes = values.detach()[:-1] / spread
        bias = float(values.detach()[-1] - slopes @ middle)
        return cls(tuple(slopes.tolist()), bias)
