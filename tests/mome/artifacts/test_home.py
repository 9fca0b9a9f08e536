"""Memories under MOME_HOME, and the database that each remembers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mome.artifacts.home import holds_memory, home, memories
from mome.artifacts.source import StoredSource, stored_source, url_with_password
from mome.errors import BrokenMemory


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


def test_the_database_is_the_one_it_was_tuned_on(tmp_path: Path) -> None:
    written = tmp_path / "source.json"
    written.write_text(json.dumps({"url": "sqlite:///a.db", "files": []}))
    assert stored_source(tmp_path) == StoredSource("sqlite:///a.db")
    written.write_text(json.dumps({"url": "/data", "files": ["/data/a.csv"]}))
    assert stored_source(tmp_path) == StoredSource("/data", (Path("/data/a.csv"),))


@pytest.mark.parametrize("text", [None, "", "[]", '{"url": 1}', '{"url": "x", "files": 3}'])
def test_a_broken_source_is_named(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "source.json").write_text(text)
    with pytest.raises(BrokenMemory, match=r"source\.json.*mome tune"):
        stored_source(tmp_path)


def test_the_password_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    server = StoredSource("postgresql://reader@localhost/warehouse")
    monkeypatch.delenv("DB_URL", raising=False)
    assert url_with_password(server) == server.url
    monkeypatch.setenv("DB_URL", "postgresql://reader:secret@localhost/warehouse")
    assert url_with_password(server) == "postgresql://reader:secret@localhost/warehouse"
    assert (
        url_with_password(StoredSource("postgresql://reader@localhost/other"))
        == "postgresql://reader@localhost/other"
    )


@pytest.mark.parametrize(
    "stored", [StoredSource("sqlite:///a.db"), StoredSource("/data", (Path("/data/a.csv"),))]
)
def test_files_have_no_password(stored: StoredSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_URL", "postgresql://reader:secret@localhost/warehouse")
    assert url_with_password(stored) == stored.url
