"""Sums over the gradients of experts that several questions share, in a fixed order.

The program of a row searches the list of positions for its row, so no atomic addition of floats is
needed and the sums have the same bits on every run. Also called by `expand_backward`.
Axis legend: `n` gradients, `s` rows, `d` width.
"""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

from mome.kernels.gpu.launch import launch

WIDE = 2048
"""Most columns that one program sums; a row up to this width searches the positions once."""
LISTED = 512
"""Positions that a program reads at a time."""


@triton.jit
def _occurrences(positions, counts, n, N: tl.constexpr):
    """Count N of the positions into `counts` (s,) int32."""
    places = tl.program_id(0) * N + tl.arange(0, N)
    rows = tl.load(positions + places, mask=places < n, other=-1)
    # Integers have the same sum in any order, so these atomic additions are deterministic.
    tl.atomic_add(counts + rows, 1, mask=rows >= 0)


def occurrences(positions: Tensor, size: int) -> Tensor:
    """Return how often each row is among the positions.

    positions: (n,) int64; negative ones are not counted.
    size: s, the number of rows.
    Returns (s,) int32.
    """
    counts = torch.zeros(size, dtype=torch.int32, device=positions.device)
    n = positions.numel()
    launch(_occurrences, (triton.cdiv(n, LISTED),), positions.contiguous(), counts, n, N=LISTED)
    return counts


@triton.jit
def _sum_up(
    values,
    positions,
    counts,
    out,
    n,
    d,
    copies,
    SINGLES: tl.constexpr,
    N: tl.constexpr,
    D: tl.constexpr,
):
    """Write D columns of the sum for one row; without SINGLES, skip a row that occurs once."""
    # int64, because the offsets of rows and of values may pass 2^31.
    row = tl.program_id(0).to(tl.int64)
    columns = tl.program_id(1) * D + tl.arange(0, D)
    count = tl.load(counts + row)
    if SINGLES or count != 1:
        total = tl.zeros((D,), tl.float32)
        # Zero as a tensor of int64: a variable must keep its type through a `while` loop.
        first = row * 0
        # The search ends with the last occurrence, not with the list.
        while count > 0:
            places = first + tl.arange(0, N)
            matches = tl.load(positions + places, mask=places < n, other=-1) == row
            matched = tl.sum(matches.to(tl.int32), 0)
            # Lowest place first, and the copies of a place in turn: this fixes the order of the
            # sum. n is above every place and so is never the lowest match.
            for _ in range(matched):
                place = tl.min(tl.where(matches, places, n), 0)
                matches = matches & (places != place)
                for copy in range(copies):
                    total += tl.load(
                        values + (copy * n + place) * d + columns, mask=columns < d, other=0.0
                    ).to(tl.float32)
            count -= matched
            first += N
        tl.store(out + row * d + columns, total.to(out.dtype.element_ty), mask=columns < d)


def sum_up(
    values: Tensor,
    positions: Tensor,
    counts: Tensor,
    out: Tensor,
    *,
    copies: int = 1,
    singles: bool = True,
) -> None:
    """Write the sums of values with equal positions into the rows of `out`.

    Each row reads the positions up to its last occurrence. This is quick for the positions of one
    step, which are some thousands.

    values: (copies * n, d); all copies of a position's values are summed.
    positions: (n,) int64; negative ones are left out.
    counts: (s,), from `occurrences`.
    out: (s, d).
    singles: whether to write rows that occur once; rows that never occur are always set to 0.
    """
    n, d = positions.numel(), values.shape[1]
    wide = min(triton.next_power_of_2(d), WIDE)
    grid = (len(out), triton.cdiv(d, wide))
    tensors = (values, positions.contiguous(), counts, out)
    launch(_sum_up, grid, *tensors, n, d, copies, SINGLES=singles, N=LISTED, D=wide)


def reduce_duplicates(values: Tensor, positions: Tensor, size: int, dtype: torch.dtype) -> Tensor:
    """Sum values over equal positions, as `twins.reduce_duplicates`.

    values: (n, d).
    positions: (n,) int64; negative ones are left out.
    Returns (size, d) in `dtype`; sums are taken in float32.
    """
    out = torch.empty(size, values.shape[1], dtype=dtype, device=values.device)
    sum_up(values.contiguous(), positions, occurrences(positions, size), out)
    return out
