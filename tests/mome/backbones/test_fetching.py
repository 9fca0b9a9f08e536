"""Bringing a model's file: one call at a time, and nothing lost. `tests/mome/cli/test_models.py`
has the sources.
"""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from filelock import FileLock

from mome.backbones.fetching import fetch
from mome.backbones.models import OpenModel
from mome.errors import BackboneError
from mome.reporting import Reporter
from tiny_models import CONTENT, TINY


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of model files."""
    monkeypatch.setenv("MOME_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "models"


@pytest.fixture
def given(tmp_path: Path) -> str:
    """A file to fetch from."""
    (tmp_path / "given.gguf").write_bytes(CONTENT)
    return str(tmp_path / "given.gguf")


class Notes(Reporter):
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    def stage(self, name: str) -> None:
        self.heard.append(name)

    def progress(self, done: int, total: int, label: str) -> None:
        self.heard.append((done, total, label))


def test_progress_is_told_in_megabytes(given: str, models: Path) -> None:
    notes = Notes()
    assert fetch(TINY, notes, given) == models / TINY.file
    assert notes.heard == ["Fetching tiny-1m", (0, 0, "MB")]


def test_a_second_call_at_the_same_time_is_refused(given: str, models: Path) -> None:
    models.mkdir()
    with FileLock(models / f"{TINY.file}.lock"):
        with pytest.raises(BackboneError, match="another `mome models get` is bringing tiny-1m"):
            fetch(TINY, Reporter(), given)
    assert fetch(TINY, Reporter(), given).read_bytes() == CONTENT


def test_a_full_disk_is_told_and_the_file_before_is_left(
    given: str, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: str, model: OpenModel, target: Path, reporter: Reporter) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    models.mkdir()
    (models / TINY.file).write_bytes(b"old")
    with monkeypatch.context() as patch:
        patch.setattr("mome.backbones.fetching.from_place", full)
        with pytest.raises(BackboneError, match="cannot be written: the disk is full"):
            fetch(TINY, Reporter(), given)
    assert (models / TINY.file).read_bytes() == b"old"


def test_a_folder_that_may_not_be_written_is_told(given: str, models: Path) -> None:
    models.write_text("a file in its place")
    with pytest.raises(BackboneError, match="models cannot be written: "):
        fetch(TINY, Reporter(), given)
