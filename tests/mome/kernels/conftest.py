"""Fixtures for the tests of kernels, which run where the kernels can run.

That is on a GPU, or on the CPU if TRITON_INTERPRET=1 is in the environment when Triton is imported.
Uninitialised memory and the memory around a tensor hold NaN, so that a test fails if a kernel
leaves a value unwritten or reads beyond its tensors.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec

import pytest
import torch
from torch import Tensor

ON_GPU = torch.cuda.is_available()
RUNNABLE = find_spec("triton") is not None and (ON_GPU or os.environ.get("TRITON_INTERPRET") == "1")
# Odd sizes and sizes around a tile's 16, 64 and 128, where masks matter.
SHAPES = [(1, 1, 1, 1), (3, 63, 5, 100), (2, 100, 33, 63), (2, 1, 100, 300)]
MARGIN = 4096
"""Values of NaN before and after a fenced tensor."""
# Half types round the result, and products go through tf32.
TOLERANCE = {torch.float32: 1e-5, torch.float16: 2e-3, torch.bfloat16: 1e-2}
"""Largest difference from float64, as a share of the largest value."""

collect_ignore = [] if RUNNABLE else ["gpu"]

Compare = Callable[[Tensor, Tensor, torch.dtype], None]


@pytest.fixture
def device() -> torch.device:
    return torch.device("cuda" if ON_GPU else "cpu")


@pytest.fixture(
    params=[torch.float32, torch.float16, *([torch.bfloat16] if ON_GPU else [])], ids=str
)
def dtype(request: pytest.FixtureRequest) -> torch.dtype:
    """Dtypes to test. Triton's interpreter computes wrong results in bfloat16."""
    return request.param


@pytest.fixture(params=SHAPES, ids=str)
def shape(request: pytest.FixtureRequest) -> tuple[int, int, int, int]:
    """Numbers of questions, tokens and experts, and the width."""
    return request.param


@pytest.fixture(params=["torch", "triton"] if RUNNABLE else ["torch"])
def implementation(request: pytest.FixtureRequest) -> str:
    """Names of the backends that can run here."""
    return request.param


@pytest.fixture(autouse=True)
def poison(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fill what `torch.empty` returns with NaN, or with an integer that is no valid index."""
    real = torch.empty

    def poisoned(*sizes: object, **settings: object) -> Tensor:
        tensor = real(*sizes, **settings)
        return tensor.fill_(float("nan") if tensor.is_floating_point() else -(2**40))

    monkeypatch.setattr(torch, "empty", poisoned)


@pytest.fixture
def fenced(device: torch.device) -> Callable[[Tensor], Tensor]:
    """Return a function that copies a tensor to the device, with NaN before and after the copy."""

    def fence(tensor: Tensor) -> Tensor:
        around = torch.full(
            (tensor.numel() + 2 * MARGIN,), float("nan"), dtype=tensor.dtype, device=device
        )
        inside = around[MARGIN:-MARGIN].view(tensor.shape)
        return inside.copy_(tensor)

    return fence


@pytest.fixture
def fence_holds() -> Callable[[Tensor], bool]:
    """Return a function that checks that nothing was written around a fenced tensor."""

    def holds(tensor: Tensor) -> bool:
        base = tensor._base
        assert base is not None
        return bool(base[:MARGIN].isnan().all() and base[-MARGIN:].isnan().all())

    return holds


@pytest.fixture
def close() -> Compare:
    """Return a function that compares a result with that of float64, within `TOLERANCE`."""

    def compare(result: Tensor, expected: Tensor, dtype: torch.dtype) -> None:
        assert result.shape == expected.shape and expected.dtype == torch.float64
        largest = float(expected.abs().max()) if expected.numel() else 0.0
        torch.testing.assert_close(
            result.double(), expected.to(result.device), rtol=0, atol=TOLERANCE[dtype] * largest
        )

    return compare


@pytest.fixture
def random() -> torch.Generator:
    return torch.Generator().manual_seed(0)
