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
    mask = columns < d
    places = tl.load(chosen + row) * d + columns
    pull = tl.load(grad + row * d + columns, mask=mask, other=0.0).to(tl.float32)
    mean = tl.load(first + places, mask=mask, other=0.0)
    mean += first_share * (pull - mean)
    square = tl.load(second + places, mask=mask, other=0.0)
    square += second_share * (pull * pull - square)
    tl.store(first + places, mean, mask=mask)
    tl.store(second + places, square, mask=mask)
    size = tl.sqrt(square / tl.load(second_scales + row)) + epsilon
    step = mean / tl.load(first_scales + row) / size
    tl.store(
        rows + places,
        tl.load(rows + places, mask=mask, other=0.0) - tl.load(rates + row) * step,
        mask=mask,
    )


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
    scales = [(1 - decay**steps).contiguous() for decay in decays]
    tensors = (rows, *moments, chosen.contiguous(), grad.contiguous(), rates.contiguous(), *scales)
    launch(
        _adam,
        (len(chosen), triton.cdiv(d, wide)),
        *tensors,
        d,
        *(1 - decay for decay in decays),
        epsilon,
        D=wide,
    )
