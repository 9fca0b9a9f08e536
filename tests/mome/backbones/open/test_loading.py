"""A tiny model with a skill becomes a reader; a memory names it and is refused with another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from mome.backbones.identity import BUNDLED, base_path, identity
from mome.backbones.open.loading import load_reader, try_reader
from mome.backbones.open.skills import memory_base, reader_identity, skill_of
from mome.errors import BackboneError, OtherBackbone
from mome.linking.slice import Linker
from skilled import NAME, install


@pytest.fixture
def skill(
    tmp_path: Path, text_folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    load_reader.cache_clear()
    yield install(tmp_path, text_folders["chat"], monkeypatch)
    load_reader.cache_clear()


def test_a_memory_of_a_model_with_a_skill_is_tuned_on_the_bundled_one(skill: Path) -> None:
    assert skill_of(NAME) == skill
    assert memory_base(NAME) == "bundled"
    for other in ("bundled", "owner/name", str(BUNDLED)):
        assert (skill_of(other), memory_base(other), reader_identity(other)) == (None, other, "")


def test_the_reader_writes_queries_with_its_adapter(skill: Path, linker: Linker) -> None:
    reader = load_reader(NAME, reader_identity(NAME))
    assert load_reader(NAME, reader_identity(NAME)) is reader
    slice_ = linker.slice("how many singers")
    answers = reader.answers(slice_, linker, beams=3)
    assert all(one.answer is None or one.answer.startswith("SELECT") for one in answers)


def test_another_adapter_is_another_reader(skill: Path) -> None:
    before = reader_identity(NAME)
    assert before != identity(base_path(NAME))
    weights = skill / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    assert reader_identity(NAME) != before
    with pytest.raises(OtherBackbone, match="tuned with another version of tiny: tune again"):
        load_reader(NAME, before)


def test_a_missing_file_names_the_command_that_brings_it(skill: Path) -> None:
    base_path(NAME).unlink()
    with pytest.raises(BackboneError, match="mome models get tiny"):
        reader_identity(NAME)


def test_a_trial_keeps_the_int8_weights_and_tells_too_little_memory(
    skill: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try_reader("bundled")
    weights = tmp_path / "cache" / "mome" / "converted"
    assert not list(weights.glob("*/int8.safetensors"))
    try_reader(NAME)
    assert len(list(weights.glob("*/int8.safetensors"))) == 1
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=100))
    with pytest.raises(BackboneError, match="tiny.gguf needs .* of memory"):
        try_reader(NAME)
