"""A file that is not what it was is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from mome.artifacts import checksums
from mome.artifacts.checksums import verify_files, write_checksums
from mome.errors import BrokenMemory


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "small").write_bytes(b"small")
    (tmp_path / "large").write_bytes(b"x" * 100)
    write_checksums(tmp_path)
    return tmp_path


def test_what_was_written_passes(folder: Path) -> None:
    verify_files(folder, required=("small", "large"), everything=True)


def test_a_file_that_is_not_listed_is_missing(folder: Path) -> None:
    with pytest.raises(BrokenMemory, match="other is missing.*mome tune"):
        verify_files(folder, required=("other",))


def test_large_files_are_compared_by_size_unless_all_is_asked_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checksums, "READ_WHOLE", 50)
    (folder / "large").write_bytes(b"y" * 100)
    verify_files(folder, required=())
    with pytest.raises(BrokenMemory, match="large has changed"):
        verify_files(folder, required=(), everything=True)
    (folder / "large").write_bytes(b"x" * 99)
    with pytest.raises(BrokenMemory, match="99 bytes and should have 100"):
        verify_files(folder, required=())


@pytest.mark.parametrize("content", ["", "{", "[]", '{"files": {"small": 3}}', '{"files": []}'])
def test_checksums_that_are_none_are_damage(folder: Path, content: str) -> None:
    (folder / "checksums.json").write_text(content)
    with pytest.raises(BrokenMemory, match=r"checksums\.json cannot be read"):
        verify_files(folder, required=())


def test_a_lost_file_is_damage(folder: Path) -> None:
    (folder / "small").unlink()
    with pytest.raises(BrokenMemory, match="small cannot be read"):
        verify_files(folder, required=())


def test_some_files_alone_can_be_listed(folder: Path) -> None:
    write_checksums(folder, names=["small"])
    (folder / "large").write_bytes(b"changed")
    verify_files(folder, required=("small",), everything=True)
    with pytest.raises(BrokenMemory, match="large is missing"):
        verify_files(folder, required=("large",))
