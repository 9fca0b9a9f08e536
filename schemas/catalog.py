"""What introspection finds, as frozen dataclasses, and its JSON form `catalog.json`.

Every later stage reads catalog.json: the generator of facts, the tune, the translator and the app.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from schemas.errors import BrokenCatalog

FORMAT = 1
"""The version of catalog.json's layout; a catalog of another version is refused."""
Scalar = str | int | float | bool


@dataclass(frozen=True)
class FullColumn:
    """A column of a table or view, with statistics of its data."""

    name: str
    type: str
    """The engine's own spelling, such as VARCHAR(20)."""
    family: str
    """text, integer, number, date, datetime, time, boolean, binary or other."""
    nullable: bool = True
    comment: str | None = None
    enum: tuple[Scalar, ...] | None = None
    """The values that an enum type or a CHECK list allows; None if there is no such list."""
    values: tuple[Scalar, ...] | None = None
    """Stored values, sorted; None if there are too many or they were not collected."""
    values_complete: bool = False
    """True if `values` holds every value of the column."""
    distinct: int | None = None
    """Number of distinct values; None if it was not counted over all rows."""
    min: Scalar | None = None
    """Smallest number or earliest date over all rows; None if it was not computed."""
    max: Scalar | None = None
    """Largest number or latest date over all rows; None if it was not computed."""
    excluded: bool = False
    """True if a pattern of the user keeps the values out of every file."""


@dataclass(frozen=True)
class FullForeignKey:
    """A reference from columns of one table to columns of another."""

    columns: tuple[str, ...]
    ref_table: str
    """The `key` of the referenced table."""
    ref_columns: tuple[str, ...]
    inferred: bool = False
    """True if the key is not declared but inferred from names, types and data."""


@dataclass(frozen=True)
class FullTable:
    """A table, view or materialized view."""

    schema: str | None
    """None in the connection's default schema."""
    name: str
    kind: str
    """table, view or materialized_view."""
    columns: tuple[FullColumn, ...]
    comment: str | None = None
    rows: int | None = None
    """Number of rows, for very large tables the engine's estimate; None if unknown."""
    primary_key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    """The column names of each unique constraint or index, without the primary key."""
    foreign_keys: tuple[FullForeignKey, ...] = ()
    definition: str | None = None
    """The SQL of a view, as the engine gives it; None if it is not known."""

    @property
    def key(self) -> str:
        """`name`, or `schema.name` outside of the default schema; unique in a catalog."""
        return f"{self.schema}.{self.name}" if self.schema else self.name

    def column(self, name: str) -> FullColumn | None:
        """Return the column of exactly this name, or None."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True)
class Problem:
    """An object that could not be introspected, or only in part."""

    object: str
    """`table`, `schema.table` or `table.column`."""
    reason: str
    """Why, in one line."""


@dataclass(frozen=True)
class FullCatalog:
    """The result of one introspection; equal databases give equal files."""

    dialect: str
    """sqlglot's name of the dialect: sqlite, duckdb, postgres or mysql."""
    engine: str
    """sqlite, duckdb, postgresql, mysql or mariadb."""
    url: str
    """The URL without its password; a path for csv and parquet files."""
    tables: tuple[FullTable, ...]
    problems: tuple[Problem, ...] = ()

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the structure, in hex.

        Equal if names, types, declared keys and allowed values are equal, whatever the rows.
        """
        return _fingerprint(self.dialect, self.tables)

    def table(self, key: str) -> FullTable | None:
        """Return the table with exactly this `key`, or None."""
        return self._tables.get(key)

    def columns(self) -> Iterator[tuple[FullTable, FullColumn]]:
        """Return an iterator over every column with its table, in order."""
        return ((table, column) for table in self.tables for column in table.columns)

    @cached_property
    def _tables(self) -> dict[str, FullTable]:
        return {table.key: table for table in self.tables}

    def to_dict(self) -> dict:
        """Return the content of catalog.json."""
        return {
            "format": FORMAT,
            "dialect": self.dialect,
            "engine": self.engine,
            "url": self.url,
            "fingerprint": self.fingerprint,
            "tables": [_table_to_dict(table) for table in self.tables],
            "problems": [
                {"object": problem.object, "reason": problem.reason} for problem in self.problems
            ],
        }

    @classmethod
    def from_dict(cls, data: dict) -> FullCatalog:
        """Return the catalog that `to_dict` gave `data`.

        Raises BrokenCatalog if the format is another one or a part is missing.
        """
        try:
            if data["format"] != FORMAT:
                raise BrokenCatalog(
                    f"the catalog has format {data['format']}, this version reads {FORMAT}; "
                    "introspect the database again"
                )
            tables = tuple(_table_from_dict(entry) for entry in data["tables"])
            problems = tuple(
                Problem(entry["object"], entry["reason"]) for entry in data["problems"]
            )
            return cls(data["dialect"], data["engine"], data["url"], tables, problems)
        except (KeyError, TypeError, AttributeError) as error:
            raise BrokenCatalog(
                f"the catalog is incomplete ({type(error).__name__}: {error}); "
                "introspect the database again"
            ) from error

    def write(self, path: Path | str) -> None:
        """Write catalog.json atomically."""
        # NaN is not JSON, and other readers would refuse the file.
        text = json.dumps(self.to_dict(), ensure_ascii=False, indent=1, allow_nan=False)
        write_whole(Path(path), text + "\n")

    @classmethod
    def read(cls, path: Path | str) -> FullCatalog:
        """Read catalog.json.

        Raises BrokenCatalog if the file is missing, truncated or of another format.
        """
        try:
            data = json.loads(Path(path).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise BrokenCatalog(
                f"{path} is not a readable catalog ({type(error).__name__}); "
                "introspect the database again"
            ) from error
        return cls.from_dict(data)


def write_whole(path: Path, text: str) -> None:
    """Write a text file atomically: write a temporary file beside `path`, then rename it."""
    # The process id keeps two processes that write the same file from sharing a temporary file.
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.write_text(text, "utf-8")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


# The keys of a column in catalog.json, in the order in which they are written.
_COLUMN_PARTS = (
    "name",
    "type",
    "family",
    "nullable",
    "comment",
    "enum",
    "values",
    "values_complete",
    "distinct",
    "min",
    "max",
    "excluded",
)


def _table_to_dict(table: FullTable) -> dict:
    entry = {
        "schema": table.schema,
        "name": table.name,
        "kind": table.kind,
        "comment": table.comment,
        "rows": table.rows,
        "primary_key": list(table.primary_key),
        "unique": [list(names) for names in table.unique],
        "columns": [_column_to_dict(column) for column in table.columns],
        "foreign_keys": [_foreign_key_to_dict(key) for key in table.foreign_keys],
    }
    return entry if table.definition is None else {**entry, "definition": table.definition}


def _column_to_dict(column: FullColumn) -> dict:
    entry = {}
    for part in _COLUMN_PARTS:
        value = getattr(column, part)
        entry[part] = list(value) if isinstance(value, tuple) else value
    return entry


def _foreign_key_to_dict(key: FullForeignKey) -> dict:
    return {
        "columns": list(key.columns),
        "ref_table": key.ref_table,
        "ref_columns": list(key.ref_columns),
        "inferred": key.inferred,
    }


def _table_from_dict(entry: dict) -> FullTable:
    return FullTable(
        schema=entry["schema"],
        name=entry["name"],
        kind=entry["kind"],
        comment=entry["comment"],
        rows=entry["rows"],
        columns=tuple(_column_from_dict(column) for column in entry["columns"]),
        primary_key=tuple(entry["primary_key"]),
        unique=tuple(map(tuple, entry["unique"])),
        foreign_keys=tuple(_foreign_key_from_dict(key) for key in entry["foreign_keys"]),
        definition=entry.get("definition"),
    )


def _column_from_dict(entry: dict) -> FullColumn:
    parts = {part: entry[part] for part in _COLUMN_PARTS}
    for part in ("enum", "values"):
        if parts[part] is not None:
            parts[part] = tuple(parts[part])
    return FullColumn(**parts)


def _foreign_key_from_dict(entry: dict) -> FullForeignKey:
    return FullForeignKey(
        columns=tuple(entry["columns"]),
        ref_table=entry["ref_table"],
        ref_columns=tuple(entry["ref_columns"]),
        inferred=entry["inferred"],
    )


def _fingerprint(dialect: str, tables: Iterable[FullTable]) -> str:
    """Return the SHA-256 in hex of names, types, nullability, declared keys and allowed values.

    Rows, comments and inferred keys are left out. Rows and comments do not change which SQL is
    valid; inferred keys depend on the rows.
    """
    declared = sorted((_declared_table(table) for table in tables), key=json.dumps)
    text = json.dumps([dialect, declared], ensure_ascii=False)
    # Names read from a database may hold lone surrogates, which strict UTF-8 cannot encode.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _declared_table(table: FullTable) -> list:
    foreign_keys = []
    for key in table.foreign_keys:
        if not key.inferred:
            foreign_keys.append([key.columns, key.ref_table, key.ref_columns])
    return [
        table.key,
        table.kind,
        [_declared_column(column) for column in table.columns],
        table.primary_key,
        table.unique,
        foreign_keys,
    ]


def _declared_column(column: FullColumn) -> list:
    return [column.name, column.type, column.nullable, column.enum]
