"""The bank of rank-one experts. Input vectors are generated (`mome.kernels`); output rows exist
only for trained experts.

Axis legend: `s` touched experts, `k` experts of a route, `d` width. Every expert has one rank-one
part in each memory layer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor


@dataclass(frozen=True)
class LayerShape:
    """Name and shape of a linear map that is a memory layer."""

    name: str
    d_in: int
    d_out: int


class RowChecks(Protocol):
    """Compares rows on the disk with their checksums before they are used. Raises BrokenMemory."""

    def rows(self, layer: int, positions: Tensor) -> None:
        """Check the rows at these positions of a layer."""

    def everything(self) -> None:
        """Check all rows."""


@dataclass(frozen=True)
class Bank:
    """Output rows b_e of the touched experts; all other rows are zero and not stored."""

    layers: tuple[LayerShape, ...]
    ids: Tensor
    """(s,) int64, sorted."""
    rows: tuple[Tensor, ...]
    """One tensor (s, d_out) per layer."""
    checks: RowChecks | None = None
    """Of rows that are memory-mapped from a large file; None for all others."""

    @classmethod
    def empty(cls, layers: Sequence[LayerShape], dtype: torch.dtype) -> Bank:
        """Return a bank without touched experts."""
        return cls(
            tuple(layers),
            torch.empty(0, dtype=torch.int64),
            tuple(torch.empty(0, layer.d_out, dtype=dtype) for layer in layers),
        )

    @classmethod
    def from_tensors(
        cls, tensors: Mapping[str, Tensor], layers: Sequence[LayerShape], dtype: torch.dtype
    ) -> Bank:
        """Build a bank from the result of `tensors`. Raises KeyError for a missing tensor and
        ValueError for a wrong shape.
        """
        ids = tensors["ids"]
        rows = tuple(tensors[f"rows.{index}"] for index in range(len(layers)))
        for found, layer in zip(rows, layers, strict=True):
            if found.shape != (len(ids), layer.d_out) or found.dtype != dtype:
                raise ValueError("rows have another shape or type than the configuration says")
        return cls(tuple(layers), ids, rows)

    def tensors(self) -> dict[str, Tensor]:
        """Return the tensors to store."""
        self._check_everything()
        return {"ids": self.ids} | {f"rows.{index}": rows for index, rows in enumerate(self.rows)}

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def dtype(self) -> torch.dtype:
        """Type of the rows."""
        return self.rows[0].dtype

    def find(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Return positions of `ids` among the touched experts and a mask of those that are touched;
        other positions are invalid.
        """
        if not len(self):
            return torch.zeros_like(ids), torch.zeros_like(ids, dtype=torch.bool)
        # Ids are sorted, so a search takes O(log s) for each id. One that is larger than all would
        # point behind the end.
        positions = torch.searchsorted(self.ids, ids).clamp_(max=len(self) - 1)
        return positions, self.ids[positions] == ids

    def gather(self, layer: int, ids: Tensor) -> Tensor:
        """Return float32 rows (..., d_out) of experts `ids` (...); zero for untouched experts."""
        if not len(self):
            return torch.zeros(*ids.shape, self.layers[layer].d_out)
        positions, found = self.find(ids)
        if self.checks is not None:
            self.checks.rows(layer, positions[found])
        # Positions of untouched experts are arbitrary; the mask makes their rows zero.
        return self.rows[layer][positions].float() * found.unsqueeze(-1)

    def resized(self, ids: Tensor) -> Bank:
        """Return a new bank with exactly the experts `ids`: known rows are copied, others
        are zero.
        """
        ids = ids.unique()
        rows = tuple(self.gather(layer, ids).to(self.dtype) for layer in range(len(self.layers)))
        return Bank(self.layers, ids, rows)

    def pruned(self) -> Bank:
        """Return a new bank without experts whose rows are all zero."""
        self._check_everything()
        used = torch.zeros(len(self), dtype=torch.bool)
        for rows in self.rows:
            used |= (rows != 0).any(1)
        return self.resized(self.ids[used])

    def __getstate__(self) -> dict[str, Any]:
        """Return what is sent to another process, which does not see the file."""
        self._check_everything()
        return self.__dict__ | {"checks": None}

    def _check_everything(self) -> None:
        if self.checks is not None:
            self.checks.everything()
