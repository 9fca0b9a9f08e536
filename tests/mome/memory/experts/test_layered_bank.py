"""Rows that lie over others are those that count, and a delta holds all that differs."""

from __future__ import annotations

import torch

from mome.memory.experts.bank import Bank, LayerShape
from mome.memory.experts.layered_bank import LayeredBank

LAYERS = (LayerShape("one", 5, 3), LayerShape("two", 4, 2))


def even(ids: list[int], value: float) -> Bank:
    rows = tuple(torch.full((len(ids), layer.d_out), value) for layer in LAYERS)
    return Bank(LAYERS, torch.tensor(ids, dtype=torch.int64), rows)


def over(ids: list[int], value: float) -> LayeredBank:
    return LayeredBank.over(even(ids, value))


def firsts(bank: Bank | LayeredBank, ids: list[int]) -> list[float]:
    """The first value of each expert's row in each layer, which all have the same."""
    values = [bank.gather(layer, torch.tensor(ids))[:, 0] for layer in range(len(LAYERS))]
    assert torch.equal(*values)
    return values[0].tolist()


def test_newer_rows_hide_older_ones_and_zeros_are_gone() -> None:
    bank = over([1, 4, 9], 1.0).overlaid(even([4, 5], 2.0)).overlaid(even([9], 0.0))
    bank = bank.overlaid(even([5], 3.0))
    every = [1, 2, 4, 5, 9]
    assert firsts(bank, every) == [1, 0, 2, 3, 0]
    assert bank.gather(0, torch.tensor([[1, 4], [5, 9]]))[..., 0].tolist() == [[1, 2], [3, 0]]
    flat = bank.flat()
    assert flat.ids.tolist() == [1, 4, 5]
    assert firsts(flat, every) == firsts(bank, every)


def test_rows_over_an_empty_base_count() -> None:
    assert firsts(over([], 0.0).overlaid(even([7], 1.0)), [7, 8]) == [1, 0]


def test_nothing_but_the_rows_that_replace_all_others_is_left() -> None:
    before = over([1, 4], 1.0).overlaid(even([5], 2.0))
    after = before.replaced_by(even([4, 6], 3.0))
    assert firsts(after, [1, 4, 5, 6]) == [0, 3, 0, 3]
    assert after.flat().ids.tolist() == [4, 6]
    changed = after.changed_since(before)
    assert changed.ids.tolist() == [1, 4, 5, 6]
    assert firsts(before.overlaid(changed), [1, 4, 5, 6]) == [0, 3, 0, 3]


def test_what_has_changed_since_another_bank() -> None:
    before = over([1, 4], 1.0).overlaid(even([4, 5], 2.0))
    after = before.overlaid(even([5, 6], 2.0)).overlaid(even([1], 0.0))
    assert after.changed_since(before).ids.tolist() == [1, 6]
    assert before.changed_since(after).ids.tolist() == [1, 6]
    assert not len(before.changed_since(before))


def test_a_bank_over_other_rows_has_changed_where_it_differs() -> None:
    before, after = over([1, 4], 1.0), over([], 0.0).overlaid(even([4, 6], 2.0))
    changed = after.changed_since(before)
    assert changed.ids.tolist() == [1, 4, 6]
    assert firsts(changed, [1, 4, 6]) == [0, 2, 2]
