"""The fingerprint of a base model: equal for the same weights, different for others."""

from __future__ import annotations

from typing import Any

import torch
from peft import get_peft_model

from mome.peft_tuner.fingerprint import fingerprint


def test_models_with_different_weights_differ(subject: Any) -> None:
    first = fingerprint(subject.model())
    assert fingerprint(subject.model()) == first
    assert fingerprint(subject.model(seed=1)) != first


def test_neither_a_memory_nor_half_precision_changes_the_fingerprint(llama: Any) -> None:
    bare = fingerprint(llama.model())
    assert fingerprint(llama.model().to(torch.bfloat16)) == bare
    with_memory = get_peft_model(llama.model(), llama.config()).get_base_model()
    assert fingerprint(with_memory) == bare


def test_weights_on_the_meta_device_have_no_fingerprint(llama: Any) -> None:
    assert fingerprint(llama.model().to("meta")) is None
