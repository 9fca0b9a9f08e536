"""A remembered hash is the file's, whatever happened to the file."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from mome.artifacts import file_hashes
from mome.artifacts.file_hashes import LEAST_SIZE, file_hash

CONTENT = bytes(LEAST_SIZE)
OTHER = CONTENT[:-1] + b"x"


def sha(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A large file that counts as settled at once, and an empty cache."""
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda name: str(tmp_path / "cache"))
    monkeypatch.setattr(file_hashes, "FRESH_SECONDS", -1.0)
    path = tmp_path / "model.safetensors"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were read whole."""
    found: list[Path] = []
    real = file_hashes._computed

    def computed(path: Path) -> bytes:
        found.append(path)
        return real(path)

    monkeypatch.setattr(file_hashes, "_computed", computed)
    return found


def test_an_unchanged_file_is_read_once(weights: Path, reads: list[Path]) -> None:
    assert [file_hash(weights) for _ in range(3)] == [sha(CONTENT)] * 3
    assert len(reads) == 1


def test_a_change_is_seen_though_size_and_mtime_are_the_same(weights: Path) -> None:
    before = weights.stat()
    assert file_hash(weights) == sha(CONTENT)
    time.sleep(0.05)
    with weights.open("r+b") as file:
        file.write(OTHER)
    os.utime(weights, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file_hash(weights) == sha(OTHER)


def test_another_file_in_its_place_is_seen(weights: Path, tmp_path: Path) -> None:
    assert file_hash(weights) == sha(CONTENT)
    other = tmp_path / "other"
    other.write_bytes(OTHER)
    os.replace(other, weights)
    assert file_hash(weights) == sha(OTHER)


def test_a_link_stands_for_what_it_points_to(weights: Path, tmp_path: Path) -> None:
    other, link = tmp_path / "other", tmp_path / "link"
    other.write_bytes(OTHER)
    link.symlink_to(weights)
    assert file_hash(link) == sha(CONTENT)
    link.unlink()
    link.symlink_to(other)
    assert file_hash(link) == sha(OTHER)


def test_a_file_that_has_just_changed_is_not_remembered(
    weights: Path, reads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_hashes, "FRESH_SECONDS", 60.0)
    assert file_hash(weights) == file_hash(weights) == sha(CONTENT)
    assert len(reads) == 2


@pytest.mark.parametrize("harm", ["", "[]", '{"state": 1}', "\xff"])
def test_a_damaged_entry_is_written_anew(
    weights: Path, reads: list[Path], tmp_path: Path, harm: str
) -> None:
    file_hash(weights)
    (entry,) = (tmp_path / "cache/hashes").iterdir()
    entry.write_bytes(harm.encode("latin-1"))
    assert file_hash(weights) == file_hash(weights) == sha(CONTENT)
    assert len(reads) == 2


def test_no_cache_can_be_written(weights: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file in its place")
    assert file_hash(weights) == sha(CONTENT)
