from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy

import schemas
from app import health
from app.health import Health, look
from app.memories import ListedMemory
from mome.artifacts.checksums import write_checksums

TABLES = (
    "CREATE TABLE shelf (id INTEGER PRIMARY KEY, label VARCHAR(20) NOT NULL)",
    "CREATE TABLE box (id INTEGER PRIMARY KEY, shelf_id INTEGER)",
)


def change(shop: ListedMemory, sql: str) -> None:
    connection = sqlite3.connect(shop.path.with_suffix(".sqlite"))
    connection.executescript(sql)
    connection.close()


def test_a_database_as_it_was_is_well(shop: ListedMemory) -> None:
    change(shop, "INSERT INTO genre VALUES ('XXX', 'Experimental')")
    assert look(shop.version) == Health()


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        ("ALTER TABLE book ADD COLUMN isbn TEXT", "book.isbn: new column"),
        ("DROP TABLE review", "review: table is gone"),
        ("ALTER TABLE author RENAME COLUMN name TO full_name", "author.name: column is gone"),
        ("CREATE TABLE shelf (shelf_id INTEGER PRIMARY KEY)", "shelf: new table"),
    ],
)
def test_what_moved_is_said(shop: ListedMemory, sql: str, line: str) -> None:
    change(shop, sql)
    found = look(shop.version)
    assert found.moved
    assert any(line in change for change in found.changes)


def test_a_database_that_is_gone_is_said(shop: ListedMemory) -> None:
    shop.path.with_suffix(".sqlite").unlink()
    found = look(shop.version)
    assert "no file" in found.unreachable
    assert not found.moved


def test_a_broken_memory_is_said(shop: ListedMemory) -> None:
    (shop.version / "catalog.json").write_text("{")
    assert "catalog.json" in look(shop.version).unreachable


def test_whatever_a_driver_raises_is_said_without_its_words(
    shop: ListedMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def surprise(*_: object) -> None:
        raise ZeroDivisionError("secret-for-tests")

    monkeypatch.setattr(health, "schema_drift", surprise)
    found = look(shop.version)
    assert "ZeroDivisionError" in found.unreachable and "mome doctor" in found.unreachable
    assert "secret-for-tests" not in found.unreachable


def test_tables_that_could_not_be_read_are_not_new(shop: ListedMemory) -> None:
    path = shop.version / "catalog.json"
    known = json.loads(path.read_text())
    known["tables"] = [table for table in known["tables"] if table["name"] != "review"]
    known["problems"] = [{"object": "review", "reason": "no rights"}]
    path.write_text(json.dumps(known))
    write_checksums(shop.version, names=["catalog.json", "source.json"])
    assert look(shop.version) == Health()


def test_a_folder_of_csv_files(tmp_path: Path) -> None:
    data, version = tmp_path / "data", tmp_path / "memory"
    data.mkdir()
    version.mkdir()
    (data / "shelf.csv").write_text("id,label\n1,top\n2,low\n")
    written(version, str(data))
    assert look(version) == Health()
    (data / "shelf.csv").write_text("id,label,size\n1,top,3\n2,low,4\n")
    assert look(version).changes == ("shelf.size: new column, BIGINT",)


@pytest.mark.parametrize("server", ["postgres_url", "mariadb_url"])
def test_a_server_is_asked_with_the_password_of_the_environment(
    server: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = request.getfixturevalue(server)
    statements(url, *TABLES)
    written(tmp_path, url)
    assert "secret-for-tests" not in (tmp_path / "source.json").read_text()
    monkeypatch.delenv("DB_URL", raising=False)
    assert look(tmp_path).unreachable
    monkeypatch.setenv("DB_URL", url)
    found = look(tmp_path)
    assert (found.unreachable, found.moved) == ("", False)
    assert found.warnings, "the tester may write, and that is worth a warning"
    statements(url, "ALTER TABLE box ADD COLUMN colour VARCHAR(9)")
    found = look(tmp_path)
    assert found.moved and "box.colour: new column" in found.changes[0]
    assert "secret-for-tests" not in repr(found)


def written(version: Path, database: str) -> None:
    """The files of a memory of this database."""
    source = schemas.resolve_url(database)
    schemas.introspect(source).write(version / "catalog.json")
    (version / "source.json").write_text(
        json.dumps({"url": source.public, "files": list(map(str, source.files))})
    )
    write_checksums(version, names=["catalog.json", "source.json"])


def statements(url: str, *sql: str) -> None:
    engine = sqlalchemy.create_engine(schemas.resolve_url(url).url)
    with engine.begin() as connection:
        for statement in sql:
            connection.execute(sqlalchemy.text(statement))
    engine.dispose()
