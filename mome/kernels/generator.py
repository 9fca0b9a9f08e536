"""Input vectors from a counter-based random generator, in torch; the twin of the Triton kernel of the same name."""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

STEP = 0x9E3779B97F4A7C15
MIX = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))


def signed(value: int) -> int:
    """The int64 with the low 64 bits of `value`."""
    return (value + 2**63) % 2**64 - 2**63


def _shift(words: Tensor, bits: int) -> Tensor:
    return (words >> bits) & (2 ** (64 - bits) - 1)


def mixed(words: Tensor) -> Tensor:
    """SplitMix64's finaliser (Steele et al., OOPSLA 2014) on int64, whose products wrap as uint64's do."""
    for bits, factor in MIX:
        words = (words ^ _shift(words, bits)) * signed(factor)
    return words ^ _shift(words, 31)


@cache
def stream(seed: int, layer: int) -> int:
    """What a layer's generator adds to every counter, as int64."""
    return int(mixed(torch.tensor(signed(seed * STEP + layer + 1))))


def input_vectors(ids: Tensor, width: int, *, seed: int, layer: int) -> Tensor:
    """The vectors a_e (..., width) of experts `ids` (...) in one layer: random signs over sqrt(width).

    A pure function of (seed, layer, id, position) in integer arithmetic, so that every device gives the same bits.
    """
    keys = mixed(ids * signed(STEP) + stream(seed, layer))
    counters = [signed((word + 1) * STEP) for word in range(-(-width // 64))]
    words = mixed(keys.unsqueeze(-1) + torch.tensor(counters, device=ids.device))
    octets = (
        words.contiguous().view(torch.uint8).int()
    )  # lowest first, on every machine that torch runs on
    return functional.embedding(octets, _signs_of_octets(ids.device) * width**-0.5).flatten(-2)[
        ..., :width
    ]


@cache
def _signs_of_octets(device: torch.device) -> Tensor:
    """(256, 8): the signs that the bits of an octet stand for."""
    bits = torch.arange(256, device=device).unsqueeze(1) >> torch.arange(8, device=device) & 1
    return bits.float() * 2 - 1
