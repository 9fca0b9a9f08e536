"""Fitting the router to prompts, and settling experts so that others can be trained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from peft import PeftModel, get_peft_model

from mome.errors import BackboneError
from mome.peft_tuner import fit_router, settle


def test_a_fitted_router_is_saved_with_its_threshold(
    llama: Any, facts: Any, tmp_path: Path
) -> None:
    model = get_peft_model(llama.model(), llama.config())
    before = model.get_base_model().mome.router("default")
    fit_router(model, llama.encode, [[fact.text] for fact in facts])
    fitted = model.get_base_model().mome.router("default")
    assert fitted.hash != before.hash
    assert fitted.threshold != before.threshold
    model.save_pretrained(tmp_path)
    loaded = PeftModel.from_pretrained(llama.model(), tmp_path).get_base_model()
    assert loaded.mome.router("default").hash == fitted.hash


def test_a_trained_memory_keeps_its_router(trained_llama: Any) -> None:
    with pytest.raises(BackboneError, match="trained already"):
        fit_router(trained_llama.model, trained_llama.subject.encode, [["one"]])


@pytest.mark.parametrize("call", [lambda model: fit_router(model, dict, [["one"]]), settle])
def test_the_error_for_a_model_without_a_memory_says_how_to_make_one(llama: Any, call: Any) -> None:
    with pytest.raises(BackboneError, match="get_peft_model"):
        call(llama.model())


def test_after_settling_more_facts_are_trained_and_the_first_ones_stay(
    trained_llama: Any, untrained_facts: Any, tmp_path: Path
) -> None:
    subject = trained_llama.subject
    facts = [*trained_llama.facts, *untrained_facts]
    model = PeftModel.from_pretrained(subject.model(), trained_llama.folder, is_trainable=True)
    settle(model)
    assert not len(model.get_base_model().mome.adapters["default"].staged)
    subject.trainer(model, facts, tmp_path, per_device_train_batch_size=8).train()
    model.eval()
    assert subject.answers(model, facts) == [fact.answer for fact in facts]
