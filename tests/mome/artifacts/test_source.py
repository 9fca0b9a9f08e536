"""The database that a memory was tuned on, as source.json keeps it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mome.artifacts.checksums import write_checksums
from mome.artifacts.source import stored_source, stored_text
from mome.errors import BrokenMemory, Unreachable
from mome.execution.address import read_address, read_stored_address


def test_the_database_is_the_one_it_was_tuned_on(tmp_path: Path) -> None:
    write(tmp_path, json.dumps({"url": "sqlite:///a.db", "files": []}))
    assert stored_source(tmp_path).path == Path("a.db")
    assert stored_text(tmp_path) == stored_source(tmp_path).text == "sqlite:///a.db"
    write(tmp_path, json.dumps({"url": "/data", "files": ["/data/a.csv"]}))
    assert stored_source(tmp_path).files == (Path("/data/a.csv"),)
    assert stored_text(tmp_path) == stored_source(tmp_path).text == "/data"


def write(version: Path, text: str) -> None:
    (version / "source.json").write_text(text)
    write_checksums(version, names=["source.json"])


@pytest.mark.parametrize("text", ["", "[]", '{"url": 1}', '{"url": "x", "files": 3}'])
def test_a_broken_source_is_named(tmp_path: Path, text: str) -> None:
    write(tmp_path, text)
    with pytest.raises(BrokenMemory, match=r"source\.json.*mome tune"):
        stored_source(tmp_path)


def test_a_source_that_has_changed_leads_to_no_other_database(tmp_path: Path) -> None:
    write(tmp_path, json.dumps({"url": "sqlite:///a.db", "files": []}))
    (tmp_path / "source.json").write_text(json.dumps({"url": "sqlite:///b.db", "files": []}))
    with pytest.raises(BrokenMemory, match="source.json has changed"):
        stored_source(tmp_path)
    (tmp_path / "source.json").unlink()
    with pytest.raises(BrokenMemory, match="source.json cannot be read"):
        stored_text(tmp_path)


def test_the_password_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgresql://reader@localhost/warehouse"
    monkeypatch.delenv("DB_URL", raising=False)
    assert read_address(url).secret_text == url
    monkeypatch.setenv("DB_URL", "postgresql://reader:secret@localhost/warehouse")
    address = read_address(url)
    assert address.secret_text == "postgresql://reader:secret@localhost/warehouse"
    assert address.text == url
    assert "secret" not in repr(address) and "secret" not in address.shown
    other = "postgresql://reader@localhost/other"
    assert read_address(other).secret_text == other


@pytest.mark.parametrize(
    ("text", "files"), [("sqlite:///a.db", ()), ("/data", (Path("/data/a.csv"),))]
)
def test_files_have_no_password(
    text: str, files: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_URL", "postgresql://reader:secret@localhost/warehouse")
    assert read_stored_address(text, files).secret_text == text


def test_a_stored_path_that_is_gone_still_has_its_text(tmp_path: Path) -> None:
    gone = {"url": str(tmp_path / "gone?.sqlite"), "files": []}
    write(tmp_path, json.dumps(gone))
    assert stored_text(tmp_path) == gone["url"]
    with pytest.raises(Unreachable, match="there is no file"):
        stored_source(tmp_path)
