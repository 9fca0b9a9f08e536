"""The counter-based generator of input vectors inside a kernel: SplitMix64 on uint64.

Its vectors have the same bits as those of `mome.kernels.generator`, whose constants it takes. The
kernels of `shrink` call `keys_of` and `signs` instead of reading vectors.
Axis legend: `n` experts, `d` width.
"""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

from mome.kernels.generator import LAST_SHIFT, MIX, STEP, stream
from mome.kernels.gpu.launch import launch

WIDE = 128
"""Positions of a vector that a program makes at a time; a multiple of the 64 bits of a word."""
EXPERTS = 16
"""Experts whose vectors a program of `input_vectors` makes."""

# A kernel can read a global value only if it is a `tl.constexpr`.
_STEP = tl.constexpr(STEP)
_FIRST_SHIFT = tl.constexpr(MIX[0][0])
_FIRST_FACTOR = tl.constexpr(MIX[0][1])
_SECOND_SHIFT = tl.constexpr(MIX[1][0])
_SECOND_FACTOR = tl.constexpr(MIX[1][1])
_LAST_SHIFT = tl.constexpr(LAST_SHIFT)


@triton.jit
def _mixed(words):
    """Apply SplitMix64's finaliser (Steele et al., OOPSLA 2014) to uint64 words."""
    words = (words ^ (words >> _FIRST_SHIFT)) * _FIRST_FACTOR
    words = (words ^ (words >> _SECOND_SHIFT)) * _SECOND_FACTOR
    return words ^ (words >> _LAST_SHIFT)


@triton.jit
def keys_of(ids, stream):
    """Return the generator's keys (K,) uint64 of experts `ids` (K,) in the layer of `stream`."""
    # uint64, because a shift to the right must not copy the sign bit.
    return _mixed(ids.to(tl.uint64) * _STEP + stream.to(tl.uint64))


@triton.jit
def signs(keys, first, K: tl.constexpr, D: tl.constexpr, DTYPE: tl.constexpr):
    """Return the signs (K, D), +1 or -1, at positions `first` to first + D of experts' vectors.

    keys: (K,), from `keys_of`.
    first, D: multiples of 64, since a word of the generator gives 64 signs.
    """
    counters = (first // 64 + 1 + tl.arange(0, D // 64)).to(tl.uint64) * _STEP
    words = _mixed(keys[:, None] + counters[None, :])
    # Bits are taken from halves of 32 bits, low half first, so that the large tensor of single bits
    # has 32 bits an element instead of 64.
    halves = tl.join(words.to(tl.uint32), (words >> 32).to(tl.uint32))
    bits = (halves[:, :, :, None] >> tl.arange(0, 32)[None, None, None, :]) & 1
    return tl.reshape(tl.where(bits != 0, 1.0, -1.0), (K, D)).to(DTYPE)


# Every layer has its own stream: without this option, Triton would compile the kernel once more for
# a stream that 16 divides.
@triton.jit(do_not_specialize=["stream"])
def _input_vectors(ids, out, n, d, stream, size, N: tl.constexpr, D: tl.constexpr):
    """Write D positions of the vectors of N experts; `size` is 1 / sqrt(d)."""
    # int64, because n * d may pass 2^31.
    rows = tl.program_id(0).to(tl.int64) * N + tl.arange(0, N)
    first = tl.program_id(1) * D
    columns = first + tl.arange(0, D)
    keys = keys_of(tl.load(ids + rows, mask=rows < n, other=0), stream)
    values = signs(keys, first, N, D, tl.float32) * size
    mask = (rows < n)[:, None] & (columns < d)[None, :]
    tl.store(out + rows[:, None] * d + columns[None, :], values, mask=mask)


def input_vectors(ids: Tensor, width: int, *, seed: int, layer: int) -> Tensor:
    """Return the input vectors of experts in one layer, with the bits of `twins.input_vectors`.

    ids: (...) int64.
    Returns (..., width) float32.
    """
    out = torch.empty(*ids.shape, width, device=ids.device)
    n = ids.numel()
    grid = (triton.cdiv(n, EXPERTS), triton.cdiv(width, WIDE))
    sizes = (n, width, stream(seed, layer), width**-0.5)
    launch(_input_vectors, grid, ids.contiguous(), out, *sizes, N=EXPERTS, D=WIDE)
    return out
