"""Expand-add in place and its backward: rows are gathered by position inside the kernels, never copied.

Axis legend: `c` routed questions, `t` tokens, `k` experts, `d` width. Reads and writes t x d values a question and reads k x d of rows;
2^20 rows of 2048 values pass 2^31 elements, so every address is int64.
"""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

from mome.kernels.gpu.launch import launch, precision, splits, tile, tokens, warps

WIDE = 128
"""Columns of a program's tile."""


@triton.jit
def _positions(positions, question, experts, k, GATHERED: tl.constexpr):
    """Where in the rows the experts of a question lie; negative for none."""
    own = question * k + experts
    if GATHERED:
        return tl.load(positions + own, mask=experts < k, other=-1)
    else:
        return tl.where(experts < k, own, -1)


@triton.jit
def _tile(rows, places, columns, d):
    """(K, D) values of rows at `places` (K,); zero where there is none."""
    mask = (places >= 0)[:, None] & (columns < d)[None, :]
    return tl.load(rows + places[:, None] * d + columns[None, :], mask=mask, other=0.0)


@triton.jit
def _expand(
    y,
    h,
    rows,
    positions,
    chosen,
    t,
    k,
    d,
    GATHERED: tl.constexpr,
    CHOSEN: tl.constexpr,
    T: tl.constexpr,
    K: tl.constexpr,
    D: tl.constexpr,
    PRECISION: tl.constexpr,
):
    question = tl.program_id(0).to(tl.int64)
    block = tl.program_id(1) * T
    tokens = tl.arange(0, T)
    there = block + tokens < t
    columns = tl.program_id(2) * D + tl.arange(0, D)
    total = tl.zeros((T, D), tl.float32)
    last = question * 0 - 1
    for first in range(0, k, K):
        experts = first + tl.arange(0, K)
        places = _positions(positions, question, experts, k, GATHERED)
        last = tl.maximum(last, tl.max(places, 0))
        parts = h + (question * t + block) * k + (tokens[:, None] * k + experts[None, :])
        scales = tl.load(parts, mask=there[:, None] & (places >= 0)[None, :], other=0.0)
        total += tl.dot(scales, _tile(rows, places, columns, d).to(tl.float32), input_precision=PRECISION)
    target = tl.load(chosen + question) if CHOSEN else question
    outputs = y + (target * t + block) * d + (tokens[:, None] * d + columns[None, :])
    mask = there[:, None] & (columns < d)[None, :] & (last >= 0)
    tl.store(outputs, (tl.load(outputs, mask=mask, other=0.0).to(tl.float32) + total).to(y.dtype.element_ty), mask=mask)


def gathered(rows: Tensor, positions: Tensor | None) -> Tensor:
    """See `twins`: kernels gather as they read."""
    return rows


def expand(y: Tensor, h: Tensor, rows: Tensor, positions: Tensor | None = None, chosen: Tensor | None = None) -> Tensor:
    """See `twins`."""
    (c, t, k), d = h.shape, y.shape[-1]
    assert y.is_contiguous()
    tiles = {"T": tokens(t, y.dtype), "K": tile(k), "D": WIDE, "PRECISION": precision(y.dtype)}
    grid = (c, triton.cdiv(t, tiles["T"]), triton.cdiv(d, WIDE))
    tensors = (y, h.float().contiguous(), rows.contiguous(), _contiguous(positions), chosen)
    launch(
        _expand,
        grid,
        *tensors,
        t,
        k,
        d,
        GATHERED=positions is not None and rows.dim() == 2,
        CHOSEN=chosen is not None,
        num_warps=warps(tiles["T"]),
        **tiles,
    )
    return y


@triton.jit
def _expand_h_backward(
    grad,
    rows,
    positions,
    chosen,
    out,
    t,
    k,
    d,
    chunks,
    GATHERED: tl.constexpr,
    CHOSEN: tl.constexpr,
    T: tl.constexpr,
    K: tl.constexpr,
    D: tl.constexpr,
    PRECISION: tl.constexpr,
):
    question = tl.program_id(0).to(tl.int64)
    blocks = tl.cdiv(k, K)
    block = tl.program_id(1) // blocks * T
    tokens = tl.arange(0, T)
    there = block + tokens < t
    experts = tl.program_id(1) % blocks * K + tl.arange(0, K)
    places = _positions(positions, question, experts, k, GATHERED)
    source = tl.load(chosen + question) if CHOSEN else question
    total = tl.zeros((T, K), tl.float32)
    for chunk in range(tl.program_id(2) * chunks, (tl.program_id(2) + 1) * chunks):
        columns = chunk * D + tl.arange(0, D)
        outputs = grad + (source * t + block) * d + (tokens[:, None] * d + columns[None, :])
        values = tl.load(outputs, mask=there[:, None] & (columns < d)[None, :], other=0.0)
        vectors = _tile(rows, places, columns, d)
        if values.dtype != vectors.dtype:
            values, vectors = values.to(tl.float32), vectors.to(tl.float32)
        total += tl.dot(values, tl.trans(vectors), input_precision=PRECISION)
    part = tl.program_id(2) * tl.num_programs(0) + question
    parts = out + (part * t + block) * k + (tokens[:, None] * k + experts[None, :])
    tl.store(parts, total, mask=there[:, None] & (experts < k)[None, :])


def expand_h_backward(grad: Tensor, h: Tensor, rows: Tensor, positions: Tensor | None = None, chosen: Tensor | None = None) -> Tensor:
    """See `twins`; the result is in float32."""
    (c, t, k), d = h.shape, grad.shape[-1]
    tiles = {"T": tokens(t, grad.dtype), "K": tile(k), "D": WIDE, "PRECISION": precision(grad.dtype)}
    blocks, chunks = triton.cdiv(t, tiles["T"]) * triton.cdiv(k, tiles["K"]), triton.cdiv(d, WIDE)
    each = triton.cdiv(chunks, splits(c * blocks, chunks))
    parts = triton.cdiv(chunks, each)
    out = torch.empty(parts, c, t, k, device=grad.device)
    tensors = (grad.contiguous(), rows.contiguous(), _contiguous(positions), chosen, out)
    switches = {"GATHERED": positions is not None and rows.dim() == 2, "CHOSEN": chosen is not None}
    launch(_expand_h_backward, (c, blocks, parts), *tensors, t, k, d, each, num_warps=warps(tiles["T"]), **switches, **tiles)
    return out.sum(0) if parts > 1 else out[0]


@triton.jit
def _expand_rows_backward(
    grad, h, chosen, out, t, k, d, CHOSEN: tl.constexpr, T: tl.constexpr, K: tl.constexpr, D: tl.constexpr, PRECISION: tl.constexpr
):
    question = tl.program_id(0).to(tl.int64)
    experts = tl.program_id(1) * K + tl.arange(0, K)
    columns = tl.program_id(2) * D + tl.arange(0, D)
    source = tl.load(chosen + question) if CHOSEN else question
    total = tl.zeros((K, D), tl.float32)
    for first in range(0, t, T):
        tokens = tl.arange(0, T)
        there = first + tokens < t
        outputs = grad + (source * t + first) * d + (tokens[:, None] * d + columns[None, :])
        values = tl.load(outputs, mask=there[:, None] & (columns < d)[None, :], other=0.0).to(tl.float32)
        parts = h + (question * t + first) * k + (tokens[None, :] * k + experts[:, None])
        scales = tl.load(parts, mask=(experts < k)[:, None] & there[None, :], other=0.0)
        total += tl.dot(scales, values, input_precision=PRECISION)
    places = out + (question * k + experts)[:, None] * d + columns[None, :]
    tl.store(places, total, mask=(experts < k)[:, None] & (columns < d)[None, :])


def expand_rows_backward(grad: Tensor, h: Tensor, chosen: Tensor | None = None) -> Tensor:
    """See `twins`; the result is in float32."""
    (c, t, k), d = h.shape, grad.shape[-1]
    out = torch.empty(c, k, d, device=grad.device)
    tiles = {"T": tokens(t, grad.dtype), "K": tile(k), "D": WIDE, "PRECISION": precision(grad.dtype)}
    grid = (c, triton.cdiv(k, tiles["K"]), triton.cdiv(d, WIDE))
    launch(
        _expand_rows_backward,
        grid,
        grad.contiguous(),
        h.float().contiguous(),
        chosen,
        out,
        t,
        k,
        d,
        CHOSEN=chosen is not None,
        num_warps=warps(tiles["T"]),
        **tiles,
    )
    return out


def _contiguous(tensor: Tensor | None) -> Tensor | None:
    return None if tensor is None else tensor.contiguous()
