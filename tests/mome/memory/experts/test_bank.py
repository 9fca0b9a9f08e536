"""A bank holds touched rows only."""

from __future__ import annotations

import pytest
import torch

from mome.memory.experts.bank import Bank, LayerShape

LAYERS = (LayerShape("one", 5, 3), LayerShape("two", 4, 2))


def filled(ids: list[int]) -> Bank:
    bank = Bank.empty(LAYERS, torch.float16).resized(torch.tensor(ids))
    for rows in bank.rows:
        rows += torch.arange(1, len(bank) + 1).unsqueeze(1)
    return bank


def test_an_empty_bank_costs_nothing_and_gives_zeros() -> None:
    bank = Bank.empty(LAYERS, torch.float16)
    assert len(bank) == 0
    assert torch.equal(bank.gather(1, torch.tensor([[3, 2**20]])), torch.zeros(1, 2, 2))


def test_gather_finds_touched_rows_and_zeros_elsewhere() -> None:
    bank = filled([9, 2, 40])
    assert bank.ids.tolist() == [2, 9, 40]
    assert bank.gather(0, torch.tensor([40, 3, 2, 41]))[:, 0].tolist() == [3, 0, 1, 0]


def test_resizing_carries_rows_over_and_forgets_others() -> None:
    bank = filled([2, 9, 40]).resized(torch.tensor([40, 7, 2, 2]))
    assert bank.ids.tolist() == [2, 7, 40]
    assert bank.rows[1][:, 1].tolist() == [1, 0, 3]
    assert bank.rows[1].dtype == torch.float16


def test_pruning_drops_rows_that_are_zero_in_all_layers() -> None:
    bank = filled([2, 9, 40])
    for rows in bank.rows:
        rows[1] = 0
    bank.rows[0][2] = 0
    assert bank.pruned().ids.tolist() == [2, 40]


def test_its_tensors_make_the_same_bank() -> None:
    bank = filled([4, 9])
    again = Bank.from_tensors(bank.tensors(), LAYERS, torch.float16)
    assert torch.equal(again.ids, bank.ids) and all(
        torch.equal(one, other) for one, other in zip(again.rows, bank.rows, strict=True)
    )


def test_tensors_that_do_not_fit_make_none() -> None:
    with pytest.raises(ValueError, match="another shape or type"):
        Bank.from_tensors(filled([4]).tensors(), LAYERS, torch.float32)
    with pytest.raises(KeyError):
        Bank.from_tensors({"ids": torch.tensor([1])}, LAYERS, torch.float16)
