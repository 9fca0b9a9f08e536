"""Sums over duplicates against the twin in float64, with the same bits on every run."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from mome.kernels import gpu, twins


@pytest.mark.parametrize(
    ("n", "size", "width"), [(1, 1, 1), (63, 5, 100), (100, 63, 63), (40, 3, 1025), (0, 4, 5)]
)
def test_reduce_duplicates(
    n: int,
    size: int,
    width: int,
    dtype: torch.dtype,
    device: torch.device,
    random: torch.Generator,
    fenced: Callable,
    close: Callable,
) -> None:
    values = torch.randn(n, width, generator=random)
    positions = torch.randint(-1, size, (n,), generator=random)
    sums = gpu.reduce_duplicates(fenced(values), positions.to(device), size, dtype)
    assert sums.dtype == dtype
    close(sums, twins.reduce_duplicates(values.double(), positions, size, torch.float64), dtype)
    again = gpu.reduce_duplicates(fenced(values), positions.to(device), size, dtype)
    assert torch.equal(sums, again)
