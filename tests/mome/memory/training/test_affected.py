"""One fact among others is learned, changed or forgotten: it alone is trained, its neighbours stay
recalled, no other row moves.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
import torch

from mome.memory import Memory, MemoryConfig, MemoryFact, RecallReport, recall, tune

Changed = tuple[Memory, Memory, RecallReport]


@pytest.fixture(scope="module", params=[2**20, 2**10], ids=["roomy", "crowded"])
def before(
    request: pytest.FixtureRequest,
    make_backbone: Callable,
    make_memory: Callable,
    make_facts: Callable,
) -> Memory:
    """Eleven facts; in a crowded bank many share experts."""
    facts = make_facts(11)
    memory = make_memory(make_backbone("llama"), facts, MemoryConfig(experts=request.param))
    assert tune(memory, facts, str).recalled == 11
    return memory


def change(before: Memory, facts: Sequence[MemoryFact]) -> tuple[Memory, RecallReport]:
    """The memory with exactly `facts`; those that it knew are kept."""
    memory = copy.copy(before)
    return memory, tune(
        memory, facts, str, kept={fact.id for fact in facts if fact in before.facts}
    )


def experts(facts: Sequence[MemoryFact]) -> set[int]:
    return {expert for fact in facts for expert in fact.experts}


def moved(before: Memory, after: Memory) -> set[int]:
    """Experts whose rows are not bit for bit what they were."""
    ids = torch.cat([before.bank.flat().ids, after.bank.flat().ids]).unique()
    layers = range(len(before.bank.layers))
    return set(
        ids[
            torch.stack(
                [(before.bank.gather(i, ids) != after.bank.gather(i, ids)).any(1) for i in layers]
            ).any(0)
        ].tolist()
    )


def test_a_fact_is_learned_and_no_other_row_moves(before: Memory, make_facts: Callable) -> None:
    new = replace(make_facts(12)[11], fitted=False)
    after, report = change(before, [*before.facts, new])
    assert report.recalled == len(report.facts) == 12
    assert recall(after, after.facts, str).recalled == 12
    assert moved(before, after) and moved(before, after) <= experts(after.facts[11:])
    assert after.facts[:11] == before.facts and not after.facts[11].fitted


def test_a_fact_is_forgotten_and_its_own_rows_are_dropped(before: Memory) -> None:
    gone, kept = before.facts[3], before.facts[:3] + before.facts[4:]
    after, report = change(before, kept)
    assert report.recalled == recall(after, kept, str).recalled == 10
    assert recall(after, [gone], str).recalled == 0
    assert moved(before, after) <= experts([gone])
    assert not set(after.bank.flat().ids.tolist()) & (experts([gone]) - experts(kept))


def test_a_changed_answer_takes_the_place_of_the_old_one(before: Memory) -> None:
    new = replace(before.facts[5], id="new", answer="another")
    after, report = change(before, [*before.facts[:5], new, *before.facts[6:]])
    assert report.recalled == recall(after, after.facts, str).recalled == 11
    assert moved(before, after) <= experts([before.facts[5], after.facts[5]])


def test_what_is_kept_and_rests_on_no_row_that_moved_is_not_even_asked(
    before: Memory, make_facts: Callable
) -> None:
    new, asked = make_facts(12)[11], set()
    memory = copy.copy(before)
    tune(
        memory,
        [*before.facts, new],
        lambda question: asked.add(question) or question,
        kept={fact.id for fact in before.facts},
    )
    rests = [fact for fact in memory.facts[:11] if experts([fact]) & moved(before, memory)]
    assert asked == {wording for fact in (*rests, memory.facts[11]) for wording in fact.wordings}


def test_a_fact_that_finds_room_of_its_own_moves_nothing_that_another_rests_on(
    make_backbone: Callable, make_facts: Callable
) -> None:
    facts = [
        *make_facts(11),
        MemoryFact(
            "f11", "verified", ("which rivers flow north, and how long are they",), "north 1234"
        ),
    ]
    memory = Memory.create(
        make_backbone("llama"), MemoryConfig(), [fact.wordings for fact in facts]
    )
    tune(memory, facts[:11], str)
    after, report = change(memory, facts)
    assert report.recalled == 12
    assert moved(memory, after) and not moved(memory, after) & experts(memory.facts)


def test_nothing_changed_moves_nothing(before: Memory) -> None:
    after, report = change(before, before.facts)
    assert moved(before, after) == set() and report == before.report and after.facts == before.facts


def test_a_fact_that_was_missed_is_not_tried_again_for_its_neighbours(
    make_backbone: Callable, make_memory: Callable, make_facts: Callable
) -> None:
    facts = make_facts(4, 1)
    facts[1] = replace(facts[1], answer="Straße")
    memory = make_memory(make_backbone("llama"), facts, MemoryConfig(experts=2**10))
    tune(memory, facts, str)
    after, report = change(memory, [*memory.facts, *make_facts(5, 1)[4:]])
    assert [fact.id for fact in report.missed] == ["f1"]
    assert report.missed[0].wordings[0].reason.startswith("the base model cannot write this answer")
    assert recall(after, after.facts, str).recalled == 4
