"""BIRD's training split as examples; `mome.pretrain.command` reads it.

BIRD's databases come without rows, keys and types; these are guessed from its queries.
"""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from mome.catalog import Catalog, Column, ForeignKey, Table
from mome.pretrain.examples import Example, encode_all, read_lines
from mome.pretrain.variants import Database

ColumnName = tuple[str, str]
"""A table and one of its columns."""


def bird_examples(data: Path, rng: random.Random) -> list[Example]:
    """Return the examples of BIRD's training split, half of the questions with their hint.

    The databases come without rows, keys and types; these are guessed from the queries.
    """
    schemas = json.loads((data / "bird_train/schemas.json").read_text("utf-8"))
    entries = read_lines(data / "bird_train/questions.jsonl")
    queries: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        queries[entry["db"]].append(entry["sql"])
    rows = [(entry["db"], _with_hint(entry, rng), entry["sql"]) for entry in entries]
    return encode_all("bird", rows, lambda name: guessed(name, schemas[name], queries[name]))


def _with_hint(entry: dict, rng: random.Random) -> str:
    """Return the question, half of the time followed by its hint."""
    hint = entry["evidence"] if rng.random() < 0.5 else ""
    return f"{entry['question']} {hint}".strip()


def guessed(name: str, schema: dict[str, dict[str, str]], queries: Sequence[str]) -> Database:
    """Return a catalog with the schema's names, and keys, types and values from the queries."""
    usage = _Usage(schema)
    for sql in queries:
        usage.add(sql)
    keys = usage.foreign_keys()
    tables = []
    for table, names in schema.items():
        columns = tuple(usage.column(table, column) for column in names)
        foreign_keys = tuple(keys[table])
        tables.append(Table(None, table, "table", None, None, columns, foreign_keys=foreign_keys))
    values = [
        (table, column, sorted(texts)) for (table, column), texts in sorted(usage.literals.items())
    ]
    return Catalog("sqlite", "sqlite", name, name, tuple(tables)), values


class _Usage:
    """How queries use the columns of one database: joins, and comparisons with literals."""

    def __init__(self, schema: dict[str, dict[str, str]]) -> None:
        self.literals: dict[ColumnName, set[str]] = defaultdict(set)
        """Texts with which a column is compared; they stand in for stored values."""
        self._numeric: set[ColumnName] = set()
        self._joins: Counter[tuple[ColumnName, ColumnName]] = Counter()
        # SQL names are case-insensitive: lower-case names -> names as the schema spells them.
        self._spelled: dict[ColumnName, ColumnName] = {}
        for table, columns in schema.items():
            for column in columns:
                self._spelled[table.lower(), column.lower()] = (table, column)

    def add(self, sql: str) -> None:
        """Add the comparisons of one query; a query that cannot be parsed adds nothing."""
        try:
            tree = sqlglot.parse_one(sql, dialect="sqlite")
        except SqlglotError:
            return
        tables = {
            table.alias_or_name.lower(): table.name.lower() for table in tree.find_all(exp.Table)
        }
        for node in tree.find_all(exp.Binary):
            column = self._find(node.this, tables)
            if column is not None:
                self._add_comparison(column, node, tables)

    def _add_comparison(
        self, column: ColumnName, node: exp.Binary, tables: Mapping[str, str]
    ) -> None:
        """Add the comparison of a column with the right side of `node`."""
        right = node.expression
        if isinstance(right, exp.Literal):
            if right.is_string:
                self.literals[column].add(right.this.strip("%"))
            else:
                self._numeric.add(column)
        elif isinstance(node, exp.EQ):
            other = self._find(right, tables)
            if other is not None:
                left, right_ = sorted((column, other))
                self._joins[left, right_] += 1

    def _find(self, node: exp.Expression, tables: Mapping[str, str]) -> ColumnName | None:
        """Return the column that `node` names; None if it is none of the schema's.

        `tables`: the query's tables by their aliases, all in lower case.
        """
        if not isinstance(node, exp.Column):
            return None
        owners = [tables.get(node.table.lower(), "")] if node.table else tables.values()
        for owner in owners:
            if (owner, node.name.lower()) in self._spelled:
                return self._spelled[owner, node.name.lower()]
        return None

    def foreign_keys(self) -> dict[str, list[ForeignKey]]:
        """Return the foreign keys of each table: its columns that several queries join."""
        keys: dict[str, list[ForeignKey]] = defaultdict(list)
        for ((table, column), (other, other_column)), count in self._joins.most_common():
            # A pair of columns that only one query joins may be joined by mistake.
            if count > 1 and table != other:
                keys[table].append(ForeignKey((column,), other, (other_column,), True))
        return keys

    def column(self, table: str, name: str) -> Column:
        """Return a column with a type guessed from its literals, or else from its name."""
        if (table, name) in self.literals:
            family = "text"
        elif (table, name) in self._numeric or name.lower().endswith("id"):
            family = "integer"
        elif "date" in name.lower():
            family = "date"
        else:
            family = "text"
        return Column(name, "", family)
