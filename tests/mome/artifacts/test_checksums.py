"""A file that is not what it was is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from mome.artifacts import checksums
from mome.artifacts.checksums import blocks_of, checked, verify_files, write_checksums
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


def test_every_file_is_read_whole_but_a_large_bank(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checksums, "READ_WHOLE", 50)
    monkeypatch.setattr(checksums, "BLOCK", 40)
    bank = folder / "experts-00000.safetensors"
    bank.write_bytes(b"a" * 40 + b"b" * 40 + b"c" * 20)
    write_checksums(folder, names=["small", "large", bank.name])
    (folder / "large").write_bytes(b"y" * 100)
    with pytest.raises(BrokenMemory, match="large has changed"):
        verify_files(folder, required=())
    (folder / "large").write_bytes(b"x" * 100)
    bank.write_bytes(b"a" * 40 + b"b" * 40 + b"d" * 20)
    verify_files(folder, required=())
    with pytest.raises(BrokenMemory, match="experts-00000.safetensors has changed"):
        verify_files(folder, required=(), everything=True)
    blocks = blocks_of(bank)
    assert blocks is not None and len(blocks) == 3
    blocks.check([0, 1])
    with pytest.raises(BrokenMemory, match="experts-00000.safetensors has changed"):
        blocks.check([1, 2])
    bank.write_bytes(b"x" * 99)
    # A block is compared once.
    blocks.check([0])
    with pytest.raises(BrokenMemory, match="99 bytes and should have 100"):
        verify_files(folder, required=())


def test_one_file_is_checked_where_it_is_read(folder: Path) -> None:
    assert checked(folder / "small") == folder / "small"
    (folder / "small").write_bytes(b"smell")
    with pytest.raises(BrokenMemory, match="small has changed"):
        checked(folder / "small")
    with pytest.raises(BrokenMemory, match="other is missing"):
        checked(folder / "other")
    assert checked(folder / "large") == folder / "large"


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
