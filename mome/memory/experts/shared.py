"""Shared experts: low-rank parts of many layers that all questions near the known ones go through (DeepSeekMoE, arXiv 2401.06066, 3.2).

A fact's own experts hold exactly that fact; the shared ones learn how this database is asked, from all practice together, so that a
question that nobody verified is answered like its neighbours. `tune` fits them first, through the whole frozen backbone; then they are
frozen too, and the facts' experts are trained on top.
Axis legend: `b` questions, `r` rank, `d` width.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from mome.memory.experts.layer import MemoryLayer, Part

if TYPE_CHECKING:
    pass

RANK = 16
WEIGHT = 2.0
"""Factor on what the shared experts add."""


@dataclass(frozen=True)
class SharedExperts:
    """One rank-r map for each shared layer of the backbone, in the order of their names."""

    names: tuple[str, ...]
    shrink: tuple[Tensor, ...]
    """(r, d_in) each"""
    expand: tuple[Tensor, ...]
    """(r, d_out) each"""

    @classmethod
    def start(cls, names: Sequence[str], layers: Sequence[MemoryLayer], seed: int) -> SharedExperts:
        """Random input vectors and zero output vectors: they add nothing yet."""
        generator = torch.Generator().manual_seed(seed)
        shapes = [layer.weight.shape for layer in layers]
        shrink = tuple(
            torch.randn(RANK, d_in, generator=generator) * d_in**-0.5 for _, d_in in shapes
        )
        return cls(tuple(names), shrink, tuple(torch.zeros(RANK, d_out) for d_out, _ in shapes))

    @property
    def values(self) -> list[Tensor]:
        """All that is trained."""
        return [*self.shrink, *self.expand]

    def rounded(self) -> SharedExperts:
        """With values that half precision can hold, so that stored and trained ones are the same."""
        shrink, expand = (
            tuple(t.detach().half().float() for t in tensors)
            for tensors in (self.shrink, self.expand)
        )
        return SharedExperts(self.names, shrink, expand)

    def parts(
        self, layers: Sequence[MemoryLayer], questions: int, rows: Tensor | None = None
    ) -> dict[MemoryLayer, Part]:
        """What each layer adds for `rows` (h,) of a batch of `questions`; for all of them where `rows` is None."""
        if rows is not None and not len(rows):
            return {}
        some = None if rows is None or len(rows) == questions else rows
        found = {}
        for layer, shrink, expand in zip(layers, self.shrink, self.expand, strict=True):
            device = layer.weight.device
            found[layer] = Part(
                questions,
                None if some is None else some.to(device),
                WEIGHT * shrink.to(device),
                expand.to(device),
            )
        return found

    def tensors(self) -> dict[str, Tensor]:
        """As they are stored."""
        named = {f"shared.{i}.shrink": t.half() for i, t in enumerate(self.shrink)}
        return named | {f"shared.{i}.expand": t.half() for i, t in enumerate(self.expand)}

    @classmethod
    def from_tensors(cls, names: Sequence[str], tensors: dict[str, Tensor]) -> SharedExperts:
        """Undo `tensors`; raises KeyError when one is missing."""
        shrink, expand = (
            tuple(tensors[f"shared.{i}.{part}"].float() for i in range(len(names)))
            for part in ("shrink", "expand")
        )
        return cls(tuple(names), shrink, expand)
