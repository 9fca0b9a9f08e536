"""A tiny model as a GGUF file, and the folder of what is made of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tiny_models import write_gguf


@pytest.fixture(scope="module")
def gguf(text_folders: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny chat model as a GGUF file; leave it as it is."""
    return write_gguf(tmp_path_factory.mktemp("gguf") / "tiny.gguf", text_folders["chat"])


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which conversions are kept."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "mome" / "converted"
