"""The bank of rank-one experts: input vectors come from a generator (`mome.kernels`), output rows exist only where training touched them.

Axis legend: `s` touched experts, `k` experts of a route, `d` width. Every expert has one rank-one part in each memory layer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class LayerShape:
    """A linear map of the backbone that is a memory layer."""

    name: str
    d_in: int
    d_out: int


@dataclass(frozen=True)
class Bank:
    """Rows b_e of the touched experts; all others are zero and stored nowhere."""

    layers: tuple[LayerShape, ...]
    ids: Tensor
    """(s,) int64, sorted."""
    rows: tuple[Tensor, ...]
    """For each layer (s, d_out)."""

    @classmethod
    def empty(cls, layers: Sequence[LayerShape], dtype: torch.dtype) -> Bank:
        """A bank that nothing has touched."""
        return cls(tuple(layers), torch.empty(0, dtype=torch.int64), tuple(torch.empty(0, layer.d_out, dtype=dtype) for layer in layers))

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def dtype(self) -> torch.dtype:
        """Type of the rows."""
        return self.rows[0].dtype

    def find(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Positions of `ids` among the touched experts and whether each is there; a position is valid only where it is."""
        if not len(self):
            return torch.zeros_like(ids), torch.zeros_like(ids, dtype=torch.bool)
        positions = torch.searchsorted(self.ids, ids).clamp_(max=len(self) - 1)
        return positions, self.ids[positions] == ids

    def gather(self, layer: int, ids: Tensor) -> Tensor:
        """Rows (..., d_out) of experts `ids` (...) in float32; zero for an untouched one."""
        positions, found = self.find(ids)
        if not len(self):
            return torch.zeros(*ids.shape, self.layers[layer].d_out)
        return self.rows[layer][positions].float() * found.unsqueeze(-1)

    def tensors(self) -> dict[str, Tensor]:
        """As it is stored."""
        return {"ids": self.ids} | {f"rows.{index}": rows for index, rows in enumerate(self.rows)}

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, Tensor], layers: Sequence[LayerShape], dtype: torch.dtype) -> Bank:
        """Undo `tensors`; raises KeyError where one is missing, ValueError where they do not fit the layers."""
        rows = tuple(tensors[f"rows.{index}"] for index in range(len(layers)))
        wanted = [((len(tensors["ids"]), layer.d_out), dtype) for layer in layers]
        if [(tuple(found.shape), found.dtype) for found in rows] != wanted:
            raise ValueError("rows have another shape or type than the configuration says")
        return cls(tuple(layers), tensors["ids"], rows)

    def resized(self, ids: Tensor) -> Bank:
        """A new bank of exactly the experts `ids`: rows that are there are carried over, new ones are zero."""
        ids = ids.unique()
        rows = tuple(self.gather(layer, ids).to(self.dtype) for layer in range(len(self.layers)))
        return Bank(self.layers, ids, rows)

    def pruned(self) -> Bank:
        """A new bank without the experts whose rows are all zero."""
        used = torch.zeros(len(self), dtype=torch.bool)
        for rows in self.rows:
            used |= (rows != 0).any(1)
        return self.resized(self.ids[used])
