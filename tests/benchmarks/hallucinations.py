"""What an answer names that is not there: tables, columns and stored texts."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import sqlglot
from sqlglot import exp

from mome.catalog import Catalog


@dataclass(frozen=True)
class Database:
    """The names and texts of a database, in lower case."""

    names: frozenset[str]
    texts: frozenset[str]

    @classmethod
    def read(cls, path: Path, catalog: Catalog) -> Database:
        """Read an SQLite file."""
        names: set[str] = set()
        texts: set[str] = set()
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
            for table in catalog.tables:
                names.add(table.name.casefold())
                names |= {column.name.casefold() for column in table.columns}
                for row in connection.execute(f'SELECT * FROM "{table.name}"'):
                    texts |= {value.casefold() for value in row if isinstance(value, str)}
        return cls(frozenset(names), frozenset(texts))


@dataclass(frozen=True)
class Flaws:
    """What is wrong with an answer."""

    names: bool = False
    """It has a table or column that the schema lacks."""
    values: bool = False
    """It has a text that neither the database nor the question has."""
    unparsed: bool = False


def hallucinated(sql: str, question: str, database: Database) -> Flaws:
    """Return the flaws of an answer."""
    try:
        tree = sqlglot.parse_one(sql, dialect="sqlite")
    except sqlglot.errors.SqlglotError:
        return Flaws(unparsed=True)
    given = {alias.alias_or_name.casefold() for alias in tree.find_all(exp.Alias, exp.TableAlias)}
    given |= {entry.alias.casefold() for entry in tree.find_all(exp.CTE)}
    used = {node.name.casefold() for node in tree.find_all(exp.Table, exp.Column)}
    used |= {node.table.casefold() for node in tree.find_all(exp.Column) if node.table}
    texts = {node.name.casefold() for node in tree.find_all(exp.Literal) if node.is_string}
    strange = {
        text for text in texts - database.texts if text.strip("%") not in question.casefold()
    }
    return Flaws(bool(used - database.names - given - {"*", ""}), bool(strange))
