"""Shrink and its backward. The experts' input vectors are generated in registers, never read.

A question reads t x d values, and k ids and gates.
Axis legend: `b` questions of a batch, `c` routed questions, `t` tokens, `k` experts, `d` width.
A program computes tiles of T tokens, K experts and D columns.
"""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

from mome.kernels.generator import stream
from mome.kernels.gpu.generator import WIDE, keys_of, signs
from mome.kernels.gpu.launch import CHUNKS, launch, precision, product, splits, tile, token_tile
from mome.kernels.inputs import InputVectors


@triton.jit(do_not_specialize=["stream"])
def _shrink(
    x,
    chosen,
    ids,
    gates,
    out,
    t,
    k,
    d,
    chunks,
    stream,
    size,
    CHOSEN: tl.constexpr,
    T: tl.constexpr,
    K: tl.constexpr,
    D: tl.constexpr,
    PRECISION: tl.constexpr,
):
    """Write h (T, K) of one question, summed over `chunks` chunks of D columns.

    Grid: (c, blocks of tokens x blocks of experts, parts of the sum over columns).
    """
    # int64, because b * t * d may pass 2^31.
    question = tl.program_id(0).to(tl.int64)
    blocks = tl.cdiv(k, K)
    block = tl.program_id(1) // blocks * T
    tokens = tl.arange(0, T)
    in_tokens = block + tokens < t
    experts = tl.program_id(1) % blocks * K + tl.arange(0, K)
    source = tl.load(chosen + question) if CHOSEN else question
    keys = keys_of(tl.load(ids + question * k + experts, mask=experts < k, other=0), stream)
    # The int64 address of the tile is a scalar. Offsets inside of it are int32 (`tokens` and
    # `columns`), which take half the registers.
    inputs = x + (source * t + block) * d
    total = tl.zeros((T, K), tl.float32)
    for chunk in range(tl.program_id(2) * chunks, (tl.program_id(2) + 1) * chunks):
        columns = chunk * D + tl.arange(0, D)
        # The generator makes signs beyond column d too: the zeros here cancel them.
        values = tl.load(
            inputs + (tokens[:, None] * d + columns[None, :]),
            mask=in_tokens[:, None] & (columns < d)[None, :],
            other=0.0,
        )
        vectors = signs(keys, chunk * D, K, D, values.dtype)
        total += tl.dot(values, tl.trans(vectors), input_precision=PRECISION)
    # Signs are exact in every dtype, so 1 / sqrt(d) and the gate are applied to the sum.
    scales = tl.load(gates + question * k + experts, mask=experts < k, other=0.0) * size
    part = tl.program_id(2) * tl.num_programs(0) + question
    offsets = out + (part * t + block) * k + (tokens[:, None] * k + experts[None, :])
    tl.store(offsets, total * scales[None, :], mask=in_tokens[:, None] & (experts < k)[None, :])


def shrink(x: Tensor, inputs: InputVectors, chosen: Tensor | None = None) -> Tensor:
    """Return h_i = g_i (a_i . x) for each token and expert, as `twins.shrink`.

    x: (b, t, d_in).
    inputs: the vectors g_i a_i of (c, k) experts.
    chosen: (c,) int64, the routed questions; None for all.
    Returns (c, t, k) float32.
    """
    c, k = inputs.ids.shape
    _, t, d = x.shape
    rows, experts = token_tile(t, x.dtype), tile(k)
    blocks = triton.cdiv(t, rows) * triton.cdiv(k, experts)
    chunks = triton.cdiv(d, WIDE)
    # With few questions the sum over columns is split, so that the GPU is busy.
    each = triton.cdiv(chunks, splits(c * blocks, chunks))
    parts = triton.cdiv(chunks, each)
    out = torch.empty(parts, c, t, k, device=x.device)
    sizes = (t, k, d, each, stream(inputs.seed, inputs.layer), d**-0.5)
    tensors = (
        x.contiguous(),
        chosen,
        inputs.ids.contiguous(),
        inputs.gates.float().contiguous(),
        out,
    )
    tiles = {"T": rows, "K": experts, "D": WIDE, "PRECISION": precision(x.dtype)}
    launch(_shrink, (c, blocks, parts), *tensors, *sizes, CHOSEN=chosen is not None, **tiles)
    # torch adds the parts in a fixed order; atomic additions would not.
    return out.sum(0) if parts > 1 else out[0]


@triton.jit
def _scales(grad, ids, gates, question, tokens, t, first, k, stream, size, K: tl.constexpr):
    """Return the keys of K experts from `first` on, and the gradients (T, K) of a_i . x."""
    experts = first + tl.arange(0, K)
    keys = keys_of(tl.load(ids + question * k + experts, mask=experts < k, other=0), stream)
    scales = tl.load(gates + question * k + experts, mask=experts < k, other=0.0) * size
    # Zeros beyond the last expert cancel the vectors that the generator makes there.
    mask = (tokens < t)[:, None] & (experts < k)[None, :]
    offsets = grad + question * t * k + (tokens[:, None] * k + experts[None, :])
    return keys, tl.load(offsets, mask=mask, other=0.0) * scales[None, :]


@triton.jit(do_not_specialize=["stream"])
def _shrink_backward(
    grad,
    chosen,
    ids,
    gates,
    out,
    t,
    k,
    d,
    chunks,
    stream,
    size,
    CHOSEN: tl.constexpr,
    T: tl.constexpr,
    K: tl.constexpr,
    D: tl.constexpr,
    SIGNS: tl.constexpr,
    PRECISION: tl.constexpr,
):
    """Write the gradient of x for T tokens of one question, in `chunks` tiles of D columns.

    Grid: (c, blocks of tokens, groups of tiles).
    """
    # int64, because b * t * d may pass 2^31.
    question = tl.program_id(0).to(tl.int64)
    block = tl.program_id(1) * T
    tokens = tl.arange(0, T)
    in_tokens = block + tokens < t
    target = tl.load(chosen + question) if CHOSEN else question
    # The first K experts, usually all, are loaded once for all tiles.
    keys, scales = _scales(grad, ids, gates, question, tokens + block, t, 0, k, stream, size, K)
    for chunk in range(tl.program_id(2) * chunks, (tl.program_id(2) + 1) * chunks):
        columns = chunk * D + tl.arange(0, D)
        total = product(scales, signs(keys, chunk * D, K, D, SIGNS), PRECISION)
        # Further experts are added in ascending order.
        for first in range(K, k, K):
            more_keys, more_scales = _scales(
                grad, ids, gates, question, tokens + block, t, first, k, stream, size, K
            )
            total += product(more_scales, signs(more_keys, chunk * D, K, D, SIGNS), PRECISION)
        # Offsets inside of a tile are int32, which take half the registers.
        offsets = out + (target * t + block) * d + (tokens[:, None] * d + columns[None, :])
        mask = in_tokens[:, None] & (columns < d)[None, :]
        tl.store(offsets, total.to(out.dtype.element_ty), mask=mask)


def shrink_backward(
    grad: Tensor,
    inputs: InputVectors,
    questions: int,
    dtype: torch.dtype,
    chosen: Tensor | None = None,
) -> Tensor:
    """Return the gradient of x from that of `shrink`'s output, as `twins.shrink_backward`.

    grad: (c, t, k).
    questions: b, the questions of the batch. Those that are not routed get zeros.
    Returns (b, t, d_in) in `dtype`.
    """
    (c, t, k), d = grad.shape, inputs.width
    # The kernel writes every routed question in full; only others need to be set to zero.
    make = torch.empty if chosen is None else torch.zeros
    out = make(questions, t, d, dtype=dtype, device=grad.device)
    tensors = (
        grad.float().contiguous(),
        chosen,
        inputs.ids.contiguous(),
        inputs.gates.float().contiguous(),
        out,
    )
    sizes = (t, k, d, CHUNKS, stream(inputs.seed, inputs.layer), d**-0.5)
    tiles = {"T": token_tile(t, dtype), "K": tile(k), "D": WIDE, "PRECISION": precision(dtype)}
    grid = (c, triton.cdiv(t, tiles["T"]), triton.cdiv(d, WIDE * CHUNKS))
    # Signs are exact in bfloat16, for which `product` uses two products on the tensor cores.
    signs_dtype = tl.bfloat16 if dtype == torch.bfloat16 else tl.float32
    switches = {"CHOSEN": chosen is not None, "SIGNS": signs_dtype}
    # One stage: the loop loads no input for the next tile that could be read ahead.
    launch(_shrink_backward, grid, *tensors, *sizes, num_stages=1, **switches, **tiles)
    return out
