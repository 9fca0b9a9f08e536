"""Where model files lie, and whether they are whole."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from mome.backbones.model_files import flaw, is_here, models_folder, present, whole_file
from mome.errors import BackboneError
from tiny_models import CONTENT, TINY


@pytest.fixture(autouse=True)
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a snapshot in the hub's cache."""
    monkeypatch.setenv("MOME_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub" / "models--owner--tiny-GGUF" / "snapshots" / TINY.revision


def put(folder: Path, content: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / TINY.file).write_bytes(content)
    return folder / TINY.file


def test_the_folder_is_that_of_the_variable_or_in_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert models_folder() == tmp_path / "models"
    monkeypatch.setenv("MOME_MODELS", "~/models")
    assert models_folder() == Path.home() / "models"
    monkeypatch.setenv("MOME_MODELS", "")
    assert models_folder() == Path(platformdirs.user_cache_dir("mome")) / "models"


def test_a_flaw_is_a_size_or_a_hash(tmp_path: Path) -> None:
    assert flaw(put(tmp_path, CONTENT), TINY) == ""
    assert flaw(put(tmp_path, CONTENT[:-1]), TINY) == "it is cut off: 255,999 of 256,000 bytes"
    for content in (CONTENT + b"x", bytes(len(CONTENT))):
        assert flaw(put(tmp_path, content), TINY) == "its SHA-256 is not that of the model"


def test_a_whole_file_is_preferred_to_a_damaged_one(tmp_path: Path, hub: Path) -> None:
    assert present(TINY) is None
    damaged = put(tmp_path / "models", b"")
    assert present(TINY) == damaged and not is_here(TINY)
    whole = put(hub, CONTENT)
    assert is_here(TINY)
    assert present(TINY) == whole == whole_file(TINY)


def test_missing_and_damaged_files_are_told_with_the_command(tmp_path: Path) -> None:
    with pytest.raises(BackboneError, match="not on this machine; .*`mome models get tiny-1m`"):
        whole_file(TINY)
    put(tmp_path / "models", b"")
    with pytest.raises(BackboneError, match="is damaged, it is cut off.*`mome models get tiny-1m`"):
        whole_file(TINY)
