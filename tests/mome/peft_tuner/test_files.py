"""The layout on disk: PEFT's two files hold no expert, ours holds only the touched ones."""

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


def test_experts_are_in_their_own_file_sorted_by_id(trained: Any) -> None:
    experts = trained.model.get_base_model().mome.adapters["default"]
    stored = load_file(trained.folder / "experts-00000.safetensors")
    assert torch.equal(stored["ids"], experts.staged.sort().values)
    assert torch.equal(stored["staged"], experts.staged)
    assert torch.equal(stored["known"], experts.known)
    for index, layer in enumerate(experts.layers):
        assert stored[f"rows.{index}"].shape == (len(stored["ids"]), layer.d_out)


def test_the_adapter_file_holds_only_the_router(trained: Any) -> None:
    stored = load_file(trained.folder / "adapter_model.safetensors")
    names = {name.rpartition(".")[2] for name in stored}
    assert names == {"mean", "projection", "first", "second"}


def test_the_configuration_names_the_router(trained: Any) -> None:
    config = json.loads((trained.folder / "adapter_config.json").read_text(encoding="utf-8"))
    assert config["peft_type"] == "MOME"
    assert config["router"] == trained.model.get_base_model().mome.router("default").hash


def test_an_adapter_is_saved_into_the_folder_it_was_loaded_from(
    trained_llama: Any, tmp_path: Path
) -> None:
    """The experts' rows are still memory-mapped from the file that is replaced."""
    subject, facts = trained_llama.subject, trained_llama.facts
    folder = shutil.copytree(trained_llama.folder, tmp_path / "copy")
    model = PeftModel.from_pretrained(subject.model(), folder)
    model.save_pretrained(folder)
    assert subject.answers(model, facts) == trained_llama.answers
    again = PeftModel.from_pretrained(subject.model(), folder)
    assert subject.answers(again, facts) == trained_llama.answers
    assert not list(folder.glob("*.tmp"))


@pytest.mark.filterwarnings(
    "ignore:Unexpected keyword arguments:UserWarning",
    "ignore:Found missing adapter keys:UserWarning",
)
@pytest.mark.parametrize("load", [PeftModel.from_pretrained, PreTrainedModel.load_adapter])
def test_a_memory_of_mome_tune_is_not_loaded_as_an_adapter(
    bundled_folder: Path, tmp_path: Path, load: Callable[..., Any]
) -> None:
    """Its router reads the question alone, which an adapter cannot find in a prompt."""
    backbone = BundledBackbone(bundled_folder)
    memory = Memory.create(backbone, MemoryConfig(), [["How many singers are there?"]])
    version = MemoryStore(tmp_path).write(memory.stored())
    with pytest.raises(MemoryError_, match="Translator.load"):
        load(backbone.model, str(version))
