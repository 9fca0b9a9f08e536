"""Adam against the twin in float64; rows that are not chosen are not written."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from mome.kernels import gpu, twins

CONSTANTS = {"decays": (0.8, 0.9), "epsilon": 1e-8}


@pytest.mark.parametrize(
    ("size", "chosen", "width"), [(1, 1, 1), (63, 5, 100), (100, 63, 63), (7, 3, 1025), (4, 0, 5)]
)
def test_adam(
    size: int,
    chosen: int,
    width: int,
    device: torch.device,
    random: torch.Generator,
    fenced: Callable,
    fence_holds: Callable,
    close: Callable,
) -> None:
    rows = torch.randn(size, width, generator=random)
    mean = torch.randn(size, width, generator=random)
    start = [rows, mean, torch.rand(size, width)]
    which = torch.randperm(size, generator=random)[:chosen]
    grad = torch.randn(chosen, width, generator=random)
    steps = torch.randint(1, 50, (chosen,), generator=random).float()
    rates = torch.rand(chosen, generator=random)
    results = [fenced(tensor) for tensor in start]
    gpu.adam(
        results[0],
        tuple(results[1:]),
        which.to(device),
        fenced(grad),
        steps=steps.to(device),
        rates=rates.to(device),
        **CONSTANTS,
    )
    expected = [tensor.double() for tensor in start]
    twins.adam(
        expected[0],
        tuple(expected[1:]),
        which,
        grad.double(),
        steps=steps.double(),
        rates=rates.double(),
        **CONSTANTS,
    )
    not_chosen = torch.ones(size, dtype=torch.bool)
    not_chosen[which] = False
    for result, wanted, before in zip(results, expected, start, strict=True):
        close(result, wanted, torch.float32)
        assert torch.equal(result.cpu()[not_chosen], before[not_chosen])
        assert fence_holds(result)
