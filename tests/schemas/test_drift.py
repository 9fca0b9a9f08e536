"""Structural drift between a database and a catalog; rows and inferred keys do not count."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from schemas import Problem, introspect, resolve_url
from schemas.drift import Drift, schema_drift

SHELVES = """
CREATE TABLE shelf (id INTEGER PRIMARY KEY, label TEXT NOT NULL);
CREATE TABLE box (id INTEGER PRIMARY KEY, shelf_id INTEGER);
INSERT INTO shelf VALUES (1, 'top');
INSERT INTO box VALUES (1, 1);
"""


@pytest.fixture
def path(make_sqlite: Callable) -> Path:
    return Path(make_sqlite(SHELVES, "shelves.db"))


def drift_after(path: Path, sql: str) -> Drift:
    known = introspect(resolve_url(path))
    with sqlite3.connect(path) as connection:
        connection.executescript(sql)
    return schema_drift(resolve_url(path), known)


@pytest.mark.parametrize("sql", ["", "INSERT INTO shelf VALUES (2, 'low')", "DELETE FROM box"])
def test_rows_are_no_drift(path: Path, sql: str) -> None:
    assert drift_after(path, sql) == Drift()


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        ("ALTER TABLE box ADD COLUMN colour TEXT", "box.colour: new column"),
        ("DROP TABLE box", "box: table is gone"),
        ("ALTER TABLE shelf RENAME COLUMN label TO name", "shelf.label: column is gone"),
        ("CREATE TABLE lid (id INTEGER PRIMARY KEY)", "lid: new table"),
    ],
)
def test_structural_changes_are_listed(path: Path, sql: str, line: str) -> None:
    drift = drift_after(path, sql)
    assert drift.moved
    assert any(line in change for change in drift.changes)


def test_tables_that_could_not_be_read_are_not_new(path: Path) -> None:
    known = introspect(resolve_url(path))
    tables = tuple(table for table in known.tables if table.key != "box")
    known = replace(known, tables=tables, problems=(Problem("box", "no rights"),))
    assert schema_drift(resolve_url(path), known) == Drift()
