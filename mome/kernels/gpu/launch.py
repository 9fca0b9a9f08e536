"""How kernels are launched: on the device of their tensors, with tiles that fit the sizes at hand."""

from __future__ import annotations

from typing import Any

import torch
import triton
import triton.language as tl
from torch import Tensor

INTERPRETED = triton.knobs.runtime.interpret
"""Whether Triton runs its kernels in Python on the CPU, for tests."""
FEWEST, MOST = 16, 64
"""Sides of a tile: what the tensor cores take at least, and what fits into registers."""
MOST_FLOATS = 32
"""Tokens of a tile at most where products of float32 take three products' room."""
CHUNKS = 16
"""Tiles that a program writes one after the other: what it has read of the experts serves them all."""
ROOM = 160 * 2**10
"""Bytes of shared memory from which on three stages of the largest tiles fit; small GPUs have 99 KiB."""
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


def tile(size: int, most: int = MOST) -> int:
    """The power of two that covers `size`, within what a product of matrices can take."""
    return min(max(triton.next_power_of_2(size), FEWEST), most)


def splits(programs: int, chunks: int) -> int:
    """Into how many parts to cut a sum of `chunks` so that the GPU is busy; the parts are summed in a fixed order."""
    return min(chunks, triton.cdiv(PROGRAMS, max(programs, 1)))


def tokens(t: int, dtype: torch.dtype, most: int = MOST) -> int:
    """Tokens of a tile, fewer where they are float32."""
    return tile(t, MOST_FLOATS if dtype == torch.float32 else most)


def stages(tensor: Tensor) -> int:
    """How many of the largest tiles are read ahead, by the room that the tensor's device has for them."""
    has = (
        getattr(torch.cuda.get_device_properties(tensor.device), "shared_memory_per_block_optin", 0)
        if tensor.is_cuda
        else 0
    )
    return 3 if has >= ROOM else 2


@triton.jit
def product(scales, values, PRECISION: tl.constexpr):
    """float32 `scales` (M, K) times `values` (K, N). Beside bfloat16 they are split in two, for the tensor cores take no mixed types."""
    if values.dtype == tl.bfloat16:
        high = scales.to(tl.bfloat16)
        low = (scales - high.to(tl.float32)).to(tl.bfloat16)
        return tl.dot(low, values, tl.dot(high, values))
    else:
        return tl.dot(scales, values.to(tl.float32), input_precision=PRECISION)


def precision(dtype: torch.dtype) -> str:
    """How products of float32 are rounded beside tensors of `dtype`: tf32 holds shorter types exactly, three of them float32, nearly."""
    if torch.version.hip:
        return "ieee"
    return "tf32x3" if dtype == torch.float32 else "tf32"
