"""What all kernels share: the launch, the choice of tile sizes, and matrix products.

Axis legend: `t` tokens, `k` experts, `d` width.
"""

from __future__ import annotations

from typing import Any

import torch
import triton
import triton.language as tl
from torch import Tensor

INTERPRETED = triton.knobs.runtime.interpret
"""True if Triton runs its kernels in Python on the CPU, as the tests do."""
# `tl.dot` takes no side below 16. Sides above 64 do not fit into the registers of 4 warps.
MIN_SIDE, MAX_SIDE = 16, 64
"""Limits of the sides of a tile."""
# Products of float32 run as three tf32 products ("tf32x3"), which need room for three operands.
MAX_FLOAT_TOKENS = 32
"""Most tokens of a tile in float32."""
CHUNKS = 16
"""Tiles that one program writes in turn; it loads the scales of its experts once for all."""
ROOM = 160 * 2**10
"""Bytes of shared memory from which on three pipeline stages fit; small GPUs have 99 KiB."""
PROGRAMS = 256
"""Programs that keep a large GPU busy; with fewer, a sum is split into parts."""


def launch(kernel: Any, grid: tuple[int, ...], *arguments: Any, **constants: Any) -> None:
    """Run a kernel on the device of its first tensor, unless the grid is empty."""
    if 0 in grid:
        return
    tensor = next(argument for argument in arguments if isinstance(argument, Tensor))
    if tensor.is_cuda:
        # Triton launches on the current device, which may be another GPU than the tensor's.
        with torch.cuda.device(tensor.device):
            kernel[grid](*arguments, **constants)
    else:
        kernel[grid](*arguments, **constants)


def tile(size: int, most: int = MAX_SIDE) -> int:
    """Return the side of a tile: the power of two that covers `size`, within the limits."""
    # `tl.arange`, which spans a tile, takes powers of two only.
    return min(max(triton.next_power_of_2(size), MIN_SIDE), most)


def splits(programs: int, chunks: int) -> int:
    """Return into how many parts to split a sum of `chunks` so that the GPU is busy.

    The parts are added in a fixed order afterwards, so the sum has the same bits on every run.
    """
    return min(chunks, triton.cdiv(PROGRAMS, max(programs, 1)))


def token_tile(t: int, dtype: torch.dtype, most: int = MAX_SIDE) -> int:
    """Return the tokens of a tile for `t` tokens, fewer for float32."""
    return tile(t, MAX_FLOAT_TOKENS if dtype == torch.float32 else most)


def stages(tensor: Tensor) -> int:
    """Return the number of pipeline stages that fit into the shared memory of a tensor's GPU."""
    if not tensor.is_cuda:
        return 2
    properties = torch.cuda.get_device_properties(tensor.device)
    # ROCm builds lack this property.
    shared_memory = getattr(properties, "shared_memory_per_block_optin", 0)
    return 3 if shared_memory >= ROOM else 2


@triton.jit
def product(scales, values, PRECISION: tl.constexpr):
    """Return the matrix product of float32 `scales` (M, K) and `values` (K, N), in float32."""
    if values.dtype == tl.bfloat16:
        # Tensor cores take no mixed types. Rounding the scales to bfloat16 would lose 16 bits of
        # them, so they are split into two bfloat16 terms. The smaller products come last.
        high = scales.to(tl.bfloat16)
        low = (scales - high.to(tl.float32)).to(tl.bfloat16)
        return tl.dot(low, values, tl.dot(high, values))
    else:
        return tl.dot(scales, values.to(tl.float32), input_precision=PRECISION)


def precision(dtype: torch.dtype) -> str:
    """Return the `input_precision` of `tl.dot` for float32 products with tensors of `dtype`.

    tf32 represents float16 and bfloat16 exactly. For float32, the sum of three tf32 products is
    nearly exact. AMD's GPUs do not have tf32x3, so ROCm computes in IEEE float32.
    """
    if torch.version.hip:
        return "ieee"
    return "tf32x3" if dtype == torch.float32 else "tf32"
