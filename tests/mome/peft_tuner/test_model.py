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
        assert trained.subject.written(trained.model, [fact]) == [fact.answer]


def test_a_batch_and_beams_give_what_one_question_gives(trained: Any) -> None:
    answers = [fact.answer for fact in trained.facts]
    assert trained.subject.written(trained.model, trained.facts) == answers
    assert trained.subject.written(trained.model, trained.facts, num_beams=3) == answers


def test_decoding_without_a_cache_keeps_the_route(trained: Any) -> None:
    if trained.subject.kind != "bundled":
        assert trained.subject.written(trained.model, trained.facts, use_cache=False) == [
            fact.answer for fact in trained.facts
        ]


def test_an_untrained_memory_changes_nothing(subject: Any, facts: Any) -> None:
    base = subject.logits(subject.model(), facts)
    assert torch.equal(
        subject.logits(get_peft_model(subject.model(), subject.config()).eval(), facts), base
    )


def test_strangers_get_the_bits_of_the_base_model(trained: Any, strangers: Any) -> None:
    base = trained.subject.model()
    assert torch.equal(
        trained.subject.logits(trained.model, strangers), trained.subject.logits(base, strangers)
    )
    assert trained.subject.written(trained.model, strangers) == trained.subject.written(
        base, strangers
    )


def test_switched_off_it_has_the_bits_of_the_base_model(trained: Any) -> None:
    base = trained.subject.logits(trained.subject.model(), trained.facts)
    routed = trained.subject.logits(trained.model, trained.facts)
    with trained.model.disable_adapter():
        assert torch.equal(trained.subject.logits(trained.model, trained.facts), base)
    assert torch.equal(trained.subject.logits(trained.model, trained.facts), routed)
    assert not torch.equal(routed, base)


def test_peft_loads_what_it_saved(trained: Any) -> None:
    loaded = PeftModel.from_pretrained(trained.subject.model(), trained.folder)
    assert not any(parameter.requires_grad for parameter in loaded.parameters())
    assert torch.equal(
        trained.subject.logits(loaded, trained.facts),
        trained.subject.logits(trained.model, trained.facts),
    )
    assert trained.subject.written(loaded, trained.facts) == [fact.answer for fact in trained.facts]


def test_transformers_loads_what_peft_saved(trained: Any, strangers: Any) -> None:
    model, base = trained.subject.model(), trained.subject.model()
    model.load_adapter(str(trained.folder))
    assert torch.equal(
        trained.subject.logits(model, trained.facts),
        trained.subject.logits(trained.model, trained.facts),
    )
    answers = [fact.answer for fact in trained.facts]
    assert trained.subject.written(model, trained.facts) == answers
    assert trained.subject.written(model, trained.facts, num_beams=3) == answers
    assert trained.subject.written(model, strangers) == trained.subject.written(base, strangers)
    model.disable_adapters()
    assert torch.equal(
        trained.subject.logits(model, trained.facts), trained.subject.logits(base, trained.facts)
    )


def test_a_resumed_training_ends_with_the_weights_of_an_uninterrupted_one(
    subject: Any, facts: Any, tmp_path: Path
) -> None:
    options = {
        "max_steps": 6,
        "per_device_train_batch_size": 2,
        "save_strategy": "steps",
        "save_steps": 2,
    }
    whole = get_peft_model(subject.model(), subject.config())
    subject.trainer(whole, facts, tmp_path, **options).train()
    resumed = get_peft_model(subject.model(), subject.config())
    subject.trainer(resumed, facts, tmp_path, **options).train(
        resume_from_checkpoint=str(tmp_path / "checkpoint-2")
    )
    one, other = (model.get_base_model().mome.adapters["default"] for model in (whole, resumed))
    assert torch.equal(one.staged, other.staged) and torch.equal(one.known, other.known)
    assert all(torch.equal(a, b) for a, b in zip(one.table, other.table, strict=True))
    assert one.table[0].any()


@pytest.mark.parametrize("kind", ["llama", "t5"])
def test_trainer_trains_an_adapter_of_transformers_own(
    make_subject: Any, kind: str, facts: Any, tmp_path: Path
) -> None:
    subject = make_subject(kind)
    model = subject.model()
    model.add_adapter(subject.config())
    subject.trainer(model, facts, tmp_path / "trainer").train()
    model.eval().save_pretrained(tmp_path / "saved")
    assert subject.written(model, facts) == [fact.answer for fact in facts]
    loaded = subject.model()
    loaded.load_adapter(str(tmp_path / "saved"))
    assert torch.equal(subject.logits(loaded, facts), subject.logits(model, facts))


@pytest.mark.parametrize(
    ("kind", "targets", "said"),
    [
        ("llama", ["down_proj", "nothing"], "has no module nothing"),
        ("llama", ["embed_tokens"], "not a linear layer"),
        ("t5", ["encoder.block.0.layer.1.DenseReluDense.wo"], "layer of the encoder"),
        ("t5", "all-linear", "layer of the encoder"),
    ],
)
def test_a_place_that_cannot_hold_a_memory_is_refused_in_one_line(
    make_subject: Any, kind: str, targets: Any, said: str
) -> None:
    subject = make_subject(kind)
    with pytest.raises(BackboneError, match=said) as refused:
        get_peft_model(subject.model(), subject.config(target_modules=targets))
    assert "\n" not in str(refused.value)


def test_the_default_places_are_feed_forward_outputs_of_the_last_layer(make_subject: Any) -> None:
    subject = make_subject("llama")
    assert get_peft_model(subject.model(), subject.config()).targeted_module_names == [
        "model.layers.1.mlp.down_proj"
    ]
