"""PEFT and transformers find the method, and each error about a folder is one line."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from peft import LoraConfig, PeftConfig, PeftModel, get_peft_model

from mome.errors import BrokenMemory, NoMemory, OtherBackbone
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


@pytest.mark.parametrize("name", ["experts-00000.safetensors", "adapter_model.safetensors"])
@pytest.mark.parametrize("damage", ["cut", "flip"])
def test_a_damaged_file_is_refused(llama: Any, copied: Path, name: str, damage: str) -> None:
    content = bytearray((copied / name).read_bytes())
    content[-5] ^= 64
    (copied / name).write_bytes(content[:-9] if damage == "cut" else content)
    with pytest.raises(BrokenMemory) as refused:
        PeftModel.from_pretrained(llama.model(), copied)
    assert "\n" not in str(refused.value)
    assert str(copied) in str(refused.value)
    with pytest.raises(BrokenMemory):
        llama.model().load_adapter(str(copied))


def test_the_error_for_missing_experts_names_their_file(llama: Any, copied: Path) -> None:
    (copied / "experts-00000.safetensors").unlink()
    with pytest.raises(BrokenMemory, match="experts-00000.safetensors"):
        PeftModel.from_pretrained(llama.model(), copied)


def test_an_adapter_on_a_hub_must_be_downloaded_first(
    trained_llama: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a hub id, PEFT downloads its own two files and there is no folder with the experts."""
    monkeypatch.setattr("mome.peft_tuner.files.Path.is_dir", lambda path: False)
    with pytest.raises(NoMemory, match="download"):
        PeftModel.from_pretrained(trained_llama.subject.model(), trained_llama.folder)
