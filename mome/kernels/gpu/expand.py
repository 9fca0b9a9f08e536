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
from mome.kernels.gpu.launch import (
    CHUNKS,
    launch,
    precision,
    product,
    splits,
    stages,
    tile,
    token_tile,
)

WIDE = 128
"""Columns of a tile."""
# The larger the tile of tokens, the fewer copies of the rows' gradients remain to be summed. 128
# fit into registers because the backward runs with 8 warps instead of 4.
MAX_BACKWARD = 128
"""Most tokens of a tile in the backward."""


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
    offsets = h + question * t * k + (tokens[:, None] * k + experts[None, :])
    return places, tl.load(offsets, mask=mask, other=0.0)


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
    in_tokens = block + tokens < t
    target = tl.load(chosen + question) if CHOSEN else question
    # The first K experts, usually all, are loaded once for all tiles.
    places, scales = _scales(h, positions, question, tokens + block, t, 0, k, GATHERED, K)
    for chunk in range(tl.program_id(2) * chunks, (tl.program_id(2) + 1) * chunks):
        columns = chunk * D + tl.arange(0, D)
        # The int64 address of the tile is a scalar; offsets inside of it are int32, which take
        # half the registers.
        outputs = y + (target * t + block) * d + (tokens[:, None] * d + columns[None, :])
        mask = in_tokens[:, None] & (columns < d)[None, :]
        # Loaded before the products, so that the memory's latency passes meanwhile.
        before = tl.load(outputs, mask=mask, other=0.0)
        total = product(scales, _tile(rows, places, columns, d), PRECISION)
        highest = tl.max(places, 0)
        # Further experts are added in ascending order.
        for first in range(K, k, K):
            more_places, more_scales = _scales(
                h, positions, question, tokens + block, t, first, k, GATHERED, K
            )
            total += product(more_scales, _tile(rows, more_places, columns, d), PRECISION)
            highest = tl.maximum(highest, tl.max(more_places, 0))
        # Without any trained row nothing is stored: adding 0 would turn -0.0 into 0.0, and such a
        # question must keep every bit.
        trained = mask & (highest >= 0)
        tl.store(outputs, (before.to(tl.float32) + total).to(y.dtype.element_ty), mask=trained)


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
    tiles = {"T": token_tile(t, y.dtype), "K": tile(k), "D": WIDE, "PRECISION": precision(y.dtype)}
    grid = (c, triton.cdiv(t, tiles["T"]), triton.cdiv(d, WIDE * CHUNKS))
    tensors = (y, h.float().contiguous(), rows.contiguous(), _contiguous(positions), chosen)
    switches = {"GATHERED": positions is not None and rows.dim() == 2, "CHOSEN": chosen is not None}
    # One stage: the tiles of further stages would have to fit into shared memory too.
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
    per_question,
    to_rows,
    t,
    k,
    d,
    chunks,
    GATHERED: tl.constexpr,
    CHOSEN: tl.constexpr,
    TO_H: tl.constexpr,
    TO_ROWS: tl.constexpr,
    DIRECT: tl.constexpr,
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
    in_tokens = tokens < t
    experts = tl.program_id(1) % blocks * K + tl.arange(0, K)
    places = _positions(positions, question, experts, k, GATHERED)
    source = tl.load(chosen + question) if CHOSEN else question
    copy = ((block * tl.num_programs(0) + question) * k + experts)[:, None] * d
    total = tl.zeros((T, K), tl.float32)
    if TO_ROWS:
        # h is read transposed, (K, T), as the left factor of the product with `grad`.
        offsets = h + question * t * k + (tokens[None, :] * k + experts[:, None])
        scales = tl.load(offsets, mask=(experts < k)[:, None] & in_tokens[None, :], other=0.0)
    if DIRECT:
        single = tl.load(counts + places, mask=places >= 0, other=0) == 1
        several = (experts < k) & (single == 0)
        any_several = tl.max(several.to(tl.int32), 0) > 0
    for chunk in range(tl.program_id(2) * chunks, (tl.program_id(2) + 1) * chunks):
        columns = chunk * D + tl.arange(0, D)
        outputs = grad + source * t * d + (tokens[:, None] * d + columns[None, :])
        values = tl.load(outputs, mask=in_tokens[:, None] & (columns < d)[None, :], other=0.0)
        if TO_H:
            vectors = _tile(rows, places, columns, d)
            # `tl.dot` takes factors of one dtype only.
            if values.dtype != vectors.dtype:
                total += tl.dot(
                    values.to(tl.float32),
                    tl.trans(vectors.to(tl.float32)),
                    input_precision=PRECISION,
                )
            else:
                total += tl.dot(values, tl.trans(vectors), input_precision=PRECISION)
        if TO_ROWS:
            grad_rows = product(scales, values, PRECISION)
            if DIRECT:
                tl.store(
                    to_rows + places[:, None] * d + columns[None, :],
                    grad_rows.to(to_rows.dtype.element_ty),
                    mask=single[:, None] & (columns < d)[None, :],
                )
                # A block of experts without shared rows skips the second store.
                if any_several:
                    tl.store(
                        per_question + copy + columns[None, :],
                        grad_rows,
                        mask=several[:, None] & (columns < d)[None, :],
                    )
            else:
                tl.store(
                    per_question + copy + columns[None, :],
                    grad_rows,
                    mask=(experts < k)[:, None] & (columns < d)[None, :],
                )
    if TO_H:
        # Each part of the columns writes its own sum; they are added in a fixed order afterwards.
        part = tl.program_id(2) * tl.num_programs(0) + question
        target = to_h + part * t * k + (tokens[:, None] * k + experts[None, :])
        tl.store(target, total, mask=in_tokens[:, None] & (experts < k)[None, :])


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
        "T": token_tile(t, grad.dtype, MAX_BACKWARD),
        "K": tile(k),
        "D": WIDE,
        "PRECISION": precision(grad.dtype),
    }
    blocks = triton.cdiv(t, tiles["T"])
    chunks = triton.cdiv(d, WIDE)
    programs = blocks * triton.cdiv(k, tiles["K"])
    # With few questions the columns are split, so that the GPU is busy.
    each = triton.cdiv(chunks, splits(c * programs, chunks))
    parts = triton.cdiv(chunks, each)
    grad_h = torch.empty(parts, c, t, k, device=grad.device) if to_h else None
    per_question = torch.empty(blocks, c, k, d, device=grad.device) if to_rows else None
    counts, grad_rows = None, None
    if gather and to_rows:
        counts = occurrences(positions, len(rows))
        grad_rows = torch.empty(rows.shape, dtype=rows.dtype, device=rows.device)
    # With several blocks of tokens, even the gradient of a row with one occurrence is a sum.
    direct = gather and to_rows and blocks == 1
    tensors = (
        grad.contiguous(),
        h.float().contiguous(),
        rows.contiguous(),
        _contiguous(positions),
        counts,
        chosen,
    )
    outputs = (grad_h, per_question, grad_rows)
    switches = {
        "GATHERED": gather,
        "CHOSEN": chosen is not None,
        "TO_H": to_h,
        "TO_ROWS": to_rows,
        "DIRECT": direct,
    }
    # 8 warps hold the tiles of up to 128 tokens in their registers.
    options = {"num_warps": 8, "num_stages": stages(grad)}
    grid = (c, programs, parts)
    sizes = (t, k, d, each)
    launch(_expand_backward, grid, *tensors, *outputs, *sizes, **options, **switches, **tiles)
    if grad_rows is not None:
        flat = per_question.view(-1, d)
        sum_up(flat, positions, counts, grad_rows, copies=blocks, singles=not direct)
    elif per_question is not None:
        grad_rows = per_question.sum(0).to(rows.dtype)
    if grad_h is not None:
        grad_h = (grad_h.sum(0) if parts > 1 else grad_h[0]).to(h.dtype)
    return grad_h, grad_rows


def _contiguous(tensor: Tensor | None) -> Tensor | None:
    """Return a contiguous tensor, or None for None."""
    return None if tensor is None else tensor.contiguous()
