"""Shared experts: low-rank maps in many layers, used by all questions near the known ones
(DeepSeekMoE, arXiv 2401.06066, section 3.2).

A fact's own experts hold exactly that fact. Shared experts are trained first, on all verified
questions together and through the whole frozen backbone, so that new questions are answered like
their neighbours. Then they are frozen, and the facts' own experts are trained on top. Axis legend:
`b` questions, `r` rank, `d` width.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from mome.memory.experts.layer import MemoryLayer, Part

# Rank of each shared map; a higher one takes longer to practise and more space.
RANK = 16
WEIGHT = 2.0
"""Factor on the output of the shared experts."""


@dataclass(frozen=True)
class SharedExperts:
    """One rank-r map for each shared layer of the backbone, in the order of `names`."""

    names: tuple[str, ...]
    shrink: tuple[Tensor, ...]
    """One tensor (r, d_in) per layer."""
    expand: tuple[Tensor, ...]
    """One tensor (r, d_out) per layer."""

    @classmethod
    def start(cls, names: Sequence[str], layers: Sequence[MemoryLayer], seed: int) -> SharedExperts:
        """Return maps with random input and zero output vectors, which add nothing yet."""
        generator = torch.Generator().manual_seed(seed)
        shapes = [layer.weight.shape for layer in layers]
        # Variance 1 / d_in keeps the size of a . x independent of the layer's width, as in LoRA.
        shrink = tuple(
            torch.randn(RANK, d_in, generator=generator) * d_in**-0.5 for _, d_in in shapes
        )
        return cls(tuple(names), shrink, tuple(torch.zeros(RANK, d_out) for d_out, _ in shapes))

    @property
    def values(self) -> list[Tensor]:
        """All trained tensors."""
        return [*self.shrink, *self.expand]

    def rounded(self) -> SharedExperts:
        """Return values rounded to float16, so that stored and trained values are equal."""
        shrink = tuple(_rounded(tensor) for tensor in self.shrink)
        expand = tuple(_rounded(tensor) for tensor in self.expand)
        return SharedExperts(self.names, shrink, expand)

    def parts(
        self, layers: Sequence[MemoryLayer], questions: int, rows: Tensor | None = None
    ) -> dict[MemoryLayer, Part]:
        """Return what each layer adds for `rows` (h,) of a batch of `questions`; None means all
        rows.
        """
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
        """Return the tensors to store."""
        named = {f"shared.{i}.shrink": t.half() for i, t in enumerate(self.shrink)}
        return named | {f"shared.{i}.expand": t.half() for i, t in enumerate(self.expand)}

    @classmethod
    def from_tensors(cls, names: Sequence[str], tensors: dict[str, Tensor]) -> SharedExperts:
        """Build from the result of `tensors`. Raises KeyError for a missing tensor."""
        layers = range(len(names))
        shrink = tuple(tensors[f"shared.{i}.shrink"].float() for i in layers)
        expand = tuple(tensors[f"shared.{i}.expand"].float() for i in layers)
        return cls(tuple(names), shrink, expand)


def _rounded(tensor: Tensor) -> Tensor:
    return tensor.detach().half().float()
