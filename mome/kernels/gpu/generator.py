"""The counter-based generator of input vectors inside a kernel: SplitMix64 on uint64, as in `twins.input_vectors`, bit for bit."""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

from mome.kernels import twins
from mome.kernels.gpu.launch import launch

WIDE = 128
"""Positions of a vector that a program makes at a time; a multiple of the 64 that one word of the generator gives."""


@triton.jit
def _mixed(words):
    words = (words ^ (words >> 30)) * 0xBF58476D1CE4E5B9
    words = (words ^ (words >> 27)) * 0x94D049BB133111EB
    return words ^ (words >> 31)


@triton.jit
def keys_of(ids, stream):
    """Where the generator starts for experts `ids` (K,) of the layer of `stream`."""
    return _mixed(ids.to(tl.uint64) * 0x9E3779B97F4A7C15 + stream.to(tl.uint64))


@triton.jit
def signs(keys, first, K: tl.constexpr, D: tl.constexpr, DTYPE: tl.constexpr):
    """+1 and -1 (K, D): the positions from `first` on, a multiple of 64, of the experts of `keys` (K,)."""
    counters = (first // 64 + 1 + tl.arange(0, D // 64)).to(tl.uint64) * 0x9E3779B97F4A7C15
    words = _mixed(keys[:, None] + counters[None, :])
    halves = tl.join(words.to(tl.uint32), (words >> 32).to(tl.uint32))
    bits = (halves[:, :, :, None] >> tl.arange(0, 32)[None, None, None, :]) & 1
    return tl.reshape(tl.where(bits != 0, 1.0, -1.0), (K, D)).to(DTYPE)


@triton.jit(do_not_specialize=["stream"])
def _input_vectors(ids, out, n, d, stream, size, N: tl.constexpr, D: tl.constexpr):
    rows = tl.program_id(0).to(tl.int64) * N + tl.arange(0, N)
    first = tl.program_id(1) * D
    columns = first + tl.arange(0, D)
    keys = keys_of(tl.load(ids + rows, mask=rows < n, other=0), stream)
    values = signs(keys, first, N, D, tl.float32) * size
    tl.store(
        out + rows[:, None] * d + columns[None, :],
        values,
        mask=(rows < n)[:, None] & (columns < d)[None, :],
    )


def input_vectors(ids: Tensor, width: int, *, seed: int, layer: int) -> Tensor:
    """See `twins`."""
    out = torch.empty(*ids.shape, width, device=ids.device)
    n = ids.numel()
    grid = (triton.cdiv(n, 16), triton.cdiv(width, WIDE))
    launch(
        _input_vectors,
        grid,
        ids.contiguous(),
        out,
        n,
        width,
        twins.stream(seed, layer),
        width**-0.5,
        N=16,
        D=WIDE,
    )
    return out
