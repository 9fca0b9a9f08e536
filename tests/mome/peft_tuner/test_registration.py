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


def test_a_saved_configuration_is_read_as_ours(copied: Path) -> None:
    assert isinstance(PeftConfig.from_pretrained(str(copied)), MomeConfig)


def test_registering_twice_changes_nothing() -> None:
    before = PeftModel.load_adapter
    register()
    assert PeftModel.load_adapter is before


def test_other_methods_load_as_before(llama: Any, tmp_path: Path) -> None:
    get_peft_model(llama.model(), LoraConfig(target_modules=["down_proj"])).save_pretrained(
        tmp_path
    )
    assert isinstance(
        PeftModel.from_pretrained(llama.model(), tmp_path).peft_config["default"], LoraConfig
    )


def test_a_second_adapter_comes_from_its_own_folder(trained_llama: Any) -> None:
    subject, facts = trained_llama.subject, trained_llama.facts
    model = get_peft_model(subject.model(), subject.config()).eval()
    model.load_adapter(trained_llama.folder, "second")
    assert subject.written(model, facts) == subject.written(subject.model(), facts)
    model.set_adapter("second")
    assert subject.written(model, facts) == [fact.answer for fact in facts]
    model.delete_adapter("default")
    assert subject.written(model, facts) == [fact.answer for fact in facts]


def test_another_base_model_is_refused(trained_llama: Any) -> None:
    with pytest.raises(OtherBackbone, match="another base model"):
        PeftModel.from_pretrained(trained_llama.subject.model(seed=1), trained_llama.folder)


@pytest.mark.parametrize("name", ["experts-00000.safetensors", "adapter_model.safetensors"])
@pytest.mark.parametrize("harm", ["cut", "flip"])
def test_a_broken_file_is_refused(llama: Any, copied: Path, name: str, harm: str) -> None:
    content = bytearray((copied / name).read_bytes())
    content[-5] ^= 64
    (copied / name).write_bytes(content[:-9] if harm == "cut" else content)
    with pytest.raises(BrokenMemory) as refused:
        PeftModel.from_pretrained(llama.model(), copied)
    assert "\n" not in str(refused.value) and str(copied) in str(refused.value)
    with pytest.raises(BrokenMemory):
        llama.model().load_adapter(str(copied))


def test_missing_experts_are_told(llama: Any, copied: Path) -> None:
    (copied / "experts-00000.safetensors").unlink()
    with pytest.raises(BrokenMemory, match="experts-00000.safetensors"):
        PeftModel.from_pretrained(llama.model(), copied)


def test_an_adapter_that_lies_elsewhere_must_be_fetched_first(
    trained_llama: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a hub id that PEFT has found its own two files of."""
    monkeypatch.setattr("mome.peft_tuner.files.Path.is_dir", lambda path: False)
    with pytest.raises(NoMemory, match="download"):
        PeftModel.from_pretrained(trained_llama.subject.model(), trained_llama.folder)
