"""A memory works through PEFT's and transformers' own calls on every kind of model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel, get_peft_model

from mome.errors import BackboneError

pytestmark = pytest.mark.filterwarnings("ignore:Version v4.12.0 introduces:FutureWarning")
"""transformers warns at every loss of an encoder-decoder that is made of two models."""


def test_training_lowers_the_loss_and_greedy_decoding_recalls_the_facts(trained: Any) -> None:
    assert trained.losses[-1] < 0.5 * trained.losses[0]
    for fact in trained.facts:
        assert trained.subject.answers(trained.model, [fact]) == [fact.answer]


def test_a_batch_and_beam_search_give_the_same_answers(trained: Any) -> None:
    subject, model, facts = trained.subject, trained.model, trained.facts
    assert subject.answers(model, facts) == trained.answers
    assert subject.answers(model, facts, num_beams=3) == trained.answers


def test_decoding_without_a_cache_keeps_the_route(trained: Any) -> None:
    answers = trained.subject.answers(trained.model, trained.facts, use_cache=False)
    assert answers == trained.answers


def test_an_untrained_memory_changes_nothing(subject: Any, facts: Any) -> None:
    base = subject.model()
    model = get_peft_model(subject.model(), subject.config()).eval()
    assert torch.equal(subject.logits(model, facts), subject.logits(base, facts))


def test_untrained_facts_get_the_bits_of_the_base_model(trained: Any, untrained_facts: Any) -> None:
    subject = trained.subject
    base = subject.model()
    expected = subject.logits(base, untrained_facts)
    assert torch.equal(subject.logits(trained.model, untrained_facts), expected)
    answers = subject.answers(trained.model, untrained_facts)
    assert answers == subject.answers(base, untrained_facts)


def test_a_disabled_adapter_gives_the_bits_of_the_base_model(trained: Any) -> None:
    subject, model, facts = trained.subject, trained.model, trained.facts
    base = subject.logits(subject.model(), facts)
    routed = subject.logits(model, facts)
    with model.disable_adapter():
        assert torch.equal(subject.logits(model, facts), base)
    assert torch.equal(subject.logits(model, facts), routed)
    assert not torch.equal(routed, base)


def test_peft_loads_what_it_saved(trained: Any) -> None:
    subject, facts = trained.subject, trained.facts
    loaded = PeftModel.from_pretrained(subject.model(), trained.folder)
    assert not any(parameter.requires_grad for parameter in loaded.parameters())
    assert torch.equal(subject.logits(loaded, facts), subject.logits(trained.model, facts))
    assert subject.answers(loaded, facts) == trained.answers


def test_transformers_loads_what_peft_saved(trained: Any, untrained_facts: Any) -> None:
    subject, facts = trained.subject, trained.facts
    base = subject.model()
    model = subject.model()
    model.load_adapter(str(trained.folder))
    assert torch.equal(subject.logits(model, facts), subject.logits(trained.model, facts))
    assert subject.answers(model, facts) == trained.answers
    assert subject.answers(model, facts, num_beams=3) == trained.answers
    assert subject.answers(model, untrained_facts) == subject.answers(base, untrained_facts)
    model.disable_adapters()
    assert torch.equal(subject.logits(model, facts), subject.logits(base, facts))


def test_a_resumed_training_ends_with_the_weights_of_an_uninterrupted_one(
    subject: Any, facts: Any, tmp_path: Path
) -> None:
    options = {
        "max_steps": 6,
        "per_device_train_batch_size": 2,
        "save_strategy": "steps",
        "save_steps": 2,
    }
    uninterrupted = get_peft_model(subject.model(), subject.config())
    subject.trainer(uninterrupted, facts, tmp_path, **options).train()
    resumed = get_peft_model(subject.model(), subject.config())
    trainer = subject.trainer(resumed, facts, tmp_path, **options)
    trainer.train(resume_from_checkpoint=str(tmp_path / "checkpoint-2"))
    expected = uninterrupted.get_base_model().mome.adapters["default"]
    experts = resumed.get_base_model().mome.adapters["default"]
    assert torch.equal(experts.staged, expected.staged)
    assert torch.equal(experts.known, expected.known)
    for rows, expected_rows in zip(experts.table, expected.table, strict=True):
        assert torch.equal(rows, expected_rows)
    assert experts.table[0].any()


@pytest.mark.parametrize("kind", ["llama", "t5"])
def test_trainer_trains_an_adapter_that_transformers_added(
    make_subject: Any, kind: str, facts: Any, tmp_path: Path
) -> None:
    subject = make_subject(kind)
    model = subject.model()
    model.add_adapter(subject.config())
    subject.trainer(model, facts, tmp_path / "trainer").train()
    model.eval().save_pretrained(tmp_path / "saved")
    assert subject.answers(model, facts) == [fact.answer for fact in facts]
    loaded = subject.model()
    loaded.load_adapter(str(tmp_path / "saved"))
    assert torch.equal(subject.logits(loaded, facts), subject.logits(model, facts))


@pytest.mark.parametrize(
    ("kind", "targets", "message"),
    [
        ("llama", ["down_proj", "nothing"], "has no module nothing"),
        ("llama", ["embed_tokens"], "not a linear layer"),
        ("t5", ["encoder.block.0.layer.1.DenseReluDense.wo"], "layer of the encoder"),
        ("t5", "all-linear", "layer of the encoder"),
    ],
)
def test_a_module_that_cannot_hold_a_memory_is_refused_in_one_line(
    make_subject: Any, kind: str, targets: Any, message: str
) -> None:
    subject = make_subject(kind)
    with pytest.raises(BackboneError, match=message) as refused:
        get_peft_model(subject.model(), subject.config(target_modules=targets))
    assert "\n" not in str(refused.value)


def test_the_default_targets_are_feed_forward_outputs_of_the_last_layers(
    make_subject: Any,
) -> None:
    subject = make_subject("llama")
    model = get_peft_model(subject.model(), subject.config())
    assert model.targeted_module_names == ["model.layers.1.mlp.down_proj"]
