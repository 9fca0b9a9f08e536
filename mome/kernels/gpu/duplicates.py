"""Sums the gradients of experts that several questions share: a program looks its row up in the list of positions, so the order is fixed.

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
    places = tl.program_id(0) * N + tl.arange(0, N)
    rows = tl.load(positions + places, mask=places < n, other=-1)
    tl.atomic_add(counts + rows, 1, mask=rows >= 0)


def occurrences(positions: Tensor, size: int) -> Tensor:
    """How often each of `size` rows is among the positions (n,), as int32; whole numbers sum to the same in any order."""
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
    """Sum `values` (copies x n, d), all copies of a position's, into the rows of `out` (s, d); not `alone`: but for those of one position.

    `counts` (s,) are the `occurrences`. Each row looks through the positions until it has all: n is one step's, some thousands.
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
    """See `twins`."""
    out = torch.empty(size, values.shape[1], dtype=dtype, device=values.device)
    sum_up(values.contiguous(), positions, occurrences(positions, size), out)
    return out
