"""What a pool trains is through by its own measure, and what cannot be expressed is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from mome.memory import Memory, TuneConfig
from mome.memory.training.pool import Pool, Wording


@pytest.fixture
def parts(
    make_backbone: Callable, make_memory: Callable[..., Memory], make_facts: Callable
) -> tuple[Memory, list[Wording]]:
    facts = make_facts(6, 1)
    memory = make_memory(make_backbone("llama"), facts)
    memory.attach()
    ids, gates = memory.select(memory.queries([fact.wordings[0] for fact in facts]))
    return memory, [
        Wording(fact.wordings[0], fact.answer, i, 0, i, ids[i], gates[i])
        for i, fact in enumerate(facts)
    ]


def make(parts: tuple[Memory, list[Wording]], **settings: Any) -> Pool:
    memory, items = parts
    bank = memory.bank.resized(torch.stack([item.ids for item in items]))
    free = torch.ones(len(bank), dtype=torch.bool)
    return Pool(memory, bank, items, str, TuneConfig(**settings), free=free)


def test_all_items_are_memorised(parts: tuple[Memory, list[Wording]]) -> None:
    pool = make(parts, batch=4)
    moves: list[tuple[int, int]] = []
    pool.train(lambda trained, through: moves.append((trained, through)))
    assert pool.missing() == []
    assert all(item.chance >= 0.9 and item.exposures > 0 for item in parts[1])
    assert sum(trained for trained, _ in moves) == sum(item.exposures for item in parts[1])
    assert sum(through for _, through in moves) == 6


def test_exposures_are_capped(parts: tuple[Memory, list[Wording]]) -> None:
    make(parts, max_exposures=2).train(lambda trained, through: None)
    assert {item.exposures for item in parts[1]} == {2}
    assert min(item.chance for item in parts[1]) < 0.9


def test_an_answer_without_tokens_is_named_and_the_rest_goes_on(
    parts: tuple[Memory, list[Wording]],
) -> None:
    parts[1][2].answer = "ÄÖ"
    pool = make(parts, batch=3)
    pool.train(lambda trained, through: None)
    assert "cannot write" in parts[1][2].reason
    assert [item.chance >= 0.9 for item in parts[1]] == [True, True, False, True, True, True]


def test_a_pool_without_any_expressible_answer_is_empty(
    parts: tuple[Memory, list[Wording]],
) -> None:
    for item in parts[1]:
        item.answer = "Ä"
    assert make(parts).slices == []
