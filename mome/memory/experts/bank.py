"""The bank of rank-one experts: input vectors come from a generator (`mome.kernels`), output rows exist only where training touched them.

Axis legend: `s` touched experts, `k` experts of a route, `d` width. Every expert has one rank-one part in each memory layer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

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
    newer: Bank | None = None
    """Rows that hide these, zeros where an expert is gone; None where nothing is newer. `ids`, `rows` and `find` know nothing of it."""

    @classmethod
    def empty(cls, layers: Sequence[LayerShape], dtype: torch.dtype) -> Bank:
        """A bank that nothing has touched."""
        return cls(
            tuple(layers),
            torch.empty(0, dtype=torch.int64),
            tuple(torch.empty(0, layer.d_out, dtype=dtype) for layer in layers),
        )

    @classmethod
    def from_tensors(
        cls, tensors: Mapping[str, Tensor], layers: Sequence[LayerShape], dtype: torch.dtype
    ) -> Bank:
        """Undo `tensors`; raises KeyError when one is missing, ValueError where one does not fit."""
        rows = tuple(tensors[f"rows.{index}"] for index in range(len(layers)))
        if any(
            found.shape != (len(tensors["ids"]), layer.d_out) or found.dtype != dtype
            for found, layer in zip(rows, layers, strict=True)
        ):
            raise ValueError("rows have another shape or type than the configuration says")
        return cls(tuple(layers), tensors["ids"], rows)

    def tensors(self) -> dict[str, Tensor]:
        """As they are stored, without what is newer."""
        return {"ids": self.ids} | {f"rows.{index}": rows for index, rows in enumerate(self.rows)}

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
        if len(self):
            positions, found = self.find(ids)
            rows = self.rows[layer][positions].float() * found.unsqueeze(-1)
        else:
            rows = torch.zeros(*ids.shape, self.layers[layer].d_out)
        if self.newer is None:
            return rows
        return torch.where(
            self.newer.find(ids)[1].unsqueeze(-1), self.newer.gather(layer, ids), rows
        )

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

    def hidden_by(self, newer: Bank) -> Bank:
        """These rows with those of `newer` in front; they themselves stay where they are, be it on disk."""
        if self.newer is not None:
            newer = replace(self.newer, newer=newer).resized(torch.cat([self.newer.ids, newer.ids]))
        return replace(self, newer=newer)

    def flat(self) -> Bank:
        """The same rows with nothing in front."""
        return (
            self
            if self.newer is None
            else self.resized(torch.cat([self.ids, self.newer.ids])).pruned()
        )

    def newer_than(self, other: Bank) -> Bank:
        """The newer rows of this bank that `other`, a bank over the same rows, does not have."""
        front = self.newer or Bank.empty(self.layers, self.dtype)
        moved = torch.zeros(len(front), dtype=torch.bool)
        for layer in range(len(self.layers)):
            moved |= (front.gather(layer, front.ids) != other.gather(layer, front.ids)).any(1)
        return front.resized(front.ids[moved])
