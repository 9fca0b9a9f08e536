"""Memories under MOME_HOME, and the database that each remembers."""

from __future__ import annotations

from pathlib import Path

import pytest

from mome.artifacts.home import holds_memory, home, memories


def make_memory(folder: Path) -> Path:
    (folder / "versions" / "0001").mkdir(parents=True)
    (folder / "current").symlink_to(Path("versions") / "0001")
    return folder


def test_memories_are_found_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOME_HOME", str(tmp_path))
    found = [make_memory(tmp_path / name) for name in ("a", "b")]
    (tmp_path / "no-memory").mkdir()
    (tmp_path / "copied" / "current").mkdir(parents=True)
    (tmp_path / "bookshop.sqlite").touch()
    assert home() == tmp_path
    assert memories() == found
    assert not holds_memory(tmp_path / "nowhere")


def test_a_memory_whose_version_is_gone_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`mome doctor` and the page then say what is wrong with it."""
    monkeypatch.setenv("MOME_HOME", str(tmp_path))
    (make_memory(tmp_path / "a") / "versions").rename(tmp_path / "away")
    assert memories() == [tmp_path / "a"]


def test_without_a_home_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOME_HOME", str(tmp_path / "nowhere"))
    assert memories() == []


def test_by_default_it_is_the_user_s_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOME_HOME", "")
    assert home().name == "mome"
