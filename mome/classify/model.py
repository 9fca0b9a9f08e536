"""The frozen model of a classifier behind its encoder: a state of each text and a vector for each
label.

`LabelBackbone` puts memory layers into it. Axis legend: `b` texts, `t` tokens, `d` width of the
encoder, `m` width of the means of its last layers, `s` width of a state, `p` width of a projected
state, `l` labels, `v` word pieces.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from mome.classify.encoder import LAYERS, SentenceEncoder

PROJECTED = 384
"""Width of a projected state."""
# Cosines of texts of one label are 0.6 to 0.9 and those of others 0 to 0.4: with a factor of 30 a
# right answer reaches p = 0.95 among hundreds of labels, and gradients do not vanish before.
SCALE = 30.0
"""Usual length of a label's vector, by which logits are divided to compare them."""


@dataclass(frozen=True)
class LabelHead:
    """What is fitted in closed form before experts are trained; it is stored beside them."""

    rarity: Tensor
    """(v,) weight of each word piece: the logarithm of its inverse frequency in the examples."""
    weight: Tensor
    """() weight of the word pieces' half of a state relative to the encoder's half."""
    middle: Tensor
    """(m,) mean of the encoder's means of the examples."""
    projection: Tensor
    """(p, s) directions in which labels differ, relative to the spread within labels."""
    offset: Tensor
    """(p,) that is added to projected states, so that their mean is zero."""
    vectors: Tensor
    """(l, p) weights of each label; logits are their products with unit projected states."""

    def tensors(self) -> dict[str, Tensor]:
        """Return the tensors to store."""
        return dict(vars(self))


class LabelModel(nn.Module):
    """Text -> state -> unit projected state -> product with the vector of each label.

    A state has two parts: the mean hidden states of the encoder's last layers, and the sum of
    random vectors of the text's word pieces, which does not depend on their order and tells rare
    words apart.
    """

    def __init__(self, encoder: SentenceEncoder) -> None:
        super().__init__()
        width = encoder.width
        state = (LAYERS + 1) * width
        # The identity, which shared experts add to.
        self.adapt = nn.Linear(state, state, bias=False)
        nn.init.eye_(self.adapt.weight)
        self.project = nn.Linear(state, PROJECTED)
        self.register_buffer("words", encoder.words)
        self.register_buffer("rarity", torch.ones(len(encoder.words)))
        self.register_buffer("weight", torch.ones(()))
        self.register_buffer("middle", torch.zeros(LAYERS * width))
        self.register_buffer("vectors", torch.zeros(0, PROJECTED))

    def use(self, head: LabelHead) -> None:
        """Take over a head."""
        self.rarity, self.weight, self.middle = head.rarity, head.weight, head.middle
        self.vectors = head.vectors
        # In place, because a memory layer may hold the linear map.
        with torch.no_grad():
            self.project.weight.copy_(head.projection)
            self.project.bias.copy_(head.offset)

    def said(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return the unit sum (b, d) of the random vectors of word pieces, weighted by rarity."""
        weights = (self.rarity[ids] * mask).float()
        total = torch.bmm(weights.unsqueeze(1), self.words[ids].float()).squeeze(1)
        return functional.normalize(total, dim=1)

    def state(self, meaning: Tensor, said: Tensor) -> Tensor:
        """Return states (b, s) of the encoder's means (b, m) and the sums of word pieces (b, d)."""
        layers = (meaning - self.middle).unflatten(1, (LAYERS, -1))
        # Each layer counts alike, and all together as one unit vector.
        unit = functional.normalize(layers, dim=2).flatten(1) / math.sqrt(LAYERS)
        return torch.cat([unit, self.weight * said], 1)

    def logits(self, projected: Tensor) -> Tensor:
        """Return logits (..., l) of projected states (..., p)."""
        # Practice runs under autocast, whose rounding of a cosine is a tenth of a logit.
        with torch.autocast("cpu", enabled=False):
            return functional.normalize(projected.float(), dim=-1) @ self.vectors.T
