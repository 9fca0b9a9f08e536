"""The layout on disk: PEFT's two files hold all, and of the experts only the touched ones."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import PreTrainedModel

from mome.backbones.bundled.backbone import BundledBackbone
from mome.errors import MemoryError_
from mome.memory import Memory, MemoryConfig
from mome.memory.store.versions import MemoryStore

pytestmark = pytest.mark.filterwarnings("ignore:Version v4.12.0 introduces:FutureWarning")
"""transformers warns at every loss of an encoder-decoder that is made of two models."""


def test_the_adapter_file_holds_router_and_touched_experts(trained: Any) -> None:
    experts = trained.model.get_base_model().mome.adapters["default"]
    stored = load_file(trained.folder / "adapter_model.safetensors")
    stored = {name.rpartition("mome_router.")[2]: tensor for name, tensor in stored.items()}
    rows = {f"rows.{index}" for index in range(len(experts.layers))}
    router = {"mean", "projection", "first", "second", "threshold"}
    assert stored.keys() == router | rows | {"ids", "known", "staged"}
    assert torch.equal(stored["ids"], experts.staged.sort().values)
    assert torch.equal(stored["staged"], experts.staged)
    assert torch.equal(stored["known"], experts.known)
    for index, layer in enumerate(experts.layers):
        assert stored[f"rows.{index}"].shape == (len(stored["ids"]), layer.d_out)
    assert sorted(path.name for path in trained.folder.iterdir() if path.suffix != ".md") == [
        "adapter_config.json",
        "adapter_model.safetensors",
    ]


def test_the_configuration_names_router_and_experts(trained: Any) -> None:
    config = json.loads((trained.folder / "adapter_config.json").read_text(encoding="utf-8"))
    assert config["peft_type"] == "MOME"
    holder = trained.model.get_base_model().mome
    assert config["router"] == holder.router("default").hash
    assert config["trained"] == holder.adapters["default"].hash


def test_an_adapter_is_saved_into_the_folder_it_was_loaded_from(
    trained_llama: Any, tmp_path: Path
) -> None:
    """PEFT overwrites the file, so no row may be mapped from it."""
    subject, facts = trained_llama.subject, trained_llama.facts
    folder = shutil.copytree(trained_llama.folder, tmp_path / "copy")
    model = PeftModel.from_pretrained(subject.model(), folder)
    model.save_pretrained(folder)
    assert subject.answers(model, facts) == trained_llama.answers
    again = PeftModel.from_pretrained(subject.model(), folder)
    assert subject.answers(again, facts) == trained_llama.answers


@pytest.mark.filterwarnings(
    "ignore:Unexpected keyword arguments:UserWarning",
    "ignore:Found missing adapter keys:UserWarning",
)
@pytest.mark.parametrize("load", [PeftModel.from_pretrained, PreTrainedModel.load_adapter])
def test_a_memory_of_mome_tune_is_not_loaded_as_an_adapter(
    bundled_folder: Path, llama: Any, tmp_path: Path, load: Callable[..., Any]
) -> None:
    """Its router reads the question alone, which an adapter cannot find in a prompt."""
    backbone = BundledBackbone(bundled_folder)
    memory = Memory.create(backbone, MemoryConfig(), [["How many singers are there?"]])
    version = MemoryStore(tmp_path).write(memory.stored())
    with pytest.raises(MemoryError_, match="Translator.load"):
        load(llama.model(), str(version))
