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
    start = [
        torch.randn(size, width, generator=random),
        torch.randn(size, width, generator=random),
        torch.rand(size, width),
    ]
    which, grad = (
        torch.randperm(size, generator=random)[:chosen],
        torch.randn(chosen, width, generator=random),
    )
    steps, rates = (
        torch.randint(1, 50, (chosen,), generator=random).float(),
        torch.rand(chosen, generator=random),
    )
    found = [fenced(tensor) for tensor in start]
    gpu.adam(
        found[0],
        tuple(found[1:]),
        which.to(device),
        fenced(grad),
        steps=steps.to(device),
        rates=rates.to(device),
        **CONSTANTS,
    )
    wanted = [tensor.double() for tensor in start]
    twins.adam(
        wanted[0],
        tuple(wanted[1:]),
        which,
        grad.double(),
        steps=steps.double(),
        rates=rates.double(),
        **CONSTANTS,
    )
    rest = torch.ones(size, dtype=torch.bool)
    rest[which] = False
    for one, other, before in zip(found, wanted, start, strict=True):
        close(one, other, torch.float32)
        assert torch.equal(one.cpu()[rest], before[rest]) and fence_holds(one)
