"""A question's route is found once, is in force for all its tokens, and is gone afterwards."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest
import torch
from peft import get_peft_model

from mome.errors import BackboneError
from mome.memory.experts.layer import ACTIVE, RouteMismatch
from mome.peft_tuner import routing


@pytest.fixture
def batch_sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list to which each call of `question_states` adds its number of questions."""
    sizes: list[int] = []
    original = routing.question_states

    def counted(model: Any, inputs: Any) -> torch.Tensor:
        states = original(model, inputs)
        sizes.append(len(states))
        return states

    monkeypatch.setattr(routing, "question_states", counted)
    return sizes


@pytest.mark.parametrize("options", [{}, {"use_cache": False}, {"num_beams": 2}])
def test_a_generate_reads_its_prompt_once(
    trained_llama: Any, batch_sizes: list[int], options: dict[str, Any]
) -> None:
    trained_llama.subject.answers(trained_llama.model, trained_llama.facts, **options)
    assert len(batch_sizes) == 1


def test_without_a_scope_later_steps_are_recognised_by_the_cache(
    trained_llama: Any, batch_sizes: list[int]
) -> None:
    model = trained_llama.subject.model()
    model.load_adapter(str(trained_llama.folder))
    trained_llama.subject.answers(model, trained_llama.facts)
    trained_llama.subject.answers(model, trained_llama.facts[:1])
    assert batch_sizes == [len(trained_llama.facts), 1]


def test_no_route_stays_in_force(trained_llama: Any) -> None:
    trained_llama.subject.logits(trained_llama.model, trained_llama.facts)
    assert ACTIVE.get() is None
    assert routing.ENTERED.get() == ()
    with pytest.raises((RuntimeError, IndexError, RouteMismatch)):
        trained_llama.model(input_ids=torch.tensor([[1000]]))
    assert ACTIVE.get() is None
    assert routing.ENTERED.get() == ()


def test_in_training_every_question_becomes_known_and_only_its_experts_get_gradients(
    llama: Any, facts: Any
) -> None:
    model = get_peft_model(llama.model(), llama.config()).train()
    experts = model.get_base_model().mome.adapters["default"]
    model(**llama.batch(facts[:2])).loss.backward()
    first = experts.staged
    model(**llama.batch(facts[:2])).loss.backward()
    assert torch.equal(experts.staged, first)
    assert len(experts.known) == 2
    model.zero_grad()
    model(**llama.batch(facts[2:])).loss.backward()
    assert len(experts.known) == len(facts)
    rows = experts.table[0].grad.any(1).nonzero().squeeze(1)
    with_gradient = set(experts.staged[rows].tolist())
    assert with_gradient
    assert with_gradient <= _experts_of(model, llama, facts[2:])
    for name, parameter in model.named_parameters():
        assert ".tables." in name or parameter.grad is None


def _experts_of(model: Any, subject: Any, facts: Any) -> set[int]:
    """Return the ids of the experts to which the prompts of `facts` are routed."""
    base = model.get_base_model()
    router = base.mome.router("default")
    config = base.mome.configs["default"]
    queries = router.query(routing.question_states(base, subject.prompts(facts)))
    ids, _ = router.select(queries, top_k=config.top_k, temperature=config.temperature)
    return set(ids.flatten().tolist())


def test_gradient_checkpointing_is_refused(llama: Any, facts: Any) -> None:
    model = get_peft_model(llama.model(), llama.config()).train()
    model.get_base_model().activation_checkpointing_enable()
    with pytest.raises(BackboneError, match="gradient checkpointing"):
        model(**llama.batch(facts))


def test_threads_have_their_own_routes(trained_llama: Any) -> None:
    subject, facts = trained_llama.subject, trained_llama.facts
    answers: dict[int, list[tuple[int, ...]]] = {}

    def answer(index: int) -> None:
        answers[index] = subject.answers(trained_llama.model, [facts[index]])

    threads = [Thread(target=answer, args=(index,)) for index in range(len(facts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answers[index] for index in range(len(facts))] == [[fact.answer] for fact in facts]
