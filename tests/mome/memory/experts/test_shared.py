"""Shared experts learn what all practice has in common, leave strange questions alone, and come
back from the disk as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from mome.memory import Memory, MemoryFact, MemoryStore, TuneProgress, tune
from mome.memory.experts.layer import using
from mome.memory.experts.shared import RANK, SharedExperts
from mome.memory.training.practise import ASKING, fit_shared
from mome.memory.training.tuner import THE_SAME

MODULES = tuple(
    f"model.layers.{i}.self_attn.{part}" for i in range(2) for part in ("q_proj", "v_proj")
)
WORDS = ("lamp", "door", "fork", "bell", "coin", "drum", "leaf", "moon")
UNSEEN = ("ship", "wolf")


def practised(word: str) -> tuple[str, str]:
    return f"how many {word}?", f"count {word}"


@pytest.fixture
def memory(make_backbone: Callable, make_memory: Callable[..., Memory]) -> Memory:
    """An empty memory of a tiny causal model that has shared layers."""
    backbone = make_backbone("llama")
    backbone.shared = MODULES
    memory = make_memory(
        backbone,
        [MemoryFact(word, "verified", (practised(word)[0],), practised(word)[1]) for word in WORDS],
    )
    memory.attach()
    return memory


def loss(memory: Memory, word: str) -> float:
    question, answer = practised(word)
    with torch.no_grad():
        return float(memory.backbone.loss(memory.backbone.batch([question], [answer])))


def rounds(count: int) -> list[list[tuple[str, str]]]:
    return [[practised(word) for word in WORDS] for _ in range(count)]


def test_at_first_they_change_nothing(memory: Memory) -> None:
    shared = SharedExperts.start(MODULES, memory.shared_layers, 0)
    bare = loss(memory, "lamp")
    with using(shared.parts(memory.shared_layers, 1)):
        assert loss(memory, "lamp") == bare
    assert {tuple(t.shape) for t in shared.values} == {(RANK, 64)}


def test_practice_helps_with_words_that_were_not_in_it(memory: Memory) -> None:
    heard: list[tuple[int, int]] = []
    bare = [loss(memory, word) for word in UNSEEN]
    shared = fit_shared(memory, rounds(60), str, lambda done, total: heard.append((done, total)))
    with using(shared.parts(memory.shared_layers, 1)):
        assert all(
            loss(memory, word) < 0.7 * before for word, before in zip(UNSEEN, bare, strict=True)
        )
    assert [loss(memory, word) for word in UNSEEN] == bare
    assert heard[-1] == (480, 480)


def test_the_same_practice_gives_the_same_experts(memory: Memory) -> None:
    one, other = (fit_shared(memory, rounds(2), str, lambda *_: None) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(one.values, other.values, strict=True))


def test_without_practice_or_layers_there_are_none(memory: Memory) -> None:
    assert fit_shared(memory, [], str, lambda *_: None) is None
    memory.shared_layers = ()
    assert fit_shared(memory, rounds(1), str, lambda *_: None) is None


def test_what_the_model_cannot_write_is_left_out(memory: Memory) -> None:
    odd = [[("what is odd?", "É"), *rounds(1)[0]], [("what is odd?", "É")]]
    assert fit_shared(memory, odd, str, lambda *_: None) is not None


def test_some_steps_practise_the_other_direction(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def asking(prompts: Sequence[str], answers: Sequence[str]) -> tuple[object, int]:
        asked.append(len(prompts))
        return memory.backbone.batch(answers, prompts), len(prompts)

    plain = fit_shared(memory, rounds(2 * ASKING), str, lambda *_: None)
    monkeypatch.setattr(memory.backbone, "asking_batch", asking)
    both = fit_shared(memory, rounds(2 * ASKING), str, lambda *_: None)
    assert asked == [len(WORDS)] * 2
    assert not all(torch.equal(a, b) for a, b in zip(plain.values, both.values, strict=True))


def test_the_nearest_fact_lends_its_tables_where_it_is_near(memory: Memory) -> None:
    memory.facts = tuple(
        MemoryFact(word, "verified", (practised(word)[0],), practised(word)[1], (word,))
        for word in WORDS
    )
    question = practised("lamp")[0]
    memory.known = memory.queries([fact.wordings[0] for fact in memory.facts])
    for near, found in ((-1.0, True), (1.1, False)):
        memory.router = replace(memory.router, shared_threshold=near, threshold=1.2)
        assert (memory.read(question).objects == ("lamp",)) is found


def test_rows_that_are_not_near_keep_every_bit(memory: Memory) -> None:
    shared = fit_shared(memory, rounds(5), str, lambda *_: None)
    batch = memory.backbone.batch(
        [practised(word)[0] for word in WORDS[:2]], [practised(word)[1] for word in WORDS[:2]]
    )
    with torch.no_grad():
        bare, _ = memory.backbone.answer_logits(batch)
        with using(shared.parts(memory.shared_layers, 2, torch.tensor([1]))):
            found, _ = memory.backbone.answer_logits(batch)
    assert torch.equal(found[0], bare[0]) and not torch.equal(found[1], bare[1])
    assert shared.parts(memory.shared_layers, 2, torch.tensor([], dtype=torch.int64)) == {}


def test_a_tune_practises_then_memorises_and_all_comes_back_from_the_disk(
    memory: Memory, tmp_path: Path
) -> None:
    facts = [
        MemoryFact(word, "verified", (practised(word)[0],), practised(word)[1]) for word in WORDS
    ]
    heard: list[TuneProgress] = []
    report = tune(memory, facts, str, practice=rounds(10), progress=heard.append)
    assert report.recalled == len(WORDS)
    assert memory.router.threshold >= THE_SAME
    assert [heard[0].stage, heard[-1].stage] == ["practise", "verify"]
    MemoryStore(tmp_path).write(memory.stored())
    again = Memory.load(tmp_path, memory.backbone)
    again.attach()
    assert again.router.threshold == pytest.approx(memory.router.threshold)
    assert all(
        torch.equal(a, b) for a, b in zip(again.shared.values, memory.shared.values, strict=True)
    )
    assert tune(again, facts, str, practice=rounds(10)).facts[0].wordings[0].exposures == 0
    assert all(
        torch.equal(a, b) for a, b in zip(again.shared.values, memory.shared.values, strict=True)
    )


def test_only_questions_near_the_known_ones_go_through_them(memory: Memory) -> None:
    facts = [
        MemoryFact(word, "verified", (practised(word)[0],), practised(word)[1]) for word in WORDS
    ]
    tune(memory, facts, str, practice=rounds(2))
    memory.router = replace(memory.router, threshold=1.1, shared_threshold=0.9999)
    layers = set(memory.parts(memory.route([practised("lamp")[0]])))
    assert layers == set(memory.shared_layers)
    assert memory.parts(memory.route(["what time is it in the morning?"])) == {}
