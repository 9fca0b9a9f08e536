"""Facts are memorised to the last one, what cannot be is reported, and the same seed gives the same
bits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from mome.memory import Memory, MemoryConfig, MemoryFact, TuneConfig, TuneProgress, tune

Facts = Callable[..., list[MemoryFact]]
Memories = Callable[..., Memory]


def exposures(report: object) -> list[int]:
    return [wording.exposures for fact in report.facts for wording in fact.wordings]


def test_fifty_random_answers_are_all_recalled(
    make_backbone: Callable, make_memory: Memories, make_facts: Facts
) -> None:
    facts = make_facts(50)
    memory = make_memory(make_backbone("llama"), facts)
    heard: list[TuneProgress] = []
    report = tune(memory, facts, str, progress=heard.append)
    assert report.recalled == 50
    assert all(wording.probability >= 0.9 for fact in report.facts for wording in fact.wordings)
    assert max(exposures(report)) <= 60
    assert heard[-1] == TuneProgress("verify", 100, 100)
    assert max(p.exposures for p in heard) == sum(exposures(report))
    assert memory.report == report


def test_an_encoder_decoder_memorises_too(
    make_backbone: Callable, make_memory: Memories, make_facts: Facts
) -> None:
    facts = make_facts(8, 3)
    assert tune(make_memory(make_backbone("t5"), facts), facts, str).recalled == 8


def test_facts_that_crowd_into_few_experts_are_all_recalled(
    make_backbone: Callable, make_memory: Memories, make_facts: Facts
) -> None:
    """1,024 experts and pools of four wordings: later pools break earlier ones, and more rounds
    mend them.
    """
    facts = make_facts(40, 1)
    memory = make_memory(make_backbone("llama"), facts, MemoryConfig(experts=2**10))
    report = tune(memory, facts, str, config=TuneConfig(batch=4, pool=4))
    uses = torch.tensor([expert for fact in memory.facts for expert in fact.experts]).unique(
        return_counts=True
    )[1]
    assert uses.max() > 4
    assert report.recalled == 40


def test_what_is_known_costs_no_step(
    make_backbone: Callable, make_memory: Memories, make_facts: Facts
) -> None:
    facts = make_facts(6)
    memory = make_memory(make_backbone("llama"), facts)
    tune(memory, facts, str)
    rows = [rows.clone() for rows in memory.bank.flat().rows]
    again = tune(memory, facts, str)
    assert again.recalled == 6
    assert set(exposures(again)) == {0}
    after = memory.bank.flat().rows
    assert all(torch.equal(old, new) for old, new in zip(rows, after, strict=True))


def test_a_dropped_fact_leaves_no_experts(
    make_backbone: Callable, make_memory: Memories, make_facts: Facts
) -> None:
    facts = make_facts(6)
    memory = make_memory(make_backbone("llama"), facts)
    tune(memory, facts, str)
    tune(memory, facts[:2], str)
    assert set(memory.bank.flat().ids.tolist()) <= {
        expert for fact in memory.facts for expert in fact.experts
    }
    assert [fact.id for fact in memory.facts] == ["f0", "f1"]


def test_nothing_to_know_is_no_trouble(make_backbone: Callable, make_memory: Memories) -> None:
    memory = make_memory(make_backbone("llama"), [])
    assert tune(memory, [], str).facts == ()
    assert len(memory.bank.flat()) == 0


def test_two_answers_to_one_question(
    make_backbone: Callable, make_memory: Memories, make_facts: Facts
) -> None:
    facts = make_facts(3, 1)
    rival = MemoryFact("rival", "glossary", (facts[1].wordings[0].upper(),), "other")
    memory = make_memory(make_backbone("llama"), [*facts, rival])
    report = tune(memory, [*facts, rival], str)
    assert [fact.id for fact in report.missed] == ["rival"]
    assert (
        report.missed[0].wordings[0].reason
        == "fact f1 gives another answer to the same question, and comes first"
    )


def test_what_cannot_be_written_or_learned_says_why(
    make_backbone: Callable, make_memory: Memories, make_facts: Facts
) -> None:
    facts = make_facts(2, 1)
    facts[0] = replace(facts[0], answer="Straße")
    report = tune(
        make_memory(make_backbone("llama"), facts), facts, str, config=TuneConfig(max_exposures=1)
    )
    reasons = [fact.wordings[0].reason for fact in report.facts]
    assert reasons[0].startswith("the base model cannot write this answer")
    assert "after 1 training steps" in reasons[1]
    assert report.recalled == 0


def test_the_same_seed_gives_the_same_bits(
    make_backbone: Callable, make_memory: Memories, make_facts: Facts
) -> None:
    facts = make_facts(5)
    memories = [make_memory(make_backbone("llama"), facts) for _ in range(2)]
    reports = [tune(memory, facts, str) for memory in memories]
    assert reports[0] == reports[1]
    assert memories[0].router.hash == memories[1].router.hash
    banks = [memory.bank.flat() for memory in memories]
    assert torch.equal(banks[0].ids, banks[1].ids)
    assert all(torch.equal(*rows) for rows in zip(*(bank.rows for bank in banks), strict=True))


@pytest.mark.parametrize("stage", ["memorise", "verify"])
def test_an_interrupted_tune_leaves_the_memory_as_it_was(
    stage: str, make_backbone: Callable, make_memory: Memories, make_facts: Facts
) -> None:
    facts = make_facts(4, 1)
    memory = make_memory(make_backbone("llama"), facts)
    tune(memory, facts[:2], str)
    before = (
        memory.bank,
        memory.facts,
        memory.known,
        memory.report,
        [rows.clone() for rows in memory.bank.flat().rows],
    )

    def interrupt(progress: TuneProgress) -> None:
        if progress.stage == stage:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tune(memory, facts, str, progress=interrupt)
    assert (memory.bank, memory.facts, memory.known, memory.report) == before[:4]
    after = memory.bank.flat().rows
    assert all(torch.equal(old, new) for old, new in zip(before[4], after, strict=True))
