"""The fingerprint of a base model: equal for the same weights, different for others."""

from __future__ import annotations

from typing import Any

import torch
from peft import get_peft_model

from mome.peft_tuner.fingerprint import fingerprint


def test_models_of_other_weights_differ(subject: Any) -> None:
    assert (
        fingerprint(subject.model())
        == fingerprint(subject.model())
        != fingerprint(subject.model(seed=1))
    )


def test_neither_a_memory_nor_half_precision_makes_another_model(llama: Any) -> None:
    found = fingerprint(llama.model())
    assert fingerprint(llama.model().to(torch.bfloat16)) == found
    assert fingerprint(get_peft_model(llama.model(), llama.config()).get_base_model()) == found


def test_weights_that_are_nowhere_have_none(llama: Any) -> None:
    assert fingerprint(llama.model().to("meta")) is None
