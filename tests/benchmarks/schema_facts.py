"""Facts about the tables of SQLite files: questions in several wordings, and their answers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

MOST_COLUMNS, MOST_CODES, LONGEST_CODE = 12, 6, 20
"""Tables with more columns are asked for their keys and codes alone; columns with more values, or
longer ones, have no codes.
"""


@dataclass(frozen=True)
class SchemaFact:
    """One fact."""

    kind: str
    wordings: tuple[str, ...]
    held_out: tuple[str, ...]
    """Wordings that are asked at the end, and never trained."""
    answer: str
    names: tuple[str, ...]
    """The names of its table and of the table's columns."""


@dataclass(frozen=True)
class _Table:
    name: str
    """As it is called in questions."""
    own: str
    """In its file."""
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    references: tuple[tuple[str, str, str], ...]
    """Column, table and column that it refers to."""


def schema_facts(folder: Path, tables: int) -> list[SchemaFact]:
    """Return the facts of the first tables of the files. Raises ValueError if there are fewer."""
    seen: set[str] = set()
    facts: list[SchemaFact] = []
    count = 0
    for path in sorted(folder.glob("*.sqlite")):
        address = f"file:{path}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            found = islice(_tables(connection, path.stem, seen), tables - count)
            for table in found:
                count += 1
                facts += _facts(connection, table)
        if count == tables:
            return facts
    raise ValueError(f"{folder} has {count} tables, not {tables}: give a smaller --tables")


def _tables(connection: sqlite3.Connection, file: str, seen: set[str]) -> Iterator[_Table]:
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    for (own,) in sorted(names):
        name = own if own.casefold() not in seen else f"{file}.{own}"
        seen.add(name.casefold())
        info = connection.execute(f'PRAGMA table_info("{own}")').fetchall()
        columns = tuple(entry[1] for entry in info)
        keys = tuple(entry[1] for entry in sorted(info, key=lambda entry: entry[5]) if entry[5])
        links = connection.execute(f'PRAGMA foreign_key_list("{own}")').fetchall()
        references = tuple((link[3], link[2], link[4] or "its key") for link in links)
        yield _Table(name, own, columns, keys, references)


def _facts(connection: sqlite3.Connection, table: _Table) -> Iterator[SchemaFact]:
    name, names = table.name, (table.name, *table.columns)
    if len(table.columns) <= MOST_COLUMNS:
        yield SchemaFact(
            "columns",
            (f"Which columns does the table {name} have?", f"What are the columns of {name}?"),
            (f"List the columns of the table {name}.", f"What fields are stored in {name}?"),
            ", ".join(table.columns),
            names,
        )
    if table.keys:
        yield SchemaFact(
            "key",
            (f"What is the primary key of {name}?", f"Which column identifies a row of {name}?"),
            (f"Name the primary key of the table {name}.", f"How is a row in {name} identified?"),
            ", ".join(table.keys),
            names,
        )
    for column, other, target in table.references:
        yield SchemaFact(
            "reference",
            (f"What does {name}.{column} refer to?", f"Where does {column} of {name} point?"),
            (
                f"Which column does {column} in the table {name} reference?",
                f"The foreign key {column} of {name} leads where?",
            ),
            f"{other}.{target}",
            names,
        )
    for column in table.columns:
        codes = _codes(connection, table.own, column)
        if codes:
            yield SchemaFact(
                "codes",
                (
                    f"Which values does {column} of {name} take?",
                    f"What are the codes in {name}.{column}?",
                ),
                (
                    f"What can stand in the column {column} of the table {name}?",
                    f"List the different values of {column} in {name}.",
                ),
                ", ".join(codes),
                names,
            )


def _codes(connection: sqlite3.Connection, table: str, column: str) -> tuple[str, ...]:
    """Return the different texts of a column, sorted; none if they are many, long or no texts."""
    rows = connection.execute(
        f'SELECT DISTINCT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL '
        f"LIMIT {MOST_CODES + 1}"
    ).fetchall()
    values = [value for (value,) in rows]
    if not 2 <= len(values) <= MOST_CODES:
        return ()
    if not all(isinstance(value, str) and 0 < len(value) <= LONGEST_CODE for value in values):
        return ()
    return tuple(sorted(values))
