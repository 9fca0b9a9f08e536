"""Pools keep facts whole, and broken wordings meet those that they share experts with."""

from __future__ import annotations

from dataclasses import replace

import torch

from mome.memory.training.batches import pools, with_neighbours
from mome.memory.training.pool import Wording


def make(facts: int, wordings: int, experts: list[list[int]] | None = None) -> list[Wording]:
    items = []
    for row in range(facts * wordings):
        ids = torch.tensor(experts[row] if experts else [row * 2, row * 2 + 1])
        items.append(
            Wording("q" * (row % 5), "a", row // wordings, row % wordings, row, ids, torch.ones(2))
        )
    return items


def test_a_fact_is_never_split() -> None:
    found = list(pools(make(7, 3), 7))
    assert sorted(item.row for pool in found for item in pool) == list(range(21))
    assert [len(pool) for pool in found] == [6, 6, 6, 3]
    assert all(
        len({item.wording for item in pool if item.fact == fact}) == 3
        for pool in found
        for fact in {item.fact for item in pool}
    )


def test_first_wordings_come_first() -> None:
    (pool,) = pools(make(4, 3), 100)
    assert [item.wording for item in pool] == sorted(item.wording for item in pool)


def test_answers_of_one_length_come_together() -> None:
    items = [replace(item, answer="a" * (item.row % 3)) for item in make(9, 1)]
    (pool,) = pools(items, 100)
    lengths = [(len(item.answer), len(item.question)) for item in pool]
    assert lengths == sorted(lengths)
    assert len(set(lengths)) > 3


def test_a_fact_larger_than_a_pool_has_one_alone() -> None:
    assert [len(pool) for pool in pools(make(2, 5), 3)] == [5, 5]


def test_broken_wordings_come_with_their_neighbours() -> None:
    experts = [[0, 1], [1, 2], [5, 6], [0, 9], [7, 8]]
    items = make(5, 1, experts)
    (pool,) = with_neighbours([items[0]], items, torch.tensor(experts), 10)
    assert {item.row for item in pool} == {0, 1, 3}
    crowd = make(9, 1, [[0, 1]] * 9)
    (small,) = with_neighbours([crowd[8]], crowd, torch.zeros(9, 2, dtype=torch.int64), 1)
    assert len(small) == 2
    assert crowd[8] in small
