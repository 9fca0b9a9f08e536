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
from mome.kernels.gpu.launch import CHUNKS, launch, precision, product, splits, tile, tokens
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
    question = tl.program_id(0).to(tl.int64)
    blocks = tl.cdiv(k, K)
    block = tl.program_id(1) // blocks * T
    tokens = tl.arange(0, T)
    there = block + tokens < t
    experts = tl.program_id(1) % blocks * K + tl.arange(0, K)
    source = tl.load(chosen + question) if CHOSEN else question
    keys = keys_of(tl.load(ids + question * k + experts, mask=experts < k, other=0), stream)
    inputs = x + (source * t + block) * d
    total = tl.zeros((T, K), tl.float32)
    for chunk in range(tl.program_id(2) * chunks, (tl.program_id(2) + 1) * chunks):
        columns = chunk * D + tl.arange(0, D)
        values = tl.load(
            inputs + (tokens[:, None] * d + columns[None, :]),
            mask=there[:, None] & (columns < d)[None, :],
            other=0.0,
        )
        vectors = signs(keys, chunk * D, K, D, values.dtype)
        total += tl.dot(values, tl.trans(vectors), input_precision=PRECISION)
    scales = tl.load(gates + question * k + experts, mask=experts < k, other=0.0) * size
    part = tl.program_id(2) * tl.num_programs(0) + question
    places = out + (part * t + block) * k + (tokens[:, None] * k + experts[None, :])
    tl.store(places, total * scales[None, :], mask=there[:, None] & (experts < k)[None, :])


def shrink(x: Tensor, inputs: InputVectors, chosen: Tensor | None = None) -> Tensor:
    """Return h_i = g_i (a_i . x) for each token and expert, as `twins.shrink`.

    x: (b, t, d_in).
    inputs: the vectors g_i a_i of (c, k) experts.
    chosen: (c,) int64, the routed questions; None for all.
    Returns (c, t, k) float32.
    """
    (c, k), (_, t, d) = inputs.ids.shape, x.shape
    rows, experts = tokens(t, x.dtype), tile(k)
    blocks, chunks = triton.cdiv(t, rows) * triton.cdiv(k, experts), triton.cdiv(d, WIDE)
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
    launch(
        _shrink,
        (c, blocks, parts),
        *tensors,
        *sizes,
        CHOSEN=chosen is not None,
        T=rows,
        K=experts,
        D=WIDE,
        PRECISION=precision(x.dtype),
    )
    return out.sum(0) if parts > 1 else out[0]


@triton.jit
def _scales(grad, ids, gates, question, tokens, t, first, k, stream, size, K: tl.constexpr):
    """Return the keys of K experts from `first` on, and the gradients (T, K) of a_i . x."""
    experts = first + tl.arange(0, K)
    keys = keys_of(tl.load(ids + question * k + experts, mask=experts < k, other=0), stream)
    scales = tl.load(gates + question * k + experts, mask=experts < k, other=0.0) * size
    mask = (tokens < t)[:, None] & (experts < k)[None, :]
    return keys, tl.load(
        grad + question * t * k + (tokens[:, None] * k + experts[None, :]), mask=mask, other=0.0
    ) * scales[None, :]


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
    question = tl.program_id(0).to(tl.int64)
    block = tl.program_id(1) * T
    tokens = tl.arange(0, T)
    there = block + tokens < t
    target = tl.load(chosen + question) if CHOSEN else question
    keys, scales = _scales(grad, ids, gates, question, tokens + block, t, 0, k, stream, size, K)
    for chunk in range(tl.program_id(2) * chunks, (tl.program_id(2) + 1) * chunks):
        columns = chunk * D + tl.arange(0, D)
        total = product(scales, signs(keys, chunk * D, K, D, SIGNS), PRECISION)
        for first in range(K, k, K):
            others, factors = _scales(
                grad, ids, gates, question, tokens + block, t, first, k, stream, size, K
            )
            total += product(factors, signs(others, chunk * D, K, D, SIGNS), PRECISION)
        places = out + (target * t + block) * d + (tokens[:, None] * d + columns[None, :])
        tl.store(
            places, total.to(out.dtype.element_ty), mask=there[:, None] & (columns < d)[None, :]
        )


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
    tiles = {"T": tokens(t, dtype), "K": tile(k), "D": WIDE, "PRECISION": precision(dtype)}
    grid = (c, triton.cdiv(t, tiles["T"]), triton.cdiv(d, WIDE * CHUNKS))
    kind = tl.bfloat16 if dtype == torch.bfloat16 else tl.float32
    launch(
        _shrink_backward,
        grid,
        *tensors,
        *sizes,
        CHOSEN=chosen is not None,
        SIGNS=kind,
        num_stages=1,
        **tiles,
    )
    return out
