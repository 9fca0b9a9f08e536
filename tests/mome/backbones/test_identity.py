"""Where a base model is, what names it in a memory, and its hash."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mome.backbones.identity import BUNDLED, base_path, identity, stored_base
from mome.errors import BackboneError
from tiny_models import CONTENT, TINY


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of one tiny model, whose file belongs into the folder `models`."""
    monkeypatch.setattr("mome.backbones.models.MODELS", (TINY,))
    monkeypatch.setenv("MOME_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.chdir(tmp_path)


def test_a_base_model_is_a_name_a_path_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / TINY.file).write_bytes(CONTENT)
    (tmp_path / "some.gguf").write_bytes(b"GGUF")
    assert base_path("bundled") == BUNDLED
    assert base_path("tiny-1m") == base_path(TINY.repository) == tmp_path / "models" / TINY.file
    assert base_path("some.gguf") == Path("some.gguf")
    assert base_path("models") == Path("models")


def test_a_name_comes_before_a_folder_of_this_name(tmp_path: Path) -> None:
    (tmp_path / "tiny-1m").mkdir()
    with pytest.raises(BackboneError, match="tiny-1m is not on this machine"):
        base_path("tiny-1m")
    assert base_path("./tiny-1m") == Path("tiny-1m")


@pytest.mark.parametrize(
    ("base", "told"),
    [
        ("owner/name", "bring it with `mome models get owner/name`"),
        ("folder/no.gguf", "nothing is at this path; give"),
        ("tiny-2m", "did you mean tiny-1m. give"),
    ],
)
def test_a_model_that_is_not_here_is_told(base: str, told: str) -> None:
    with pytest.raises(BackboneError, match=told):
        base_path(base)


def test_a_memory_stores_names_and_absolute_paths(tmp_path: Path) -> None:
    (tmp_path / "some.gguf").write_bytes(b"GGUF")
    (tmp_path / "tiny-1m").mkdir()
    for name in ("bundled", "tiny-1m", "owner/name"):
        assert stored_base(name) == name
    assert stored_base("some.gguf") == str(tmp_path / "some.gguf")
    assert stored_base("./tiny-1m") == str(tmp_path / "tiny-1m")


def test_the_identity_of_a_gguf_file_is_over_its_bytes(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.gguf", "b.gguf", "c.gguf")]
    for path, content in zip(paths, (b"GGUF1", b"GGUF1", b"GGUF2"), strict=True):
        path.write_bytes(content)
    first, same, other = map(identity, paths)
    assert first == same != other and len(first) == 64


def test_the_identity_is_over_names_and_bytes_of_configuration_and_weights(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"abc")
    first = identity(tmp_path)
    (tmp_path / "README.md").write_text("no part of it")
    assert identity(tmp_path) == first and len(first) == 64
    (tmp_path / "config.json").write_text("{ }")
    assert identity(tmp_path) != first
    (tmp_path / "config.json").write_text("{}")
    shutil.move(tmp_path / "model.safetensors", tmp_path / "model-00001.safetensors")
    assert identity(tmp_path) != first
