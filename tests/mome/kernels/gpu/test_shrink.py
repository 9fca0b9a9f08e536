"""Shrink and its backward against the twin in float64."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from mome.kernels import InputVectors, gpu, twins


def make(
    b: int, k: int, d: int, device: torch.device, random: torch.Generator
) -> tuple[InputVectors, InputVectors]:
    """Return the same vectors for the kernel and, in float64, for the twin."""
    ids = torch.randint(2**24, (b, k), generator=random)
    gates = torch.rand(b, k, generator=random)
    inputs = InputVectors(ids.to(device), gates.to(device), d, 5, 2)
    return inputs, InputVectors(ids, gates.double(), d, 5, 2)


def test_shrink(
    shape: tuple[int, ...],
    dtype: torch.dtype,
    device: torch.device,
    random: torch.Generator,
    fenced: Callable,
    close: Callable,
) -> None:
    b, t, k, d = shape
    inputs, exact = make(b, k, d, device, random)
    x = torch.randn(b, t, d, generator=random).to(dtype)
    close(gpu.shrink(fenced(x), inputs), twins.shrink(x.double(), exact), torch.float32)


def test_shrink_backward(
    shape: tuple[int, ...],
    dtype: torch.dtype,
    device: torch.device,
    random: torch.Generator,
    fenced: Callable,
    close: Callable,
) -> None:
    b, t, k, d = shape
    inputs, exact = make(b, k, d, device, random)
    grad = torch.randn(b, t, k, generator=random)
    grad_x = gpu.shrink_backward(fenced(grad), inputs, b, dtype)
    assert grad_x.dtype == dtype
    close(grad_x, twins.shrink_backward(grad.double(), exact, b, torch.float64), dtype)


@pytest.mark.parametrize("chosen", [[4], [3, 0], []])
def test_only_routed_questions_take_part(
    chosen: list[int],
    device: torch.device,
    random: torch.Generator,
    fenced: Callable,
    close: Callable,
) -> None:
    rows = torch.tensor(chosen, dtype=torch.int64)
    inputs, exact = make(len(chosen), 5, 100, device, random)
    x: Tensor = torch.randn(5, 3, 100, generator=random)
    h = gpu.shrink(fenced(x), inputs, rows.to(device))
    close(h, twins.shrink(x.double(), exact, rows), torch.float32)
    grad_x = gpu.shrink_backward(h, inputs, 5, torch.float32, rows.to(device))
    expected = twins.shrink_backward(h.cpu().double(), exact, 5, torch.float64, rows)
    close(grad_x, expected, torch.float32)
