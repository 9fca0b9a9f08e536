"""Kernels are tested where they can run: on a GPU, or on CPU where TRITON_INTERPRET=1 stood in the environment from the start.

What a kernel leaves unwritten or reads beyond its tensors is NaN here, so that it shows.
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
SHAPES = [(1, 1, 1, 1), (3, 63, 5, 100), (2, 100, 33, 63), (2, 1, 100, 300)]
MARGIN = 4096
TOLERANCE = {torch.float32: 1e-5, torch.float16: 2e-3, torch.bfloat16: 1e-2}
"""Of the largest value; half types round what they return, and products go through tf32."""

collect_ignore = [] if RUNNABLE else ["gpu"]

Compare = Callable[[Tensor, Tensor, torch.dtype], None]


@pytest.fixture
def device() -> torch.device:
    return torch.device("cuda" if ON_GPU else "cpu")


@pytest.fixture(
    params=[torch.float32, torch.float16, *([torch.bfloat16] if ON_GPU else [])], ids=str
)
def dtype(request: pytest.FixtureRequest) -> torch.dtype:
    """The interpreter computes wrongly in bfloat16."""
    return request.param


@pytest.fixture(params=SHAPES, ids=str)
def shape(request: pytest.FixtureRequest) -> tuple[int, int, int, int]:
    """Questions, tokens, experts, width."""
    return request.param


@pytest.fixture(params=["torch", "triton"] if RUNNABLE else ["torch"])
def implementation(request: pytest.FixtureRequest) -> str:
    """The backends that can run here."""
    return request.param


@pytest.fixture(autouse=True)
def poison(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory that is not initialised holds NaN, or a number that is nobody's index."""
    real = torch.empty

    def poisoned(*sizes: object, **settings: object) -> Tensor:
        tensor = real(*sizes, **settings)
        return tensor.fill_(float("nan") if tensor.is_floating_point() else -(2**40))

    monkeypatch.setattr(torch, "empty", poisoned)


@pytest.fixture
def fenced(device: torch.device) -> Callable[[Tensor], Tensor]:
    """A copy of a tensor on the device, between stretches of NaN."""

    def fence(tensor: Tensor) -> Tensor:
        around = torch.full(
            (tensor.numel() + 2 * MARGIN,), float("nan"), dtype=tensor.dtype, device=device
        )
        inside = around[MARGIN:-MARGIN].view(tensor.shape)
        return inside.copy_(tensor)

    return fence


@pytest.fixture
def fence_holds() -> Callable[[Tensor], bool]:
    """Whether nothing was written around a fenced tensor."""

    def holds(tensor: Tensor) -> bool:
        base = tensor._base
        assert base is not None
        return bool(base[:MARGIN].isnan().all() and base[-MARGIN:].isnan().all())

    return holds


@pytest.fixture
def close() -> Compare:
    """Asserts that a result is that of float64, but for what its type cannot hold."""

    def compare(found: Tensor, wanted: Tensor, dtype: torch.dtype) -> None:
        assert found.shape == wanted.shape and wanted.dtype == torch.float64
        limit = TOLERANCE[dtype] * float(wanted.abs().max()) if wanted.numel() else 0.0
        torch.testing.assert_close(found.double(), wanted.to(found.device), rtol=0, atol=limit)

    return compare


@pytest.fixture
def random() -> torch.Generator:
    return torch.Generator().manual_seed(0)
