"""Expand and its backward against the twin in float64, and what they must leave unwritten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

import pytest
import torch
from torch import Tensor

from mome.kernels import gpu, twins

S = 9


@dataclass
class Case:
    """Arguments of `expand`."""

    y: Tensor
    h: Tensor
    rows: Tensor
    positions: Tensor | None

    def exact(self) -> list[Tensor | None]:
        """Return the arguments of the twin, in float64 on the CPU."""
        return [self.y.double(), self.h.double(), self.rows.double(), self.positions]

    def fenced(self, fence: Callable[[Tensor], Tensor]) -> list[Tensor | None]:
        """Return the arguments of the kernel."""
        y, h, rows = (fence(tensor) for tensor in (self.y, self.h, self.rows))
        return [y, h, rows, None if self.positions is None else self.positions.to(y.device)]


@pytest.fixture(params=[True, False], ids=["gathered", "in order"])
def case(
    request: pytest.FixtureRequest,
    shape: tuple[int, ...],
    dtype: torch.dtype,
    random: torch.Generator,
) -> Case:
    b, t, k, d = shape
    y = torch.randn(b, t, d, generator=random).to(dtype)
    h = torch.randn(b, t, k, generator=random)
    if request.param:
        rows = torch.randn(S, d, generator=random).to(dtype)
        return Case(y, h, rows, torch.randint(-1, S, (b, k), generator=random))
    return Case(y, h, torch.randn(b, k, d, generator=random).to(dtype), None)


def test_expand(
    case: Case, dtype: torch.dtype, fenced: Callable, fence_holds: Callable, close: Callable
) -> None:
    y, *rest = case.fenced(fenced)
    assert gpu.expand(y, *rest) is y
    close(y, twins.expand(*case.exact()), dtype)
    assert fence_holds(y)


@pytest.mark.parametrize(
    "wanted", [(True, True), (True, False), (False, True)], ids=["both", "h", "rows"]
)
def test_expand_backward(
    case: Case, wanted: tuple[bool, bool], dtype: torch.dtype, fenced: Callable, close: Callable
) -> None:
    grad, h, rows, positions = case.fenced(fenced)
    results = backward(gpu, grad, h, rows, positions, wanted=wanted)
    exact = backward(twins, *case.exact(), wanted=wanted)
    for result, expected, kind in zip(results, exact, (torch.float32, dtype), strict=True):
        assert (result is None) == (expected is None)
        if result is not None:
            close(result, expected, kind)


def backward(
    module: ModuleType,
    grad: Tensor,
    h: Tensor,
    rows: Tensor,
    *places: Tensor | None,
    wanted: tuple[bool, bool] = (True, True),
) -> tuple[Tensor | None, Tensor | None]:
    """Return both gradients of `expand`, by the calls that `functions` makes.

    places: `positions`, and `chosen` if given.
    """
    values = module.gathered(rows, places[0])
    return module.expand_backward(grad, h, rows, values, *places, to_h=wanted[0], to_rows=wanted[1])


@pytest.mark.parametrize("t", [3, 200])
def test_rows_that_questions_share_get_the_sum(
    t: int, device: torch.device, random: torch.Generator, close: Callable
) -> None:
    """Other rows belong to one question or to none. 200 tokens are more than a tile holds."""
    grad, h, rows = (
        torch.randn(*size, generator=random) for size in ((3, t, 70), (3, t, 4), (9, 70))
    )
    positions = torch.tensor([[0, 1, 2, 3], [2, 5, -1, 1], [1, 7, -1, -1]])
    exact = backward(twins, grad.double(), h.double(), rows.double(), positions)
    arguments = (grad.to(device), h.to(device), rows.to(device), positions.to(device))
    results = backward(gpu, *arguments)
    for result, expected in zip(results, exact, strict=True):
        close(result, expected, torch.float32)
    assert not results[1][[4, 6, 8]].any()
    for result, again in zip(results, backward(gpu, *arguments), strict=True):
        assert torch.equal(result, again)


def make(
    device: torch.device, random: torch.Generator, questions: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Return y (5, 3, 100), h (questions, 3, 4) and rows (S, 100)."""
    y = torch.randn(5, 3, 100, generator=random).to(device)
    h = torch.randn(questions, 3, 4, generator=random).to(device)
    return y, h, torch.randn(S, 100, generator=random).to(device)


@pytest.mark.parametrize("chosen", [[4], [3, 0], []])
def test_questions_that_are_not_routed_keep_every_bit(
    chosen: list[int], device: torch.device, random: torch.Generator, close: Callable
) -> None:
    y, h, rows = make(device, random, len(chosen))
    positions = torch.randint(S, (len(chosen), 4), generator=random)
    routed = torch.tensor(chosen, dtype=torch.int64)
    y[1, 0, :2] = torch.tensor([-0.0, float("inf")])
    before = y.clone()
    gpu.expand(y, h, rows, positions.to(device), routed.to(device))
    not_routed = [question for question in range(5) if question not in chosen]
    assert torch.equal(y[not_routed].view(torch.int32), before[not_routed].view(torch.int32))
    if not chosen:
        return
    exact = [before.cpu().double(), h.cpu().double(), rows.cpu().double(), positions, routed]
    close(y[chosen], twins.expand(*exact)[chosen], torch.float32)
    grad = before[:1].expand(5, -1, -1)
    results = backward(gpu, grad, h, rows, positions.to(device), routed.to(device))
    expected = backward(twins, grad.cpu().double(), *exact[1:])
    for result, wanted in zip(results, expected, strict=True):
        close(result, wanted, torch.float32)


def test_a_question_without_trained_experts_keeps_every_bit(
    device: torch.device, random: torch.Generator
) -> None:
    y, h, rows = make(device, random, 5)
    y[:, 0, :2] = torch.tensor([-0.0, float("inf")])
    before = y.clone()
    gpu.expand(y, h, rows, torch.full((5, 4), -1, device=device))
    assert torch.equal(y.view(torch.int32), before.view(torch.int32))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="takes 4 GB, which a GPU has")
def test_addresses_beyond_two_to_the_31(device: torch.device, random: torch.Generator) -> None:
    """2^20 rows of 2,049 values."""
    rows = torch.zeros(2**20, 2049, dtype=torch.float16, device=device)
    rows[-1] = 1
    rows[1] = 2
    y = torch.zeros(1, 2, 2049, dtype=torch.float16, device=device)
    h = torch.ones(1, 2, 2, device=device)
    positions = torch.tensor([[2**20 - 1, 1]], device=device)
    gpu.expand(y, h, rows, positions)
    assert torch.equal(y, torch.full_like(y, 3))
    grad_h, grad_rows = backward(gpu, y, h, rows, positions, wanted=(True, False))
    assert grad_rows is None
    assert grad_h[0, 0].tolist() == [3 * 2049, 6 * 2049]
