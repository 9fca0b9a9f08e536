"""The frozen model of a recommender: a linear map from a basket to scores of the items.

`BasketBackbone` puts a memory layer into it. Axis legend: `b` baskets, `s` slots for items, `p`
width of a projected state, `v` width of a signature.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from mome import kernels

SIGNATURE = 256
"""Width of a signature, by which baskets are compared."""
SIGNATURE_SEED, SIGNATURE_STREAM = 0, -3
"""Generator stream of the items' random vectors; other streams belong to memories and words."""
# An expert's input vector has random signs: of the states of two items alone half would be
# orthogonal to it, and 70 of 4,739 facts were orthogonal to all of their experts.
CONSTANT = 0.7
"""Value of every state in the last slot, which never holds an item."""
EXCLUDED = -1e4
"""Logit of what cannot be recommended; finite, so that gradients stay finite."""


@dataclass(frozen=True)
class BasketHead:
    """What is fitted in closed form before experts are trained; it is stored beside them."""

    rarity: Tensor
    """(s,) weight of each item in signatures: the logarithm of its inverse frequency; 0 in the last
    slot.
    """
    projection: Tensor
    """(p, s) maps states to projected ones; 0 in free slots and in the last dimensions, which
    experts alone reach.
    """
    offset: Tensor
    """(p,) that is added to projected states."""
    vectors: Tensor
    """(s, p) weights of each item as an answer."""
    bias: Tensor
    """(s,) logit of each item in an average basket."""
    precision: Tensor
    """(w, w) inverse of the regularised second moments of the first dimensions of projected states,
    which the base reaches; fits vectors of items that come later.
    """
    fit: Tensor
    """(3,) factor on the scores, number of questions that were fitted, weight of the penalty."""

    def tensors(self) -> dict[str, Tensor]:
        """Return the tensors to store."""
        return dict(vars(self))


class BasketModel(nn.Module):
    """Items -> state -> projected state -> product with the vector of each item.

    The state of n items has 1 / sqrt(n) at each of their slots, and `CONSTANT` in the last slot.
    """

    def __init__(self, slots: int, width: int) -> None:
        super().__init__()
        self.project = nn.Linear(slots, width)
        self.register_buffer("vectors", torch.zeros(slots, width))
        self.register_buffer("bias", torch.zeros(slots))
        self.register_buffer("taken", torch.zeros(slots, dtype=torch.bool))
        numbers = torch.arange(slots)
        signs = kernels.input_vectors(
            numbers, SIGNATURE, seed=SIGNATURE_SEED, layer=SIGNATURE_STREAM
        )
        self.register_buffer("signs", signs)
        self.register_buffer("rarity", torch.ones(slots))

    def use(self, head: BasketHead, taken: Tensor) -> None:
        """Take over a head; `taken` (s,) says which slots hold an item."""
        self.vectors, self.bias, self.rarity = head.vectors, head.bias, head.rarity
        self.taken = taken
        # In place, because a memory layer may hold the linear map.
        with torch.no_grad():
            self.project.weight.copy_(head.projection)
            self.project.bias.copy_(head.offset)

    def signature(self, state: Tensor) -> Tensor:
        """Return unit sums (b, v) of the random vectors of states' items, weighted by rarity; 0
        without items. Their products are near the cosines of the weighted sets.
        """
        return functional.normalize(((state > 0) * self.rarity) @ self.signs, dim=1)

    def logits(self, projected: Tensor, state: Tensor) -> Tensor:
        """Return logits (..., s) of projected states (..., p); free slots and the items of the
        `state` (..., s) itself are excluded.
        """
        found = projected.float() @ self.vectors.T + self.bias
        return found.masked_fill((state > 0) | ~self.taken, EXCLUDED)
