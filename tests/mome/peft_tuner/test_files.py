"""The layout on disk: PEFT's two files hold no expert, ours hold the touched ones alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

pytestmark = pytest.mark.filterwarnings("ignore:Version v4.12.0 introduces:FutureWarning")
"""What transformers says at every loss of an encoder-decoder that is put together of two models."""


def test_experts_lie_in_their_own_file_by_sorted_ids(trained: Any) -> None:
    experts = trained.model.get_base_model().mome.adapters["default"]
    stored = load_file(trained.folder / "experts-00000.safetensors")
    assert torch.equal(stored["ids"], experts.staged.sort().values)
    assert torch.equal(stored["staged"], experts.staged) and torch.equal(stored["known"], experts.known)
    for index, layer in enumerate(experts.layers):
        assert stored[f"rows.{index}"].shape == (len(stored["ids"]), layer.d_out)


def test_the_adapters_file_holds_the_router_alone(trained: Any) -> None:
    stored = load_file(trained.folder / "adapter_model.safetensors")
    assert {name.rpartition(".")[2] for name in stored} == {"mean", "projection", "first", "second"}


def test_the_configuration_names_the_router(trained: Any) -> None:
    config = json.loads((trained.folder / "adapter_config.json").read_text(encoding="utf-8"))
    assert config["peft_type"] == "MOME"
    assert config["router"] == trained.model.get_base_model().mome.router("default").hash
