"""The bank of a memory: the rows of a whole version, and over them the rows that changed since.

A memory is loaded with one, a tune lays rows over it, and `deltas` stores what lies over. It is a
type of its own, so that every change of a memory is a layer over the rows that it was loaded with,
and a delta cannot miss one. Axis legend: `k` experts of a route, `d` width.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from mome.memory.experts.bank import Bank, LayerShape


@dataclass(frozen=True)
class LayeredBank:
    """Rows of `newer` where it has any, of `base` elsewhere."""

    base: Bank
    """Rows of a whole version. They stay where they are, for example memory-mapped."""
    newer: Bank
    """Rows that override those of `base`, with zeros for forgotten experts; may be empty."""

    @classmethod
    def over(cls, base: Bank) -> LayeredBank:
        """Return `base` with nothing laid over it."""
        return cls(base, Bank.empty(base.layers, base.dtype))

    @property
    def layers(self) -> tuple[LayerShape, ...]:
        """Shapes of the memory layers."""
        return self.base.layers

    @property
    def dtype(self) -> torch.dtype:
        """Type of the rows."""
        return self.base.dtype

    @property
    def ids(self) -> Tensor:
        """Sorted experts that have a row, which may be zero."""
        return torch.cat([self.base.ids, self.newer.ids]).unique()

    def gather(self, layer: int, ids: Tensor) -> Tensor:
        """Return float32 rows (..., d_out) of experts `ids` (...); zero for untouched experts."""
        rows = self.base.gather(layer, ids)
        if not len(self.newer):
            return rows
        overridden = self.newer.find(ids)[1].unsqueeze(-1)
        return torch.where(overridden, self.newer.gather(layer, ids), rows)

    def resized(self, ids: Tensor) -> Bank:
        """Return a bank with exactly the experts `ids`: known rows are copied, others are zero."""
        ids = ids.unique()
        rows = tuple(self.gather(layer, ids).to(self.dtype) for layer in range(len(self.layers)))
        return Bank(self.layers, ids, rows)

    def flat(self) -> Bank:
        """Return the same rows as one bank, to be written as a whole version."""
        return self.resized(self.ids).pruned() if len(self.newer) else self.base

    def overlaid(self, rows: Bank) -> LayeredBank:
        """Return a bank in which `rows` override these."""
        ids = torch.cat([self.newer.ids, rows.ids])
        return replace(self, newer=LayeredBank(self.newer, rows).resized(ids))

    def replaced_by(self, rows: Bank) -> LayeredBank:
        """Return a bank that has the rows `rows` and no others."""
        # Zeros over all other rows: without them a delta would leave the old rows in force.
        return self.overlaid(rows.resized(torch.cat([self.ids, rows.ids])))

    def changed_since(self, before: LayeredBank) -> Bank:
        """Return the rows that differ from those of `before`, with zeros for forgotten experts.

        Banks over bases with the same experts are taken to be over one base, as a memory and the
        version that it was loaded from are. Then only the newer rows are read.
        """
        ids = torch.cat([self.newer.ids, before.newer.ids])
        if not self.base.ids.equal(before.base.ids):
            ids = torch.cat([self.ids, before.ids])
        ids = ids.unique()
        moved = torch.zeros(len(ids), dtype=torch.bool)
        for layer in range(len(self.layers)):
            moved |= (self.gather(layer, ids) != before.gather(layer, ids)).any(1)
        return self.resized(ids[moved])
