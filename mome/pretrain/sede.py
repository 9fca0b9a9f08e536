"""SEDE's training split as examples; `mome.pretrain.skill.command` reads it.

Users of a public data explorer gave titles to their own queries. The queries say more than other
data sets' about dates, ratios and windows, and the titles often leave things out. The database
comes without rows and keys.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from mome.catalog import Table
from mome.pretrain.bird import guessed
from mome.pretrain.examples import Example, encode_all, read_lines
from mome.pretrain.variants import Database

FAMILIES = {"time": "datetime"}
"""Families of columns that the data set calls otherwise."""


def sede_examples(data: Path) -> list[Example]:
    """Return the examples of the queries that were rewritten for SQLite."""
    schemas = json.loads((data / "sede/schemas.json").read_text("utf-8"))
    entries = [entry for entry in read_lines(data / "sede/questions.jsonl") if entry["sql"]]
    rows = [(entry["db"], entry["question"], entry["sql"]) for entry in entries]
    queries = [entry["sql"] for entry in entries]
    return encode_all("sede", rows, lambda name: _database(name, schemas[name], queries))


def _database(name: str, schema: dict[str, dict[str, str]], queries: list[str]) -> Database:
    """Return a catalog with the schema's types, and keys and values from the queries."""
    catalog, values = guessed(name, schema, queries)
    tables = tuple(_typed(table, schema[table.name]) for table in catalog.tables)
    return replace(catalog, tables=tables), values


def _typed(table: Table, families: dict[str, str]) -> Table:
    columns = []
    for column in table.columns:
        family = families[column.name]
        columns.append(replace(column, family=FAMILIES.get(family, family)))
    return replace(table, columns=tuple(columns))
