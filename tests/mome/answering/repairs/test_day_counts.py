"""Differences of days."""

from __future__ import annotations

import sqlite3

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, Table
from mome.linking.values import ValueIndex

TABLE = Table(
    None,
    "ticket",
    "table",
    None,
    None,
    (
        Column("opened_at", "DATETIME", "datetime"),
        Column("closed_at", "DATETIME", "datetime"),
        Column("hours", "INTEGER", "integer"),
        Column("spent", "INTEGER", "integer"),
    ),
)


def repair(sql: str, dialect: str) -> tuple[str, tuple[str, ...]]:
    catalog = Catalog(dialect, dialect, f"{dialect}://", "", (TABLE,))
    draft, notes = repaired(SqlDraft(sql, dialect), "", catalog, ValueIndex([]))
    return draft.sql, notes


def test_sqlite_counts_the_days_between_two_days() -> None:
    sql, notes = repair("SELECT closed_at - opened_at FROM ticket", "sqlite")
    assert notes == ("closed_at - opened_at was read as a number of days",)
    connection = sqlite3.connect(":memory:")
    connection.executescript(
        "CREATE TABLE ticket (opened_at DATETIME, closed_at DATETIME);"
        "INSERT INTO ticket VALUES ('2023-12-30 18:00:00', '2024-01-02 09:00:00');"
    )
    assert connection.execute(sql).fetchall() == [(3,)]
    # What SQLite makes of the query as it was: the difference of the years.
    assert connection.execute("SELECT closed_at - opened_at FROM ticket").fetchall() == [(1,)]
    connection.close()


def test_mariadb_has_a_function_for_it() -> None:
    sql, _ = repair("SELECT closed_at - opened_at FROM ticket", "mysql")
    assert sql == "SELECT DATEDIFF(closed_at, opened_at) FROM ticket"


@pytest.mark.parametrize("dialect", ["duckdb", "postgres"])
def test_other_engines_subtract_days(dialect: str) -> None:
    sql = "SELECT closed_at - opened_at FROM ticket"
    assert repair(sql, dialect) == (sql, ())


def test_numbers_are_subtracted_as_they_are() -> None:
    sql = "SELECT hours - spent FROM ticket"
    assert repair(sql, "sqlite") == (sql, ())
