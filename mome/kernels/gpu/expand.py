"""Expand in place and its backward. The kernels gather rows by position and never copy them.

A question reads and writes t x d values and reads k x d values of rows.
Axis legend: `b` questions of a batch, `c` routed questions, `t` tokens, `k` experts, `s` rows, `d`
width. A program computes tiles of T tokens, K experts and D columns.
Addresses are int64: 2^20 rows of 2048 values reach 2^31 elements.
"""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

from mome.kernels.gpu.duplicates import occurrences, sum_up
from mome.kernels.gpu.launch import CHUNKS, launch, precision, product, splits, stages, tile, tokens

WIDE = 128
"""Columns of a tile."""
MOST_BACKWARD = 128
"""Tokens of a tile of the backward at most."""


@triton.jit
def _positions(positions, question, experts, k, GATHERED: tl.constexpr):
    """Return the positions of a question's experts among the rows; negative for no row."""
    own = question * k + experts
    if GATHERED:
        return tl.load(positions + own, mask=experts < k, other=-1)
    else:
        return tl.where(experts < k, own, -1)


@triton.jit
def _tile(rows, places, columns, d):
    """Return the values (K, D) of the rows at `places` (K,) int64; zeros for negative ones."""
    mask = (places >= 0)[:, None] & (columns < d)[None, :]
    return tl.load(rows + places[:, None] * d + columns[None, :], mask=mask, other=0.0)


@triton.jit
def _scales(h, positions, question, tokens, t, first, k, GATHERED: tl.constexpr, K: tl.constexpr):
    """Return the positions of K experts from `first` on, and their h (T, K); zero for no row."""
    experts = first + tl.arange(0, K)
    places = _positions(positions, question, experts, k, GATHERED)
    mask = (tokens < t)[:, None] & (places >= 0)[None, :]
    return places, tl.load(
        h + question * t * k + (tokens[:, None] * k + experts[None, :]), mask=mask, other=0.0
    )


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
    chunks,
    GATHERED: tl.constexpr,
    CHOSEN: tl.constexpr,
    T: tl.constexpr,
    K: tl.constexpr,
    D: tl.constexpr,
    PRECISION: tl.constexpr,
):
    """Add to `y` for T tokens of one question, in `chunks` tiles of D columns.

    Grid: (c, blocks of tokens, groups of tiles).
    """
    question = tl.program_id(0).to(tl.int64)
    block = tl.program_id(1) * T
    tokens = tl.arange(0, T)
    there = block + tokens < t
    target = tl.load(chosen + question) if CHOSEN else question
    places, scales = _scales(h, positions, question, tokens + block, t, 0, k, GATHERED, K)
    for chunk in range(tl.program_id(2) * chunks, (tl.program_id(2) + 1) * chunks):
        columns = chunk * D + tl.arange(0, D)
        outputs = y + (target * t + block) * d + (tokens[:, None] * d + columns[None, :])
        mask = there[:, None] & (columns < d)[None, :]
        before = tl.load(outputs, mask=mask, other=0.0)
        total = product(scales, _tile(rows, places, columns, d), PRECISION)
        last = tl.max(places, 0)
        for first in range(K, k, K):
            others, factors = _scales(
                h, positions, question, tokens + block, t, first, k, GATHERED, K
            )
            total += product(factors, _tile(rows, others, columns, d), PRECISION)
            last = tl.maximum(last, tl.max(others, 0))
        tl.store(
            outputs, (before.to(tl.float32) + total).to(y.dtype.element_ty), mask=mask & (last >= 0)
        )


def gathered(rows: Tensor, positions: Tensor | None) -> Tensor:
    """Return `rows` unchanged: unlike the twin, the kernels gather rows as they read them."""
    return rows


def expand(
    y: Tensor,
    h: Tensor,
    rows: Tensor,
    positions: Tensor | None = None,
    chosen: Tensor | None = None,
) -> Tensor:
    """Add sum_i h_i b_i to `y` in place, as `twins.expand`.

    y: (b, t, d_out), contiguous.
    h: (c, t, k).
    rows: (c, k, d_out), or (s, d_out) together with `positions`.
    positions: (c, k) int64, the experts' rows in (s, d_out); negative for an untrained expert.
    chosen: (c,) int64, the routed questions; None for all.
    Returns `y`.
    """
    (c, t, k), d = h.shape, y.shape[-1]
    assert y.is_contiguous()
    tiles = {"T": tokens(t, y.dtype), "K": tile(k), "D": WIDE, "PRECISION": precision(y.dtype)}
    grid = (c, triton.cdiv(t, tiles["T"]), triton.cdiv(d, WIDE * CHUNKS))
    tensors = (y, h.float().contiguous(), rows.contiguous(), _contiguous(positions), chosen)
    switches = {"GATHERED": positions is not None and rows.dim() == 2, "CHOSEN": chosen is not None}
    launch(_expand, grid, *tensors, t, k, d, CHUNKS, num_stages=1, **switches, **tiles)
    return y


@triton.jit
def _expand_backward(
    grad,
    h,
    rows,
    positions,
    counts,
    chosen,
    to_h,
    own,
    to_rows,
    t,
    k,
    d,
    chunks,
    GATHERED: tl.constexpr,
    CHOSEN: tl.constexpr,
    TO_H: tl.constexpr,
    TO_ROWS: tl.constexpr,
    ALONE: tl.constexpr,
    T: tl.constexpr,
    K: tl.constexpr,
    D: tl.constexpr,
    PRECISION: tl.constexpr,
):
    """Write both gradients from one reading of `grad`.

    The gradients of rows go to `per_question` (blocks, c, k, d), to be summed afterwards. With
    DIRECT, the gradient of a row that one question alone uses is final and goes to `to_rows`.
    Grid: (c, blocks of tokens x blocks of experts, parts of the columns).
    """
    question = tl.program_id(0).to(tl.int64)
    blocks = tl.cdiv(k, K)
    block = tl.program_id(1) // blocks
    tokens = block * T + tl.arange(0, T)
    there = tokens < t
    experts = tl.program_id(1) % blocks * K + tl.arange(0, K)
    places = _positions(positions, question, experts, k, GATHERED)
    source = tl.load(chosen + question) if CHOSEN else question
    copy = ((block * tl.num_programs(0) + question) * k + experts)[:, None] * d
    total = tl.zeros((T, K), tl.float32)
    if TO_ROWS:
        parts = h + question * t * k + (tokens[None, :] * k + experts[:, None])
        scales = tl.load(parts, mask=(experts < k)[:, None] & there[None, :], other=0.0)
    if ALONE:
        alone = tl.load(counts + places, mask=places >= 0, other=0) == 1
        several = (experts < k) & (alone == 0)
        any_several = tl.max(several.to(tl.int32), 0) > 0
    for chunk in range(tl.program_id(2) * chunks, (tl.program_id(2) + 1) * chunks):
        columns = chunk * D + tl.arange(0, D)
        outputs = grad + source * t * d + (tokens[:, None] * d + columns[None, :])
        values = tl.load(outputs, mask=there[:, None] & (columns < d)[None, :], other=0.0)
        if TO_H:
            vectors = _tile(rows, places, columns, d)
            if values.dtype != vectors.dtype:
                total += tl.dot(
                    values.to(tl.float32),
                    tl.trans(vectors.to(tl.float32)),
                    input_precision=PRECISION,
                )
            else:
                total += tl.dot(values, tl.trans(vectors), input_precision=PRECISION)
        if TO_ROWS:
            found = product(scales, values, PRECISION)
            if ALONE:
                mask = alone[:, None] & (columns < d)[None, :]
                tl.store(
                    to_rows + places[:, None] * d + columns[None, :],
                    found.to(to_rows.dtype.element_ty),
                    mask=mask,
                )
                if any_several:
                    tl.store(
                        own + copy + columns[None, :],
                        found,
                        mask=several[:, None] & (columns < d)[None, :],
                    )
            else:
                tl.store(
                    own + copy + columns[None, :],
                    found,
                    mask=(experts < k)[:, None] & (columns < d)[None, :],
                )
    if TO_H:
        part = tl.program_id(2) * tl.num_programs(0) + question
        target = to_h + part * t * k + (tokens[:, None] * k + experts[None, :])
        tl.store(target, total, mask=there[:, None] & (experts < k)[None, :])


def expand_backward(
    grad: Tensor,
    h: Tensor,
    rows: Tensor,
    values: Tensor | None,
    positions: Tensor | None = None,
    chosen: Tensor | None = None,
    *,
    to_h: bool = True,
    to_rows: bool = True,
) -> tuple[Tensor | None, Tensor | None]:
    """Return the gradients of `h` and of the rows, as `twins.expand_backward`.

    grad: (b, t, d_out).
    h, rows, positions, chosen: as in `expand`.
    values: not used, because the kernel gathers rows as it reads them.
    to_h, to_rows: whether to compute each gradient; None is returned for the other.
    Returns the gradients in the shape and dtype of `h` and of `rows`.
    """
    (c, t, k), d = h.shape, grad.shape[-1]
    gather = positions is not None and rows.dim() == 2
    tiles = {
        "T": tokens(t, grad.dtype, MOST_BACKWARD),
        "K": tile(k),
        "D": WIDE,
        "PRECISION": precision(grad.dtype),
    }
    blocks, chunks = triton.cdiv(t, tiles["T"]), triton.cdiv(d, WIDE)
    programs = blocks * triton.cdiv(k, tiles["K"])
    each = triton.cdiv(chunks, splits(c * programs, chunks))
    parts = triton.cdiv(chunks, each)
    found_h = torch.empty(parts, c, t, k, device=grad.device) if to_h else None
    own = torch.empty(blocks, c, k, d, device=grad.device) if to_rows else None
    counts = occurrences(positions, len(rows)) if gather and to_rows else None
    found_rows = (
        torch.empty(rows.shape, dtype=rows.dtype, device=rows.device)
        if gather and to_rows
        else None
    )
    alone = gather and to_rows and blocks == 1
    tensors = (
        grad.contiguous(),
        h.float().contiguous(),
        rows.contiguous(),
        _contiguous(positions),
        counts,
        chosen,
    )
    switches = {
        "GATHERED": gather,
        "CHOSEN": chosen is not None,
        "TO_H": to_h,
        "TO_ROWS": to_rows,
        "ALONE": alone,
    }
    outputs = (found_h, own, found_rows)
    grid = (c, programs, parts)
    launch(
        _expand_backward,
        grid,
        *tensors,
        *outputs,
        t,
        k,
        d,
        each,
        num_warps=8,
        num_stages=stages(grad),
        **switches,
        **tiles,
    )
    if found_rows is not None:
        sum_up(own.view(-1, d), positions, counts, found_rows, copies=blocks, alone=not alone)
    elif own is not None:
        found_rows = own.sum(0).to(rows.dtype)
    if found_h is not None:
        found_h = (found_h.sum(0) if parts > 1 else found_h[0]).to(h.dtype)
    return found_h, found_rows


def _contiguous(tensor: Tensor | None) -> Tensor | None:
    """Return a contiguous tensor, or None for None."""
    return None if tensor is None else tensor.contiguous()
