"""The catalog as the inference half reads it. `schemas` writes catalog.json; the file is the only
link between the two.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from mome.errors import CatalogError

FORMAT = 1
T = TypeVar("T")


@dataclass(frozen=True)
class Column:
    """A column of a table or view."""

    name: str
    type: str
    """The engine's own spelling, such as VARCHAR(20)."""
    family: str
    """text, integer, number, date, datetime, time, boolean, binary or other."""
    nullable: bool = True
    comment: str | None = None
    values: tuple[object, ...] | None = None
    """Stored values of a low-cardinality column; None if they were not collected."""
    values_complete: bool = False
    """Whether `values` holds every value of the column."""
    least: object = None
    """The least stored value of a column of numbers or dates; None if it is not known."""
    greatest: object = None
    """The greatest one, in the same way."""

    @property
    def is_constant(self) -> bool:
        """Whether all rows hold the same value, as far as is known."""
        # A flag that is NULL elsewhere tells rows apart.
        is_one = self.values_complete and len(self.values or ()) == 1
        return is_one and not self.nullable


@dataclass(frozen=True)
class ForeignKey:
    """A reference from columns of one table to columns of another."""

    columns: tuple[str, ...]
    ref_table: str
    """The referenced table's `key`."""
    ref_columns: tuple[str, ...]
    inferred: bool = False
    """Whether it was inferred from names, types and data rather than declared."""


@dataclass(frozen=True)
class Table:
    """A table, view or materialized view."""

    schema: str | None
    """None for the connection's default schema, whose tables are written without a prefix."""
    name: str
    kind: str
    comment: str | None
    rows: int | None
    """None if unknown (a slow view, missing rights)."""
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    definition: str | None = None
    """The SQL of a view, as the engine gives it; None if it is not known."""

    @property
    def key(self) -> str:
        """`name`, or `schema.name` outside of the default schema; unique in a catalog."""
        return f"{self.schema}.{self.name}" if self.schema else self.name

    def column(self, name: str) -> Column | None:
        """Return the column of this name, or the only one that differs from it by case alone."""
        return _named(self._columns, name)

    @cached_property
    def _columns(self) -> dict[str, dict[str, Column]]:
        return _by_lower_case({column.name: column for column in self.columns})


@dataclass(frozen=True)
class Catalog:
    """Tables and columns of one database."""

    dialect: str
    """sqlglot's name: sqlite, duckdb, postgres or mysql."""
    engine: str
    """sqlite, duckdb, postgresql, mysql or mariadb."""
    url: str
    """Without a password."""
    fingerprint: str
    tables: tuple[Table, ...] = field(default_factory=tuple)

    def table(self, key: str) -> Table | None:
        """Return the table with this `key`, or the only one that differs from it by case alone."""
        return _named(self._tables, key)

    @cached_property
    def _tables(self) -> dict[str, dict[str, Table]]:
        return _by_lower_case({table.key: table for table in self.tables})

    @classmethod
    def load(cls, path: Path) -> Catalog:
        """Read catalog.json. Raises CatalogError if it is missing, truncated or of another
        format.
        """
        try:
            return cls.from_dict(json.loads(Path(path).read_text("utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CatalogError(
                f"{path} is not a readable catalog ({type(error).__name__}); run `mome tune` again"
            ) from error

    @classmethod
    def from_dict(cls, data: dict) -> Catalog:
        """Build from parsed JSON. Raises ValueError for another format."""
        if data["format"] != FORMAT:
            raise ValueError(f"catalog format {data['format']}, expected {FORMAT}")
        tables = tuple(_table(entry) for entry in data["tables"])
        return cls(data["dialect"], data["engine"], data["url"], data["fingerprint"], tables)


def _by_lower_case(named: Mapping[str, T]) -> dict[str, dict[str, T]]:
    """Return name in lower case -> name -> its object.

    PostgreSQL has tables and columns whose names differ by case alone, and so has MariaDB tables.
    """
    groups: dict[str, dict[str, T]] = defaultdict(dict)
    for name, value in named.items():
        groups[name.lower()][name] = value
    return groups


def _named(groups: Mapping[str, Mapping[str, T]], name: str) -> T | None:
    """Return the object of this name, or the only one in another case; None if several fit."""
    alike = groups.get(name.lower(), {})
    if name in alike:
        return alike[name]
    return next(iter(alike.values())) if len(alike) == 1 else None


def _table(entry: dict) -> Table:
    return Table(
        schema=entry["schema"],
        name=entry["name"],
        kind=entry["kind"],
        comment=entry["comment"],
        rows=entry["rows"],
        columns=tuple(_column(column) for column in entry["columns"]),
        primary_key=tuple(entry["primary_key"]),
        unique=tuple(map(tuple, entry["unique"])),
        foreign_keys=tuple(_foreign_key(key) for key in entry["foreign_keys"]),
        definition=entry.get("definition"),
    )


def _column(entry: dict) -> Column:
    values = entry["values"]
    return Column(
        name=entry["name"],
        type=entry["type"],
        family=entry["family"],
        nullable=entry["nullable"],
        comment=entry["comment"],
        values=None if values is None else tuple(values),
        values_complete=entry["values_complete"],
        least=entry.get("min"),
        greatest=entry.get("max"),
    )


def _foreign_key(entry: dict) -> ForeignKey:
    return ForeignKey(
        tuple(entry["columns"]), entry["ref_table"], tuple(entry["ref_columns"]), entry["inferred"]
    )


_NUMBER = re.compile(r"\s*[-+]?\d+(\.\d+)?\s*")
NOT_NUMERIC = frozenset({"text", "date", "datetime", "time", "binary"})
LENIENT = frozenset({"sqlite", "mysql"})
"""Dialects that convert text to numbers in arithmetic."""


def holds_numbers(column: Column) -> bool:
    """Return whether a column's values are numbers, whatever its type; if they are not listed, its
    type decides.
    """
    listed = column.values or (column.least, column.greatest)
    known = [str(value) for value in listed if value not in (None, "")]
    if column.family in ("text", "binary") and known:
        return all(map(_NUMBER.fullmatch, known))
    return column.family not in NOT_NUMERIC


def is_numeric(column: Column, dialect: str) -> bool:
    """Return whether a column has a sum."""
    return holds_numbers(column) if dialect in LENIENT else column.family not in NOT_NUMERIC
