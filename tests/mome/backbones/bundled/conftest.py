"""Forms over the whole catalog of concerts, and the concerts themselves in SQLite and DuckDB."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import duckdb
import pytest

from mome.backbones.bundled.pointer_form import PointerForm
from mome.catalog import Catalog
from mome.linking.join_graph import JoinGraph
from mome.linking.slice import Slice, SliceColumn, SliceTable

TYPES = {"integer": "INTEGER", "number": "DOUBLE PRECISION", "text": "VARCHAR", "date": "DATE"}
ROWS = {
    "singer": [
        (1, "Joe Sharp", "France", 52, "M"),
        (2, "Rose White", "France", 41, "F"),
        (3, "Ann Lee", "Netherlands", None, "F"),
    ],
    "song": [
        (1, 1, "You", "pop", 10.5),
        (2, 1, "It's", "rock", 3.0),
        (3, 2, "Sun", "pop", None),
        (4, 3, "joe sharp", "hip hop", 7.25),
    ],
    "stadium": [
        (1, "Stark", "Paris", 100),
        (2, "Ann Lee", "Glasgow", 7),
        (3, "Empty", "Glasgow", 5),
    ],
    "concert": [(1, 1, 2014, "2014-05-06"), (2, 2, 2015, "2015-01-31"), (3, 2, 2014, "2014-12-24")],
    "performance": [(1, 1), (1, 2), (2, 2), (3, 3)],
    "Order Line": [(1, "x", 5, "Y", 1), (2, "z", 6, "Y", 3)],
    "lonely": [("a", 1), ("b", 2)],
}


def whole(catalog: Catalog) -> PointerForm:
    """The form over a slice that holds all of a catalog."""
    tables = tuple(
        SliceTable(t, 0, tuple(SliceColumn(c, 0, ()) for c in t.columns)) for t in catalog.tables
    )
    return PointerForm(catalog, Slice("", (), tables, (), 0.0), JoinGraph(catalog))


@pytest.fixture(scope="session")
def forms(make_concerts: Callable[..., Catalog]) -> dict[str, PointerForm]:
    """Over all of the concerts, by dialect."""
    return {
        dialect: whole(make_concerts(dialect))
        for dialect in ("sqlite", "duckdb", "postgres", "mysql")
    }


@pytest.fixture(scope="session")
def whole_form() -> Callable[[Catalog], PointerForm]:
    """`whole_form(catalog)`: over a slice that holds all of it."""
    return whole


def create(catalog: Catalog) -> list[str]:
    """Statements that make the catalog's tables."""
    made = []
    for table in catalog.tables:
        columns = ", ".join(f'"{column.name}" {TYPES[column.family]}' for column in table.columns)
        made.append(f'CREATE TABLE "{table.name}" ({columns})')
    return made


@pytest.fixture(scope="session")
def ask(make_concerts: Callable[..., Catalog]) -> Callable[[str, str], list[tuple]]:
    """`ask(dialect, sql)`: rows of the concerts in SQLite or DuckDB."""
    opened = {"sqlite": sqlite3.connect(":memory:"), "duckdb": duckdb.connect()}
    for connection in opened.values():
        for statement in create(make_concerts()):
            connection.execute(statement)
        for name, rows in ROWS.items():
            connection.executemany(
                f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(rows[0]))})', rows
            )
    yield lambda dialect, sql: opened[dialect].execute(sql).fetchall()
    for connection in opened.values():
        connection.close()
