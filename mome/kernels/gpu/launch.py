"""How kernels are launched: on the device of their tensors, with tiles that fit the sizes at hand."""

from __future__ import annotations

from typing import Any

import torch
import triton
from torch import Tensor

INTERPRETED = triton.knobs.runtime.interpret
"""Whether Triton runs its kernels in Python on the CPU, for tests."""
FEWEST, MOST = 16, 64
"""Tiles of products of matrices: what the tensor cores take at least, and what fits into registers."""
PROGRAMS = 256
"""A grid of fewer programs leaves a large GPU idle."""


def launch(kernel: Any, grid: tuple[int, ...], *arguments: Any, **constants: Any) -> None:
    """Run a kernel on its first tensor's device; an empty grid is nothing to do."""
    if 0 in grid:
        return
    tensor = next(argument for argument in arguments if isinstance(argument, Tensor))
    if tensor.is_cuda:
        with torch.cuda.device(tensor.device):
            kernel[grid](*arguments, **constants)
    else:
        kernel[grid](*arguments, **constants)


def tile(size: int) -> int:
    """The power of two that covers `size`, within what a product of matrices can take."""
    return min(max(triton.next_power_of_2(size), FEWEST), MOST)


def splits(programs: int, chunks: int) -> int:
    """Into how many parts to cut a sum of `chunks` so that the GPU is busy; the parts are summed in a fixed order."""
    return min(chunks, triton.cdiv(PROGRAMS, max(programs, 1)))


def tokens(t: int, dtype: torch.dtype) -> int:
    """Tokens of a tile; half as many at most where products of float32 take three products' room."""
    return min(tile(t), MOST // 2) if dtype == torch.float32 else tile(t)


def warps(rows: int) -> int:
    """Warps of a program: enough that a tile of so many rows stays in registers."""
    return 4 if rows == FEWEST else 8


def precision(dtype: torch.dtype) -> str:
    """How products of float32 are rounded beside tensors of `dtype`: tf32 holds shorter types exactly, three of them float32, nearly."""
    if torch.version.hip:
        return "ieee"
    return "tf32x3" if dtype == torch.float32 else "tf32"
