"""Off its domain a memory changes no bit; on it every question, batch and beam goes through its own
experts.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch

from mome.errors import BackboneError
from mome.memory import Memory, MemoryConfig, MemoryFact, question_states
from mome.memory.experts.layer import ACTIVE
from mome.memory.routing.router import PlainWords

STRANGE = ["zzzzzz zzzzzz zzzz zzzzzz", "0 0 0 0 0 0 0 0 0", "????????"]


def logits(tuned: Any, questions: list[str]) -> torch.Tensor:
    backbone = tuned.memory.backbone
    with torch.no_grad():
        return backbone.answer_logits(backbone.batch(questions, ["abc"] * len(questions)))[0]


def test_strange_questions_are_not_routed_and_keep_every_bit(tuned: Any) -> None:
    bare = logits(tuned, STRANGE)
    with tuned.memory.routed(STRANGE) as route:
        assert not route.hit.any()
        assert torch.equal(logits(tuned, STRANGE), bare)


def test_an_attached_memory_without_a_route_changes_no_bit(
    tuned: Any, make_backbone: Callable
) -> None:
    other = make_backbone("llama")
    questions = [tuned.facts[0].wordings[0]]
    with torch.no_grad():
        bare = other.answer_logits(other.batch(questions, ["abc"]))[0]
    assert torch.equal(logits(tuned, questions), bare)


def test_strange_questions_keep_every_bit_beside_known_ones(tuned: Any) -> None:
    questions = [STRANGE[0], tuned.facts[0].wordings[0], STRANGE[1]]
    bare = logits(tuned, questions)
    with tuned.memory.routed(questions) as route:
        found = logits(tuned, questions)
    assert route.hit.tolist() == [False, True, False]
    assert torch.equal(found[[0, 2]], bare[[0, 2]])
    assert not torch.equal(found[1], bare[1])


def test_a_known_question_has_one_route_in_any_company(tuned: Any) -> None:
    memory, question = tuned.memory, tuned.facts[3].wordings[1]
    alone = memory.route([question])
    beside = memory.route([STRANGE[0], question])
    assert alone.score[0] > 0.999
    assert torch.equal(alone.ids[0], beside.ids[1])
    assert torch.allclose(alone.gates[0], beside.gates[1])
    assert set(alone.ids[0].tolist()) <= set(memory.facts[3].experts)


def test_beams_go_through_the_experts_of_their_question(tuned: Any) -> None:
    questions = [fact.wordings[0] for fact in tuned.facts[:5]]
    with torch.no_grad(), tuned.memory.routed(questions):
        found = tuned.memory.backbone.generate(questions, beams=3)
    assert [candidates[0].answer for candidates in found] == [
        fact.answer for fact in tuned.facts[:5]
    ]
    assert all(len(candidates) == 3 for candidates in found)


def test_the_nearest_facts_come_best_first_and_once(tuned: Any) -> None:
    found = tuned.memory.nearest(tuned.facts[7].wordings[1], 3)
    assert found[0][0].id == "f7"
    assert found[0][1] > 0.999
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert len({fact.id for fact, _ in found}) == 3


def test_wordings_are_encoded_in_large_batches_though_the_cache_is_small(
    make_backbone: Callable, make_facts: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question_states, "KEPT", 8)
    backbone, sizes = make_backbone("llama"), []
    real = backbone.question_state

    def counted(questions: Sequence[str]) -> torch.Tensor:
        sizes.append(len(questions))
        return real(questions)

    backbone.question_state = counted
    Memory.create(backbone, MemoryConfig(), [fact.wordings for fact in make_facts(40)])
    assert set(sizes[:-1]) == {question_states.BATCH}
    assert sizes[-1] <= question_states.BATCH


def test_threads_have_routes_of_their_own(tuned: Any) -> None:
    seen: list[object] = []
    with tuned.memory.routed([tuned.facts[0].wordings[0]]):
        thread = threading.Thread(target=lambda: seen.append(ACTIVE.get()))
        thread.start()
        thread.join()
        assert ACTIVE.get()
    assert seen == [None]
    assert ACTIVE.get() is None


def test_an_empty_memory_routes_nothing(
    make_backbone: Callable, make_memory: Callable[..., Memory]
) -> None:
    memory = make_memory(make_backbone("t5"), [])
    memory.attach()
    with memory.routed(["how many?"]) as route:
        assert not route.hit.any()
        assert route.ids.shape == (1, 32)
    assert memory.nearest("how many?", 3) == []


def test_detaching_gives_the_model_back(
    make_backbone: Callable, make_memory: Callable[..., Memory]
) -> None:
    backbone = make_backbone("llama")
    before = dict(backbone.model.named_modules())
    memory = make_memory(backbone, [])
    memory.attach()
    memory.attach()
    memory.detach()
    assert dict(backbone.model.named_modules()) == before
    with pytest.raises(RuntimeError, match="attach"):
        _ = memory.layers


def test_a_model_without_linear_maps_is_refused(
    make_backbone: Callable, make_memory: Callable[..., Memory]
) -> None:
    backbone = make_backbone("t5")
    backbone._modules = ("shared",)
    with pytest.raises(BackboneError, match="shared .* Embedding"):
        make_memory(backbone, [], MemoryConfig())


class Explained(PlainWords):
    def unexplained(self, question: str) -> frozenset[str]:
        return super().unexplained(question) - {"wombat"}

    def named(self, question: str) -> frozenset[str]:
        return super().named(question) | super().unexplained(question) & {"wombat"}


def test_a_question_that_names_what_a_fact_has_nothing_to_do_with_is_not_that_fact(
    tuned: Any,
) -> None:
    memory, known = copy.copy(tuned.memory), tuned.facts[0].wordings[0]
    memory.router = replace(memory.router, threshold=-1.0)
    asked = [known, f"{known} please", f"{known} of wombats", f"{known} above 7"]
    assert memory.route(asked).hit.tolist() == [True, True, True, False]
    memory.words = Explained()
    route = memory.route(asked)
    assert route.hit.tolist() == [True, True, False, False] and torch.equal(
        route.ids[0], route.ids[1]
    )
    memory.facts = (
        memory.facts[0],
        *(replace(fact, objects=("wombats.weight",)) for fact in memory.facts[1:]),
    )
    route = memory.route(asked)
    assert route.hit.tolist() == [True, True, True, False] and not torch.equal(
        route.ids[0], route.ids[2]
    )


def test_a_question_that_does_not_name_the_value_of_a_fact_is_not_that_fact(tuned: Any) -> None:
    memory = copy.copy(tuned.memory)
    memory.router = replace(memory.router, threshold=-1.0)
    memory.known = memory.queries(["books of Bessie"])
    for value, hits in (("Bessie", [True, True, False]), ("code seven", [True, True, True])):
        memory.facts = (
            MemoryFact(
                "f",
                "verified",
                ("books of Bessie",),
                f"SELECT title FROM book WHERE reader = '{value}'",
            ),
        )
        assert (
            memory.route(["books of Bessie", "the books of Bessie", "books of others"]).hit.tolist()
            == hits
        )


def test_foreign_words_are_those_that_no_wording_and_nothing_in_the_database_has(
    tuned: Any,
) -> None:
    memory, known = tuned.memory, tuned.facts[0].wordings[0]
    questions = [
        known,
        known.upper(),
        f"{known} wombats",
        "which wombats eat 20 ferns",
        f"{known} except one wombat overall",
    ]
    assert memory.foreign(questions).tolist() == [0, 0, 1, 3, 1]
    explained = copy.copy(memory)
    explained.words = Explained()
    assert explained.foreign(questions).tolist() == [0, 0, 0, 2, 0]
    assert float(memory.route([f"{known} wombats"]).score) < float(
        explained.route([f"{known} wombats"]).score
    )


def test_only_a_question_near_a_fact_recalls_its_answer(tuned: Any) -> None:
    fact = tuned.memory.facts[0]
    known = tuned.memory.read(fact.wordings[0])
    assert known.recalls(fact.answer)
    assert not known.recalls("SELECT 1")
    assert not known.recalls(None)
    assert not tuned.memory.read(STRANGE[0]).recalls(fact.answer)
