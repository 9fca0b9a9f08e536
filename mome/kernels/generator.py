"""Input vectors of experts, made by a counter-based random generator, in torch.

`twins` and `InputVectors` call it on the CPU. Its constants and streams also serve the Triton
kernel of the same name in `mome.kernels.gpu.generator`, which must give the same bits.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

# These constants are part of the stored format: other values give other input vectors, with which
# a tuned memory cannot be read.
STEP = 0x9E3779B97F4A7C15
"""Increment of SplitMix64's counter, 2**64 divided by the golden ratio (Steele et al., 2014)."""
MIX = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
"""Right shift and factor of each of the two multiplications in SplitMix64's finaliser."""
LAST_SHIFT = 31
"""Right shift at the end of SplitMix64's finaliser."""


def signed(value: int) -> int:
    """Return the int64 that has the low 64 bits of `value`."""
    return (value + 2**63) % 2**64 - 2**63


def _logical_shift(words: Tensor, bits: int) -> Tensor:
    """Shift int64 `words` to the right as if they were uint64."""
    # torch shifts int64 arithmetically: the mask removes the copies of the sign bit.
    return (words >> bits) & (2 ** (64 - bits) - 1)


def mixed(words: Tensor) -> Tensor:
    """Apply SplitMix64's finaliser to int64 `words` of any shape.

    Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
    """
    # Products of int64 wrap around as those of uint64 do, so the low 64 bits are the same.
    for bits, factor in MIX:
        words = (words ^ _logical_shift(words, bits)) * signed(factor)
    return words ^ _logical_shift(words, LAST_SHIFT)


@cache
def stream(seed: int, layer: int) -> int:
    """Return the int64 that a layer's generator adds to every counter."""
    return int(mixed(torch.tensor(signed(seed * STEP + layer + 1))))


def input_vectors(ids: Tensor, width: int, *, seed: int, layer: int) -> Tensor:
    """Return the input vectors a_e of experts in one layer: random signs divided by sqrt(width).

    The vectors are a pure function of (seed, layer, id, position) in integer arithmetic, so every
    device gives the same bits.

    ids: (...) int64, numbers of experts.
    Returns (..., width) float32; each vector has length 1.
    """
    keys = mixed(ids * signed(STEP) + stream(seed, layer))
    # A word of the generator gives 64 signs; the last word may be used in part.
    counters = [signed((word + 1) * STEP) for word in range(-(-width // 64))]
    words = mixed(keys.unsqueeze(-1) + torch.tensor(counters, device=ids.device))
    # The lowest octet comes first, for every machine that torch runs on is little-endian.
    octets = words.contiguous().view(torch.uint8).int()
    values_of_octets = _signs_of_octets(ids.device) * width**-0.5
    return functional.embedding(octets, values_of_octets).flatten(-2)[..., :width]


@cache
def _signs_of_octets(device: torch.device) -> Tensor:
    """Return (256, 8): the signs of each octet's bits, lowest first; +1 for 1 and -1 for 0."""
    bits = torch.arange(256, device=device).unsqueeze(1) >> torch.arange(8, device=device) & 1
    return bits.float() * 2 - 1
