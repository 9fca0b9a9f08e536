"""PEFT and transformers find the method, and each error about a folder is one line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from peft import LoraConfig, PeftConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file

from mome.errors import BrokenMemory, MemoryError_, OtherBackbone
from mome.peft_tuner import MomeConfig
from mome.peft_tuner.registration import register


@pytest.fixture
def copied(trained_llama: Any, tmp_path: Path) -> Path:
    """Return a copy of a saved adapter, which a test may damage."""
    return Path(shutil.copytree(trained_llama.folder, tmp_path / "copy"))


def test_a_saved_configuration_is_read_as_a_mome_config(copied: Path) -> None:
    assert isinstance(PeftConfig.from_pretrained(str(copied)), MomeConfig)


def test_registering_twice_changes_nothing() -> None:
    before = PeftModel.load_adapter
    register()
    assert PeftModel.load_adapter is before


def test_other_methods_load_as_before(llama: Any, tmp_path: Path) -> None:
    lora = get_peft_model(llama.model(), LoraConfig(target_modules=["down_proj"]))
    lora.save_pretrained(tmp_path)
    loaded = PeftModel.from_pretrained(llama.model(), tmp_path)
    assert isinstance(loaded.peft_config["default"], LoraConfig)


def test_a_second_adapter_comes_from_its_own_folder(trained_llama: Any) -> None:
    subject, facts = trained_llama.subject, trained_llama.facts
    model = get_peft_model(subject.model(), subject.config()).eval()
    model.load_adapter(trained_llama.folder, "second")
    assert subject.answers(model, facts) == subject.answers(subject.model(), facts)
    model.set_adapter("second")
    assert subject.answers(model, facts) == trained_llama.answers
    model.delete_adapter("default")
    assert subject.answers(model, facts) == trained_llama.answers


def test_another_base_model_is_refused(trained_llama: Any) -> None:
    with pytest.raises(OtherBackbone, match="another base model"):
        PeftModel.from_pretrained(trained_llama.subject.model(seed=1), trained_llama.folder)


@pytest.mark.parametrize("damage", ["cut", "flip"])
def test_a_damaged_file_is_refused(llama: Any, copied: Path, damage: str) -> None:
    file = copied / "adapter_model.safetensors"
    content = bytearray(file.read_bytes())
    content[-5] ^= 64
    file.write_bytes(content[:-9] if damage == "cut" else content)
    with pytest.raises(BrokenMemory) as refused:
        PeftModel.from_pretrained(llama.model(), copied)
    assert "\n" not in str(refused.value)
    assert str(copied) in str(refused.value)
    with pytest.raises(BrokenMemory):
        llama.model().load_adapter(str(copied))


@pytest.mark.filterwarnings("ignore:Found missing adapter keys:UserWarning")
@pytest.mark.parametrize("part", ["ids", "rows.0", "known", "threshold"])
def test_a_file_without_experts_is_refused(llama: Any, copied: Path, part: str) -> None:
    file = copied / "adapter_model.safetensors"
    tensors = load_file(file)
    save_file({name: t for name, t in tensors.items() if not name.endswith(f".{part}")}, file)
    with pytest.raises(BrokenMemory, match="not those that were saved|not the one that was saved"):
        PeftModel.from_pretrained(llama.model(), copied)


@pytest.mark.filterwarnings("ignore:Found missing adapter keys:UserWarning")
def test_an_adapter_of_an_older_program_is_refused(llama: Any, copied: Path) -> None:
    config = copied / "adapter_config.json"
    fields = json.loads(config.read_text("utf-8"))
    del fields["trained"]
    config.write_text(json.dumps(fields), "utf-8")
    with pytest.raises(MemoryError_, match="another version of this program"):
        PeftModel.from_pretrained(llama.model(), copied)


def test_an_adapter_is_loaded_without_a_folder_of_ours(
    trained_llama: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a hub id, PEFT downloads its two files into a cache of its own."""
    monkeypatch.setattr("mome.peft_tuner.loading.Path.is_dir", lambda path: False)
    subject = trained_llama.subject
    model = PeftModel.from_pretrained(subject.model(), trained_llama.folder)
    assert subject.answers(model, trained_llama.facts) == trained_llama.answers
