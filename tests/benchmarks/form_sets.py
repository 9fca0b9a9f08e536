"""The data sets of `bench_forms`: databases with the queries that people wrote for them.

Spider and the exercises have rows. BIRD and SEDE have names only; keys and types are guessed.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from mome.catalog import Catalog, Table
from mome.pretrain.bird import guessed
from mome.pretrain.examples import read_lines
from schemas import collect_values, introspect, resolve_url, write_values

STEPS = 20_000_000
"""Instructions of SQLite's machine after which a query is stopped: about a second."""
FAMILIES = {"time": "datetime"}
"""Families of columns that SEDE's file names in another way than a catalog."""

Rows = list[tuple]


@dataclass(frozen=True)
class Questions:
    """The queries over one database."""

    catalog: Catalog
    path: Path | None
    """The database file; None if there is none."""
    queries: tuple[str, ...]


def read_set(data: Path, name: str) -> Iterator[Questions]:
    """Yield the databases of a set with the queries of its train split, or of all if it has none.

    name: spider, bird_train, exercises or sede.
    """
    queries: dict[str, list[str]] = defaultdict(list)
    for entry in read_lines(data / name / "questions.jsonl"):
        if entry["sql"] and (name == "exercises" or entry["split"] == "train"):
            queries[entry["db"]].append(entry["sql"])
    for database, sql in sorted(queries.items()):
        path = data / name / "db" / f"{database}.sqlite"
        if path.exists():
            yield Questions(_read_catalog(path), path, tuple(sql))
        else:
            yield Questions(_guessed_catalog(data / name, database, sql), None, tuple(sql))


def _read_catalog(path: Path) -> Catalog:
    """Return the catalog of a database file, read as `mome tune` does."""
    source = resolve_url(path)
    full = introspect(source)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        full.write(folder / "catalog.json")
        write_values(folder / "values.jsonl", collect_values(source, full))
        return Catalog.load(folder / "catalog.json")


def _guessed_catalog(folder: Path, database: str, queries: list[str]) -> Catalog:
    """Return the catalog of a database without rows, with keys and types from its queries."""
    schema = json.loads((folder / "schemas.json").read_text("utf-8"))[database]
    catalog, _ = guessed(database, schema, queries)
    if folder.name != "sede":
        return catalog
    tables = tuple(_with_families(table, schema[table.name]) for table in catalog.tables)
    return replace(catalog, tables=tables)


def _with_families(table: Table, families: dict[str, str]) -> Table:
    """Return the table with the families that its data set gives."""
    columns = []
    for column in table.columns:
        family = families[column.name]
        columns.append(replace(column, family=FAMILIES.get(family, family)))
    return replace(table, columns=tuple(columns))


@cache
def rows_of(path: Path, sql: str) -> Rows | str:
    """Return the rows of a query, or the message of its failure."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    # The handler stops the query when it returns 1.
    connection.set_progress_handler(lambda: 1, STEPS)
    try:
        return connection.execute(sql).fetchall()
    except sqlite3.Error as error:
        return str(error)
    finally:
        connection.close()
