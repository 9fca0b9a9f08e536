"""The input vectors of the experts that questions are routed to, in the compact form of a kernel.

A memory layer builds an `InputVectors` from its route and hands it to `shrink`. Triton's kernels
generate the vectors from the ids in registers; the twins compute them as a tensor once.
Axis legend: `c` routed questions, `k` experts of a question, `d` width.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from torch import Tensor

from mome.kernels.generator import input_vectors


@dataclass(frozen=True)
class InputVectors:
    """The gated input vectors g_i a_i of questions' experts in one layer."""

    ids: Tensor
    """Numbers of the experts, (c, k) int64."""
    gates: Tensor
    """Gate g_i of each expert, (c, k)."""
    width: int
    """Width d of an input vector."""
    seed: int
    """Seed of the generator."""
    layer: int
    """Number of the layer, which selects the generator's stream."""

    @cached_property
    def gated(self) -> Tensor:
        """Return the vectors g_i a_i, (c, k, d). Only the twins read them; computed once."""
        vectors = input_vectors(self.ids, self.width, seed=self.seed, layer=self.layer)
        return vectors * self.gates.unsqueeze(2)

    def __getitem__(self, rows: list[int]) -> InputVectors:
        """Return the vectors of some questions, without computing existing vectors again."""
        part = InputVectors(self.ids[rows], self.gates[rows], self.width, self.seed, self.layer)
        # `cached_property` keeps its value in the instance's `__dict__` under its own name. A
        # frozen dataclass refuses assignment, so the part's value is put there directly.
        if "gated" in vars(self):
            vars(part)["gated"] = self.gated[rows]
        return part
