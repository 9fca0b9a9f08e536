"""The memory layer without a route, and PEFT's request to merge it."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from peft import get_peft_model
from torch import nn

from mome.errors import BackboneError
from mome.peft_tuner.layer import MomeLayer


def test_without_a_route_it_is_the_linear_layer() -> None:
    linear = nn.Linear(4, 3)
    x = torch.randn(2, 5, 4)
    layer = MomeLayer(linear)
    assert torch.equal(layer(x), linear(x))
    assert layer.weight is linear.weight
    assert layer.get_base_layer() is linear


def test_merging_is_refused(llama: Any) -> None:
    with pytest.raises(BackboneError, match="cannot be merged"):
        get_peft_model(llama.model(), llama.config()).merge_and_unload()
