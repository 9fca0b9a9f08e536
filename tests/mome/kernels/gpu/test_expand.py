"""Expand-add and its backward against the twin in float64; what must not be written is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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
        """In float64, on the CPU, for the twin."""
        return [self.y.double(), self.h.double(), self.rows.double(), self.positions]

    def fenced(self, fence: Callable[[Tensor], Tensor]) -> list[Tensor | None]:
        """For the kernel."""
        y, h, rows = (fence(tensor) for tensor in (self.y, self.h, self.rows))
        return [y, h, rows, None if self.positions is None else self.positions.to(y.device)]


@pytest.fixture(params=[True, False], ids=["gathered", "in order"])
def case(request: pytest.FixtureRequest, shape: tuple[int, ...], dtype: torch.dtype, random: torch.Generator) -> Case:
    b, t, k, d = shape
    y, h = torch.randn(b, t, d, generator=random).to(dtype), torch.randn(b, t, k, generator=random)
    if request.param:
        return Case(y, h, torch.randn(S, d, generator=random).to(dtype), torch.randint(-1, S, (b, k), generator=random))
    return Case(y, h, torch.randn(b, k, d, generator=random).to(dtype), None)


def test_expand(case: Case, dtype: torch.dtype, fenced: Callable, fence_holds: Callable, close: Callable) -> None:
    y, *others = case.fenced(fenced)
    assert gpu.expand(y, *others) is y
    close(y, twins.expand(*case.exact()), dtype)
    assert fence_holds(y)


def test_expand_h_backward(case: Case, dtype: torch.dtype, fenced: Callable, close: Callable) -> None:
    close(gpu.expand_h_backward(*case.fenced(fenced)), twins.expand_h_backward(*case.exact()), dtype)


def test_expand_rows_backward(case: Case, dtype: torch.dtype, fenced: Callable, close: Callable) -> None:
    close(gpu.expand_rows_backward(*case.fenced(fenced)[:2]), twins.expand_rows_backward(*case.exact()[:2]), dtype)


def make(device: torch.device, random: torch.Generator, questions: int) -> tuple[Tensor, Tensor, Tensor]:
    y = torch.randn(5, 3, 100, generator=random)
    return y.to(device), torch.randn(questions, 3, 4, generator=random).to(device), torch.randn(S, 100, generator=random).to(device)


@pytest.mark.parametrize("chosen", [[4], [3, 0], []])
def test_questions_that_are_not_routed_keep_every_bit(
    chosen: list[int], device: torch.device, random: torch.Generator, close: Callable
) -> None:
    y, h, rows = make(device, random, len(chosen))
    positions, where = torch.randint(S, (len(chosen), 4), generator=random), torch.tensor(chosen, dtype=torch.int64)
    y[1, 0, :2] = torch.tensor([-0.0, float("inf")])
    before = y.clone()
    gpu.expand(y, h, rows, positions.to(device), where.to(device))
    others = [question for question in range(5) if question not in chosen]
    assert torch.equal(y[others].view(torch.int32), before[others].view(torch.int32))
    exact = [before.cpu().double(), h.cpu().double(), rows.cpu().double(), positions, where]
    if chosen:
        close(
            gpu.expand_h_backward(before[:1].expand(5, -1, -1), h, rows, positions.to(device), where.to(device)), _h(exact), torch.float32
        )
        close(gpu.expand_rows_backward(before[:1].expand(5, -1, -1), h, where.to(device)), _rows(exact), torch.float32)
        close(y[chosen], twins.expand(*exact)[chosen], torch.float32)


def _h(exact: list[Tensor]) -> Tensor:
    return twins.expand_h_backward(exact[0][:1].expand(5, -1, -1), *exact[1:])


def _rows(exact: list[Tensor]) -> Tensor:
    return twins.expand_rows_backward(exact[0][:1].expand(5, -1, -1), exact[1], exact[4])


def test_a_question_whose_experts_nothing_touched_keeps_every_bit(device: torch.device, random: torch.Generator) -> None:
    y, h, rows = make(device, random, 5)
    y[:, 0, :2] = torch.tensor([-0.0, float("inf")])
    before = y.clone()
    gpu.expand(y, h, rows, torch.full((5, 4), -1, device=device))
    assert torch.equal(y.view(torch.int32), before.view(torch.int32))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="takes 4 GB, which a GPU has")
def test_addresses_pass_two_to_the_31(device: torch.device, random: torch.Generator) -> None:
    """2^20 rows of 2,049 values."""
    rows = torch.zeros(2**20, 2049, dtype=torch.float16, device=device)
    rows[-1], rows[1] = 1, 2
    y, h = torch.zeros(1, 2, 2049, dtype=torch.float16, device=device), torch.ones(1, 2, 2, device=device)
    gpu.expand(y, h, rows, torch.tensor([[2**20 - 1, 1]], device=device))
    assert torch.equal(y, torch.full_like(y, 3))
    found = gpu.expand_h_backward(y, h, rows, torch.tensor([[2**20 - 1, 1]], device=device))
    assert found[0, 0].tolist() == [3 * 2049, 6 * 2049]
