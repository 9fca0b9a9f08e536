"""What a database says of queries while candidates are compared."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlglot import exp, parse_one

from mome.answering.live_checks import LiveChecks
from mome.catalog import Catalog, Column, Table
from mome.errors import ExecutionError
from mome.execution import open_executor
from mome.guard import guard

ROOMS = Table(None, "rooms", "table", None, None, (Column("name", "TEXT", "text"),))
# The table `gone` is in the catalog alone.
GONE = Table(None, "gone", "table", None, None, (Column("name", "TEXT", "text"),))
CATALOG = Catalog("sqlite", "sqlite", "rooms.sqlite", "", (ROOMS, GONE))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "rooms.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TABLE rooms (name TEXT); INSERT INTO rooms VALUES ('Blue'), ('Red');"
    )
    connection.close()
    return path


def probe(sql: str) -> exp.Select:
    tree = parse_one(sql, dialect="sqlite")
    assert isinstance(tree, exp.Select)
    return tree


@pytest.mark.parametrize(
    ("sql", "has_row"),
    [
        ("SELECT 1 FROM rooms WHERE name = 'Red'", True),
        ("SELECT 1 FROM rooms WHERE name = 'Pink'", False),
        ("SELECT 1 FROM gone", None),
        ("SELECT 1 FROM unknown", None),
    ],
)
def test_a_probe_says_whether_there_is_a_row(
    database: Path, sql: str, has_row: bool | None
) -> None:
    with open_executor(database) as executor:
        assert LiveChecks(CATALOG, executor).has_row(probe(sql)) is has_row


def test_nothing_is_known_without_a_database() -> None:
    assert LiveChecks(CATALOG, None).has_row(probe("SELECT 1 FROM rooms")) is None


def test_rows_are_returned_up_to_a_number(database: Path) -> None:
    query = guard("SELECT name FROM rooms ORDER BY name", CATALOG)
    with open_executor(database) as executor:
        found = LiveChecks(CATALOG, executor).run(query, max_rows=1)
    assert found is not None
    assert [tuple(row) for row in found.rows] == [("Blue",)]
    assert found.truncated


def test_a_refusal_of_the_database_is_an_error(database: Path) -> None:
    live_query = guard("SELECT name FROM gone", CATALOG)
    with open_executor(database) as executor, pytest.raises(ExecutionError):
        LiveChecks(CATALOG, executor).explain(live_query)
