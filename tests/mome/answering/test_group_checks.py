"""Groups that the database is asked about before a query is changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from people import CATALOG

from mome.answering.group_checks import settle_groups
from mome.answering.live_checks import LiveChecks
from mome.answering.sql_draft import SqlDraft
from mome.execution import open_executor

SCRIPT = """
CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, boss INTEGER, team INTEGER);
CREATE TABLE orders (id INTEGER PRIMARY KEY, person INTEGER);
INSERT INTO people VALUES (1, 'Ann', NULL, 1), (2, 'Bob', 1, 1), (3, 'Cid', 1, 2);
INSERT INTO orders VALUES (1, 1), (2, 1), (3, 2);
"""


@pytest.fixture
def live(tmp_path: Path) -> Iterator[LiveChecks]:
    path = tmp_path / "people.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(SCRIPT)
    connection.close()
    with open_executor(path) as executor:
        yield LiveChecks(CATALOG, executor)


def test_groups_by_a_key_leave_out_rows_without_one(live: LiveChecks) -> None:
    draft = SqlDraft("SELECT boss, COUNT(*) FROM people WHERE team = 1 GROUP BY boss", "sqlite")
    settled = settle_groups(draft, CATALOG, live)
    assert settled.draft.sql == (
        "SELECT boss, COUNT(*) FROM people WHERE team = 1 AND NOT boss IS NULL GROUP BY boss"
    )
    assert settled.notes == ("rows without a value in people.boss are left out",)
    assert settled.doubts == ()


@pytest.mark.parametrize(
    "sql",
    [
        # No order lacks a person, a team is no key, and Bob and Cid have a boss.
        "SELECT person, COUNT(*) FROM orders GROUP BY person",
        "SELECT team, COUNT(*) FROM people GROUP BY team",
        "SELECT boss, COUNT(*) FROM people WHERE id > 1 GROUP BY boss",
        "SELECT o.person, COUNT(*) FROM people LEFT JOIN orders AS o ON people.id = o.person "
        "GROUP BY o.person",
    ],
)
def test_other_groups_stay_as_they_are(live: LiveChecks, sql: str) -> None:
    assert settle_groups(SqlDraft(sql, "sqlite"), CATALOG, live).draft.sql == sql


def test_groups_stay_without_a_database() -> None:
    sql = "SELECT boss, COUNT(*) FROM people GROUP BY boss"
    settled = settle_groups(SqlDraft(sql, "sqlite"), CATALOG, LiveChecks(CATALOG, None))
    assert settled.draft.sql == sql
