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

WIDE, LISTED = 2048, 512
"""Columns of a program, and positions that it looks at at a time."""


@triton.jit
def _occurrences(positions, counts, n, N: tl.constexpr):
    """Count N of the positions into `counts` (s,) int32."""
    places = tl.program_id(0) * N + tl.arange(0, N)
    rows = tl.load(positions + places, mask=places < n, other=-1)
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
    ALONE: tl.constexpr,
    N: tl.constexpr,
    D: tl.constexpr,
):
    """Write D columns of the sum for one row; without SINGLES, skip a row that occurs once."""
    row = tl.program_id(0).to(tl.int64)
    columns = tl.program_id(1) * D + tl.arange(0, D)
    count = tl.load(counts + row)
    if ALONE or count != 1:
        total = tl.zeros((D,), tl.float32)
        first = row * 0
        while count > 0:
            places = first + tl.arange(0, N)
            here = tl.load(positions + places, mask=places < n, other=-1) == row
            found = tl.sum(here.to(tl.int32), 0)
            for _ in range(found):
                place = tl.min(tl.where(here, places, n), 0)
                here = here & (places != place)
                for copy in range(copies):
                    total += tl.load(
                        values + (copy * n + place) * d + columns, mask=columns < d, other=0.0
                    ).to(tl.float32)
            count -= found
            first += N
        tl.store(out + row * d + columns, total.to(out.dtype.element_ty), mask=columns < d)


def sum_up(
    values: Tensor,
    positions: Tensor,
    counts: Tensor,
    out: Tensor,
    *,
    copies: int = 1,
    alone: bool = True,
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
    launch(
        _sum_up,
        grid,
        values,
        positions.contiguous(),
        counts,
        out,
        n,
        d,
        copies,
        ALONE=alone,
        N=LISTED,
        D=wide,
    )


def reduce_duplicates(values: Tensor, positions: Tensor, size: int, dtype: torch.dtype) -> Tensor:
    """Sum values over equal positions, as `twins.reduce_duplicates`.

    values: (n, d).
    positions: (n,) int64; negative ones are left out.
    Returns (size, d) in `dtype`; sums are taken in float32.
    """
    out = torch.empty(size, values.shape[1], dtype=dtype, device=values.device)
    sum_up(values.contiguous(), positions, occurrences(positions, size), out)
    return out
