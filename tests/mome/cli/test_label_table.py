"""Examples of labels from a table: read-only, by the names that the database has, and without a
password in any message.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb
import pytest
import sqlalchemy

from mome.classify.examples import LabelTune
from mome.cli import label_table
from mome.cli.label_table import read_table
from mome.errors import MomeError, TableError
from schemas import SchemaError

ROWS = (("where is it", "delivery"), ("money back", "refund"), ("  late ", None), ("a", "refund"))
EXPECTED = [("a", "refund"), ("late", ""), ("money back", "refund"), ("where is it", "delivery")]


def sqlite(folder: Path, name: str = "ticket", rows=ROWS) -> Path:
    path = folder / "desk.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(f'CREATE TABLE "{name}" (id INTEGER, "Text" TEXT, label TEXT)')
        connection.executemany(f'INSERT INTO "{name}" VALUES (1, ?, ?)', rows)
        connection.execute("CREATE VIEW few AS SELECT * FROM sqlite_master")
    connection.close()
    return path


def read(source: object, table: str = "ticket", **options: object) -> list[tuple[str, str]]:
    found = read_table(LabelTune(str(source), Path("memory"), table=table, **options))
    return [(example.text, example.label) for example in found.examples]


def test_a_table_of_sqlite_by_path_and_by_url(tmp_path: Path) -> None:
    path = sqlite(tmp_path)
    before = path.read_bytes()
    assert read(path) == read(f"sqlite:///{path}", "TICKET", label_column="LABEL") == EXPECTED
    assert path.read_bytes() == before


def test_names_with_quotes_are_names(tmp_path: Path) -> None:
    path = sqlite(tmp_path, 'a""; DROP TABLE x; --')
    assert read(path, 'a"; DROP TABLE x; --') == EXPECTED


def test_duckdb_and_csv_files(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "desk.duckdb")) as connection:
        connection.execute("CREATE SCHEMA help")
        connection.execute("CREATE TABLE help.ticket (text VARCHAR, label INTEGER)")
        connection.execute("INSERT INTO help.ticket VALUES ('x', 1), ('y', -1), ('z', NULL)")
    assert read(tmp_path / "desk.duckdb", "help.ticket") == [("x", "1"), ("y", "-1"), ("z", "")]
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "ticket.csv").write_text("text,label\nx,a\ny,b\n", "utf-8")
    assert read(folder) == [("x", "a"), ("y", "b")]


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    path = sqlite(tmp_path)
    with pytest.raises(TableError, match="has no table tickets; its tables are: few, ticket"):
        read(path, "tickets")
    with pytest.raises(TableError, match="ticket has no column said; its columns are: id, Text"):
        read(path, text_column="said")
    with pytest.raises((SchemaError, MomeError), match="no file or folder|is no database"):
        read(tmp_path / "none.sqlite")


def test_rows_are_checked_as_those_of_a_file(tmp_path: Path) -> None:
    path = sqlite(tmp_path, rows=[("a", "x"), ("a", "y")])
    with pytest.raises(TableError) as error:
        read(path)
    assert "sorted by text, contradicts itself: 'a' is 'x' in row 1 and 'y' in row 2" in str(
        error.value
    )


def test_a_table_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sqlite(tmp_path)
    monkeypatch.setattr(label_table, "MOST_EXAMPLES", 3)
    with pytest.raises(TableError, match="has more than 3 rows; make a view with a sample"):
        read(path)


def with_rows(url: str) -> None:
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE ticket (text TEXT, label VARCHAR(20))"))
        connection.execute(
            sqlalchemy.text("INSERT INTO ticket VALUES (:text, :label)"),
            [{"text": text, "label": label} for text, label in ROWS],
        )
    engine.dispose()


def test_postgresql_and_its_password(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with_rows(postgres_url)
    assert read(postgres_url) == EXPECTED
    url = sqlalchemy.make_url(postgres_url)
    secret = url.set(username="nobody", password="s3cr3t").render_as_string(hide_password=False)
    with pytest.raises(SchemaError) as error:
        read(secret)
    assert "s3cr3t" not in str(error.value)
    with pytest.raises(TableError) as missing:
        read(f"{postgres_url}?application_name=s3cr3t", "none")
    assert "s3cr3t" not in str(missing.value)
    # The password may stand in DB_URL.
    known = url.set(password="reads").render_as_string(hide_password=False)
    monkeypatch.setenv("DB_URL", known)
    assert read(postgres_url) == EXPECTED


def test_mariadb(mariadb_url: str) -> None:
    with_rows(mariadb_url)
    assert read(mariadb_url) == EXPECTED
