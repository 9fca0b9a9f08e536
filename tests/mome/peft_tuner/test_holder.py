"""The holder moves, copies and unloads with its model; its routers stay as they are."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from peft import PeftModel, get_peft_model

from mome.errors import BackboneError
from mome.memory.config import MemoryConfig
from mome.peft_tuner.holder import random_router


def test_a_router_keeps_its_bits_when_the_model_changes_its_type(llama: Any) -> None:
    model = get_peft_model(llama.model(), llama.config())
    holder = model.get_base_model().mome
    before = holder.router("default").hash
    model.half()
    assert holder.router("default").hash == before


def test_a_random_router_depends_on_the_seed_alone() -> None:
    first, same, other = (
        random_router(MemoryConfig(experts=2**10, seed=seed), 32) for seed in (1, 1, 2)
    )
    assert first.hash == same.hash
    assert first.hash != other.hash


def test_a_copied_model_has_its_own_memory(trained_llama: Any) -> None:
    copied = copy.deepcopy(trained_llama.model)
    holder = copied.get_base_model().mome
    assert holder is not trained_llama.model.get_base_model().mome
    assert copied.peft_config["default"].holder is holder
    assert holder.adapters["default"].table is holder.tables["default"]
    answers = trained_llama.subject.answers(copied, trained_llama.facts)
    assert answers == trained_llama.answers


def test_unloading_leaves_the_bare_model(trained_llama: Any) -> None:
    subject, facts = trained_llama.subject, trained_llama.facts
    bare = PeftModel.from_pretrained(subject.model(), trained_llama.folder).unload()
    base = subject.model()
    assert [name for name, _ in bare.named_modules()] == [name for name, _ in base.named_modules()]
    assert torch.equal(subject.logits(bare, facts), subject.logits(base, facts))


def test_a_model_in_half_precision_recalls_too(trained_llama: Any) -> None:
    subject = trained_llama.subject
    model = PeftModel.from_pretrained(subject.model().to(torch.bfloat16), trained_llama.folder)
    assert subject.answers(model, trained_llama.facts) == trained_llama.answers


@pytest.mark.parametrize("trainable", [False, True])
def test_a_model_loads_with_low_memory_use(trained_llama: Any, trainable: bool) -> None:
    subject = trained_llama.subject
    options = {"low_cpu_mem_usage": True, "is_trainable": trainable}
    model = PeftModel.from_pretrained(subject.model(), trained_llama.folder, **options)
    assert subject.answers(model.eval(), trained_llama.facts) == trained_llama.answers


def test_two_memories_cannot_answer_at_once(llama: Any, facts: Any) -> None:
    model = get_peft_model(llama.model(), llama.config())
    model.add_adapter("second", llama.config())
    model.base_model.set_adapter(["default", "second"])
    with pytest.raises(BackboneError, match="one memory answers at a time"):
        llama.logits(model, facts)
