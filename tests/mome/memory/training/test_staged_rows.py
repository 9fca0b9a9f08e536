"""Staged rows move as under torch's Adam, and only where a gradient pulls."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from mome.memory import Memory
from mome.memory.experts.bank import Bank
from mome.memory.training.staged_rows import DECAYS, EPSILON, SETTLING, Staged


@pytest.fixture
def staged(
    make_backbone: Callable, make_memory: Callable[..., Memory], make_facts: Callable
) -> tuple[Staged, Bank]:
    memory = make_memory(make_backbone("llama"), make_facts(2))
    memory.attach()
    bank = memory.bank.resized(torch.arange(10))
    return Staged(memory, bank, torch.arange(2, 8), torch.arange(6) != 5), bank


def pull(staged: Staged, chosen: list[int], gradients: torch.Tensor) -> None:
    """One update in which the first layer's rows `chosen` have `gradients`."""
    leaves = staged.leaves(torch.tensor(chosen))
    for leaf in leaves:
        leaf.grad = torch.zeros_like(leaf)
    leaves[0].grad = gradients
    staged.update(torch.tensor(chosen), leaves, 0.1)


def test_steps_are_those_of_adam(staged: tuple[Staged, Bank]) -> None:
    rows = staged[0].rows[0]
    twin = rows[:2].clone().requires_grad_()
    adam = torch.optim.Adam([twin], betas=DECAYS, eps=EPSILON)
    for step in range(1, 6):
        gradients = torch.randn(2, rows.shape[1])
        pull(staged[0], [0, 1], gradients)
        adam.param_groups[0]["lr"] = 0.1 / (1 + step / SETTLING) ** 0.5
        twin.grad = gradients
        adam.step()
    assert torch.allclose(staged[0].rows[0][:2], twin, atol=1e-6)


def test_rows_without_a_gradient_rest(staged: tuple[Staged, Bank]) -> None:
    width = staged[0].rows[0].shape[1]
    pull(staged[0], [1, 4], torch.ones(2, width))
    before = staged[0].rows[0].clone()
    pull(staged[0], [1, 4], torch.stack([torch.zeros(width), torch.ones(width)]))
    assert torch.equal(staged[0].rows[0][1], before[1])
    assert not torch.equal(staged[0].rows[0][4], before[4])


def test_a_row_that_is_not_free_rests(staged: tuple[Staged, Bank]) -> None:
    pull(staged[0], [4, 5], torch.ones(2, staged[0].rows[0].shape[1]))
    assert staged[0].rows[0][4].any() and not staged[0].rows[0][5].any()


def test_only_moved_rows_are_committed_and_rounding_keeps_them(
    staged: tuple[Staged, Bank],
) -> None:
    part, bank = staged
    pull(part, [1, 4], torch.randn(2, part.rows[0].shape[1]))
    part.settle()
    assert part.commit(bank).tolist() == [3, 6]
    assert torch.equal(bank.rows[0][[3, 6]].float(), part.rows[0][[1, 4]])
    assert not bank.rows[0][[0, 1, 2, 4, 5, 7, 8, 9]].any()
