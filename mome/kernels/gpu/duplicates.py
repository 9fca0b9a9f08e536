"""Sums the gradients of experts that several questions share: a program walks the inverted index of one row, so no atomics are needed.

Axis legend: `n` gradients, `s` rows, `d` width.
"""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

from mome.kernels import twins
from mome.kernels.gpu.launch import launch

WIDE = 1024


@triton.jit
def _reduce_duplicates(values, order, bounds, out, d, D: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    columns = tl.program_id(1) * D + tl.arange(0, D)
    total = tl.zeros((D,), tl.float32)
    for place in range(tl.load(bounds + row), tl.load(bounds + row + 1)):
        source = tl.load(order + place)
        total += tl.load(values + source * d + columns, mask=columns < d, other=0.0).to(tl.float32)
    tl.store(out + row * d + columns, total.to(out.dtype.element_ty), mask=columns < d)


def reduce_duplicates(values: Tensor, positions: Tensor, size: int, dtype: torch.dtype) -> Tensor:
    """See `twins`."""
    order, bounds = twins.inverted_index(positions, size)
    d = values.shape[1]
    out = torch.empty(size, d, dtype=dtype, device=values.device)
    wide = min(triton.next_power_of_2(d), WIDE)
    launch(_reduce_duplicates, (size, triton.cdiv(d, wide)), values.contiguous(), order, bounds, out, d, D=wide)
    return out
