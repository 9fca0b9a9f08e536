"""The state of a prompt does not depend on what follows it, on its batch or on dropout."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from mome.errors import BackboneError
from mome.peft_tuner.questions import question_states, state_width


def test_a_prompt_has_the_same_state_alone_in_a_batch_and_before_its_answer(
    subject: Any, facts: Any
) -> None:
    model = subject.model()
    alone = torch.cat([question_states(model, subject.prompts([fact])) for fact in facts])
    assert alone.shape == (len(facts), state_width(model))
    assert torch.allclose(question_states(model, subject.prompts(facts)), alone, atol=1e-4)
    assert torch.allclose(question_states(model, subject.batch(facts)), alone, atol=1e-4)


def test_dropout_does_not_change_the_state(make_subject: Any, facts: Any) -> None:
    subject = make_subject("t5")
    model = subject.model()
    inputs = subject.prompts(facts)
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.5
    states = question_states(model, inputs)
    assert torch.equal(question_states(model.train(), inputs), states)
    assert all(module.training for module in model.modules())


def test_given_encoder_outputs_are_used(make_subject: Any, facts: Any) -> None:
    subject = make_subject("t5")
    model = subject.model()
    inputs = subject.prompts(facts)
    with torch.no_grad():
        outputs = model.get_encoder()(**inputs)
    encoded = {"encoder_outputs": outputs, "attention_mask": inputs["attention_mask"]}
    assert torch.equal(question_states(model, encoded), question_states(model, inputs))


def test_labels_on_all_tokens_are_refused(llama: Any, facts: Any) -> None:
    batch = llama.batch(facts)
    with pytest.raises(BackboneError, match="set them to -100"):
        question_states(llama.model(), batch | {"labels": batch["input_ids"]})
