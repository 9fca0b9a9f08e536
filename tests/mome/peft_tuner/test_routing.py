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
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many questions each reading of a prompt had."""
    found: list[int] = []
    read = routing.question_states

    def counted(model: Any, inputs: Any) -> torch.Tensor:
        states = read(model, inputs)
        found.append(len(states))
        return states

    monkeypatch.setattr(routing, "question_states", counted)
    return found


@pytest.mark.parametrize("options", [{}, {"use_cache": False}, {"num_beams": 2}])
def test_a_generate_reads_its_prompt_once(
    trained_llama: Any, asked: list[int], options: dict[str, Any]
) -> None:
    trained_llama.subject.written(trained_llama.model, trained_llama.facts, **options)
    assert len(asked) == 1


def test_without_a_scope_the_cache_tells_what_goes_on(trained_llama: Any, asked: list[int]) -> None:
    model = trained_llama.subject.model()
    model.load_adapter(str(trained_llama.folder))
    trained_llama.subject.written(model, trained_llama.facts)
    trained_llama.subject.written(model, trained_llama.facts[:1])
    assert asked == [len(trained_llama.facts), 1]


def test_no_route_stays_in_force(trained_llama: Any) -> None:
    trained_llama.subject.logits(trained_llama.model, trained_llama.facts)
    assert ACTIVE.get() is None and routing.ENTERED.get() == ()
    with pytest.raises((RuntimeError, IndexError, RouteMismatch)):
        trained_llama.model(input_ids=torch.tensor([[1000]]))
    assert ACTIVE.get() is None and routing.ENTERED.get() == ()


def test_in_training_every_question_is_learnt_and_only_its_experts_get_gradients(
    llama: Any, facts: Any
) -> None:
    model = get_peft_model(llama.model(), llama.config()).train()
    experts = model.get_base_model().mome.adapters["default"]
    model(**llama.batch(facts[:2])).loss.backward()
    first = experts.staged
    model(**llama.batch(facts[:2])).loss.backward()
    assert torch.equal(experts.staged, first) and len(experts.known) == 2
    model.zero_grad()
    model(**llama.batch(facts[2:])).loss.backward()
    assert len(experts.known) == len(facts)
    pulled = {int(experts.staged[row]) for row in experts.table[0].grad.any(1).nonzero().squeeze(1)}
    assert pulled and pulled <= _experts_of(model, llama, facts[2:])
    assert all(
        parameter.grad is None
        for name, parameter in model.named_parameters()
        if ".tables." not in name
    )


def _experts_of(model: Any, subject: Any, facts: Any) -> set[int]:
    """Return the ids of the experts to which the prompts of `facts` are routed."""
    base = model.get_base_model()
    queries = base.mome.router("default").query(
        routing.question_states(base, subject.prompts(facts))
    )
    config = base.mome.configs["default"]
    ids, _ = base.mome.router("default").select(
        queries, top_k=config.top_k, temperature=config.temperature
    )
    return set(ids.flatten().tolist())


def test_gradient_checkpointing_is_refused(llama: Any, facts: Any) -> None:
    model = get_peft_model(llama.model(), llama.config()).train()
    model.get_base_model().activation_checkpointing_enable()
    with pytest.raises(BackboneError, match="gradient checkpointing"):
        model(**llama.batch(facts))


def test_threads_do_not_meet(trained_llama: Any) -> None:
    subject, facts = trained_llama.subject, trained_llama.facts
    found: dict[int, list[tuple[int, ...]]] = {}

    def ask(index: int) -> None:
        found[index] = subject.written(trained_llama.model, [facts[index]])

    threads = [Thread(target=ask, args=(index,)) for index in range(len(facts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[index] for index in range(len(facts))] == [[fact.answer] for fact in facts]
