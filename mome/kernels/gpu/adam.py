"""Adam on some rows: each row and its moments are read and written once, 28 bytes a value.

Axis legend: `s` staged rows, `u` rows of this step, `d` width.
"""

from __future__ import annotations

import triton
import triton.language as tl
from torch import Tensor

from mome.kernels.gpu.launch import launch

WIDE = 1024
"""Most columns that one program changes."""


@triton.jit
def _adam(
    rows,
    first,
    second,
    chosen,
    grad,
    rates,
    first_scales,
    second_scales,
    d,
    first_share,
    second_share,
    epsilon,
    D: tl.constexpr,
):
    """Change D columns of one row; `first_share` is 1 - b1, `first_scales` (u,) is 1 - b1^n."""
    row = tl.program_id(0).to(tl.int64)
    columns = tl.program_id(1) * D + tl.arange(0, D)
    # D is a power of two and may pass the end of the row.
    mask = columns < d
    # `chosen` is int64, and so are the offsets: s * d may pass 2^31.
    offsets = tl.load(chosen + row) * d + columns
    gradient = tl.load(grad + row * d + columns, mask=mask, other=0.0).to(tl.float32)
    mean = tl.load(first + offsets, mask=mask, other=0.0)
    mean += first_share * (gradient - mean)
    variance = tl.load(second + offsets, mask=mask, other=0.0)
    variance += second_share * (gradient * gradient - variance)
    tl.store(first + offsets, mean, mask=mask)
    tl.store(second + offsets, variance, mask=mask)
    denominator = tl.sqrt(variance / tl.load(second_scales + row)) + epsilon
    step = mean / tl.load(first_scales + row) / denominator
    # No other program reads or writes these values, for the chosen rows are all different.
    values = tl.load(rows + offsets, mask=mask, other=0.0)
    tl.store(rows + offsets, values - tl.load(rates + row) * step, mask=mask)


def adam(
    rows: Tensor,
    moments: tuple[Tensor, Tensor],
    chosen: Tensor,
    grad: Tensor,
    *,
    steps: Tensor,
    rates: Tensor,
    decays: tuple[float, float],
    epsilon: float,
) -> None:
    """Take one step of Adam in place on the rows `chosen`, as `twins.adam`.

    rows, both moments: (s, d), contiguous float32.
    chosen, steps, rates: (u,).
    grad: (u, d).
    Source: Kingma and Ba, arXiv 1412.6980, algorithm 1.
    """
    assert rows.is_contiguous() and all(moment.is_contiguous() for moment in moments)
    d = rows.shape[1]
    wide = min(triton.next_power_of_2(d), WIDE)
    # The bias corrections 1 - b^n are computed here: Triton has no power of a tensor.
    scales = [(1 - decay**steps).contiguous() for decay in decays]
    tensors = (rows, *moments, chosen.contiguous(), grad.contiguous(), rates.contiguous(), *scales)
    shares = [1 - decay for decay in decays]
    grid = (len(chosen), triton.cdiv(d, wide))
    launch(_adam, grid, *tensors, d, *shares, epsilon, D=wide)
