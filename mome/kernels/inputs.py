"""The input side of a route's experts: what the generator makes its vectors from, so that a kernel need not read them.

Axis legend: `c` questions, `k` experts of a question, `d` width.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from torch import Tensor

from mome.kernels import twins


@dataclass(frozen=True)
class InputVectors:
    """The vectors g_i a_i of questions' experts in one layer."""

    ids: Tensor
    """(c, k) int64"""
    gates: Tensor
    """(c, k) g_i"""
    width: int
    seed: int
    layer: int

    @cached_property
    def gated(self) -> Tensor:
        """The vectors (c, k, d): made when they are first asked for, which only the twins do, and kept."""
        return twins.input_vectors(
            self.ids, self.width, seed=self.seed, layer=self.layer
        ) * self.gates.unsqueeze(2)

    def __getitem__(self, rows: list[int]) -> InputVectors:
        """Those of some questions; vectors that are made already are not made again."""
        some = InputVectors(self.ids[rows], self.gates[rows], self.width, self.seed, self.layer)
        if "gated" in vars(self):
            vars(some)["gated"] = self.gated[rows]
        return some
