"""A weight in int8 with one scale an output, multiplied by torch's own kernels for x86 processors.

On CPUs without instructions for bfloat16 a token costs a third of the time that it takes in
float32. `adapted_linear` multiplies with it; `int8_model` keeps it on the disk.

Axis legend: `m` rows (tokens of all sequences), `i` inputs, `o` outputs.
"""

from __future__ import annotations

import warnings
from typing import Any

import torch
from torch import Tensor

from mome.errors import BackboneError

ENGINE = "fbgemm"
LARGEST_WEIGHT = 127
# Before it adds in 32 bits, the AVX2 instruction adds two products of an unsigned and a signed byte
# in 16 bits: 2 * (64 + 63) * 127 fits, inputs of 8 bits would saturate.
ZERO, LARGEST_INPUT = 64, 63
# The distance of two levels is 1, so that a remainder is at most 0.5.
SPREAD = 2 * LARGEST_INPUT
SMALLEST = 1e-12
"""Keeps the scale of a row of zeros above 0."""
ROWS_AT_ONCE = 16384
"""Rows of a weight that are quantized or packed at a time. An output layer whole would take 0.5 GB
in float32, and twice as long to pack.
"""


class Int8Weight:
    """A weight in the kernel's own order of bytes.

    levels: the weight divided by its scales and rounded (o, i) int8.
    scales: (o,) float64.
    """

    def __init__(self, levels: Tensor, scales: Tensor) -> None:
        if ENGINE not in torch.backends.quantized.supported_engines:
            raise BackboneError(
                "this build of torch has no int8 kernels: they need an x86 processor"
            )
        parts = zip(levels.split(ROWS_AT_ONCE), scales.split(ROWS_AT_ONCE), strict=True)
        self._parts = [_pack(*part) for part in parts]

    def __call__(self, x: Tensor) -> Tensor:
        """Return x W^T of rows (m, i).

        The kernel takes inputs of 7 bits. A few inputs of a language model are a hundred times as
        large as the others, which 7 bits would round to 0: with them the next token changes in 2 of
        100 cases. What rounding leaves is therefore multiplied too, in the same call.
        """
        scale = x.abs().amax(1, keepdim=True).clamp_min_(SMALLEST).div_(LARGEST_INPUT)
        scaled = x / scale
        levels = x.new_empty(2 * len(x), x.shape[1])
        coarse, fine = levels.chunk(2)
        torch.round(scaled, out=coarse)
        torch.sub(scaled, coarse, out=fine).mul_(SPREAD)
        products = [_product(levels, part) for part in self._parts]
        # One part is not copied.
        product = products[0] if len(products) == 1 else torch.cat(products, 1)
        y, rest = product.chunk(2)
        return y.add_(rest, alpha=1 / SPREAD).mul_(scale)


def levels_of(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Return levels (o, i) and scales (o,) of a weight, as `Int8Weight` takes them."""
    levels = torch.empty(weight.shape, dtype=torch.int8)
    scales = torch.empty(len(weight), dtype=torch.double)
    for start in range(0, len(weight), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        rows = weight[part].float()
        scale = rows.abs().amax(1).clamp_min_(SMALLEST).div_(LARGEST_WEIGHT)
        scales[part] = scale
        levels[part] = (rows / scale[:, None]).round_()
    return levels, scales


def _product(levels: Tensor, packed: Any) -> Tensor:
    # The kernel derives a scale from its inputs only if none is given; theirs is 1 already.
    return torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(
        levels, 1.0, ZERO, packed
    )


def _pack(levels: Tensor, scales: Tensor) -> Any:
    zeros = torch.zeros(len(levels), dtype=torch.long)
    with warnings.catch_warnings():
        # torch 2.13 deprecates tensors of this type. Its newer int8 kernels, oneDNN's, take no such
        # tensor, but 2.6 times as long for 4 beams.
        warnings.simplefilter("ignore", UserWarning)
        quantized = torch._make_per_channel_quantized_tensor(levels, scales, zeros, 0)
        return torch.ops.quantized.linear_prepack(quantized, None)
