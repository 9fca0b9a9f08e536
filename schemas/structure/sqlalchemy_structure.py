"""Read the structure of SQLite, PostgreSQL, MariaDB and MySQL through the SQLAlchemy Inspector.

Each call of the Inspector reflects a whole schema, because one call for each table would send
thousands of statements for a large database.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import sqlalchemy
from sqlalchemy.dialects.postgresql.base import PGInspector
from sqlalchemy.engine import Connection
from sqlalchemy.engine.reflection import Inspector, ObjectKind
from sqlalchemy.exc import DBAPIError, NoSuchTableError, SAWarning, SQLAlchemyError

from schemas.catalog import FullColumn, FullForeignKey, FullTable, Problem, Scalar
from schemas.names import find_name
from schemas.readers.base import one_line
from schemas.readers.sqlalchemy_reader import SQLAlchemyReader
from schemas.structure.base import Structure
from schemas.structure.server_details import STATEMENT_SECONDS, Details, TableName, read_details
from schemas.structure.type_families import family

_SYSTEM_SCHEMAS = (
    "information_schema",
    "mysql",
    "performance_schema",
    "sys",
    "pg_catalog",
    "pg_toast",
)
# What the Inspector reflects, each by its method get_multi_<part>. The columns come first: other
# parts are skipped for tables whose columns cannot be read.
_PARTS = (
    "columns",
    "pk_constraint",
    "foreign_keys",
    "unique_constraints",
    "indexes",
    "table_comment",
)


@dataclass
class _Schema:
    """One schema as it is being read."""

    name: str | None
    """The name for the Inspector; None for SQLite, which has only one schema."""
    shown: str | None
    """The name in the catalog; None for the connection's default schema."""
    kinds: dict[str, str]
    """Table name -> table, view or materialized_view."""
    definitions: dict[str, str] = field(default_factory=dict)
    """View name -> its SQL."""
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Part (columns, foreign_keys, ...) -> table name -> the Inspector's answer."""


def read(reader: SQLAlchemyReader) -> Structure:
    """Read tables, views, columns, keys, comments and allowed values of every schema.

    In MariaDB and MySQL only the database of the URL is read, or all if the URL names none.
    """
    problems: list[Problem] = []
    with warnings.catch_warnings():
        # "did not recognize type" and "skipped expression index": types come from
        # `server_details`, and indexes over expressions are not needed.
        warnings.simplefilter("ignore", SAWarning)
        reader.limit(STATEMENT_SECONDS)
        inspector = sqlalchemy.inspect(reader.connection)
        schemas = []
        for name in _schema_names(inspector, reader.engine):
            schemas.append(_read_schema(inspector, name, problems))
    names: list[str] = []
    for schema in schemas:
        names += schema.parts["columns"]
    details = read_details(reader, names)
    default = inspector.default_schema_name
    keys = _KeyReader(schemas, details, default)
    tables = []
    estimates = {}
    for schema in schemas:
        for table in _tables(schema, keys, details):
            tables.append(table)
            rows = details.estimates.get((schema.name, table.name))
            if rows is not None:
                estimates[table.key] = rows
    return Structure(tuple(tables), tuple(problems), default, estimates)


def _schema_names(inspector: Inspector, engine: str) -> list[str | None]:
    default = inspector.default_schema_name
    if engine == "sqlite":
        return [None]
    if engine != "postgresql" and default:
        return [default]
    names = []
    for name in inspector.get_schema_names():
        # pg_temp_1 and others hold the temporary tables of sessions.
        if name not in _SYSTEM_SCHEMAS and not name.startswith("pg_temp"):
            names.append(name)
    return sorted(names, key=lambda name: (name != default, name))


def _read_schema(inspector: Inspector, name: str | None, problems: list[Problem]) -> _Schema:
    default = inspector.default_schema_name
    schema = _Schema(name, None if name in (None, default) else name, _kinds(inspector, name))
    for part in _PARTS:
        schema.parts[part] = _reflect(inspector, schema, part, problems)
    schema.definitions = _definitions(inspector, schema)
    reported = {problem.object for problem in problems}
    for table in schema.kinds.keys() - schema.parts["columns"].keys():
        key = _table_key(schema, table)
        if key not in reported:
            problems.append(Problem(key, "its columns cannot be read"))
    return schema


def _kinds(inspector: Inspector, schema: str | None) -> dict[str, str]:
    kinds = dict.fromkeys(inspector.get_view_names(schema), "view")
    try:
        kinds |= dict.fromkeys(inspector.get_materialized_view_names(schema), "materialized_view")
    # Only PostgreSQL has materialized views.
    except NotImplementedError:
        pass
    # Foreign tables are in no other list. To a query they are tables.
    if isinstance(inspector, PGInspector):
        kinds |= dict.fromkeys(inspector.get_foreign_table_names(schema), "table")
    return kinds | dict.fromkeys(inspector.get_table_names(schema), "table")


def _definitions(inspector: Inspector, schema: _Schema) -> dict[str, str]:
    """Return the SQL of views. A view whose SQL the role may not read has none."""
    found = {}
    for name, kind in schema.kinds.items():
        if kind == "table":
            continue
        try:
            with _qualified_names(inspector):
                text = inspector.get_view_definition(name, schema.name)
        except SQLAlchemyError:
            continue
        if text:
            found[name] = text
    return found


def _reflect(
    inspector: Inspector, schema: _Schema, part: str, problems: list[Problem]
) -> dict[str, object]:
    """Reflect one part of all tables in one call.

    If an object of the schema is broken, reflect one table after the other instead.
    """
    try:
        if part != "foreign_keys":
            return _reflect_together(inspector, schema, part)
        with _qualified_names(inspector):
            return _reflect_together(inspector, schema, part)
    # SQLite has no comments.
    except NotImplementedError:
        return {}
    except (DBAPIError, NoSuchTableError):
        return _reflect_each(inspector, schema, part, problems)


def _reflect_together(
    inspector: Inspector, schema: _Schema, part: str, names: list[str] | None = None
) -> dict[str, object]:
    get_multi = getattr(inspector, f"get_multi_{part}")
    reflected = get_multi(schema=schema.name, filter_names=names, kind=ObjectKind.ANY)
    return {name: value for (_, name), value in reflected.items()}


@contextmanager
def _qualified_names(inspector: Inspector) -> Iterator[None]:
    """Clear PostgreSQL's search path while foreign keys and views are reflected.

    PostgreSQL omits the schema of a table that is on the search path, so that tables of one name in
    two schemas could be confused, and that a view reads otherwise to a role with another path.
    """
    if inspector.dialect.name != "postgresql":
        yield
        return
    connection = cast(Connection, inspector.bind)  # the reader inspects a connection
    connection.exec_driver_sql("SET search_path = ''")
    try:
        yield
    finally:
        connection.exec_driver_sql("RESET search_path")


def _reflect_each(
    inspector: Inspector, schema: _Schema, part: str, problems: list[Problem]
) -> dict[str, Any]:
    """Reflect one part of each table, and report the tables for which this fails."""
    reflected: dict[str, Any] = {}
    for name in sorted(schema.kinds):
        if part != "columns" and name not in schema.parts["columns"]:
            continue
        try:
            reflected |= _reflect_together(inspector, schema, part, [name])
        except SQLAlchemyError as error:
            original = error.orig if isinstance(error, DBAPIError) else None
            reason = one_line(original or error)
            message = f"its {part.replace('_', ' ')} cannot be read: {reason}"
            problems.append(Problem(_table_key(schema, name), message))
    return reflected


def _table_key(schema: _Schema, table: str) -> str:
    return f"{schema.shown}.{table}" if schema.shown else table


def _tables(schema: _Schema, keys: _KeyReader, details: Details) -> Iterator[FullTable]:
    for name, kind in schema.kinds.items():
        table_name = (schema.name, name)
        parts: dict[str, Any] = {}
        for part, reflected in schema.parts.items():
            if reflected.get(name):
                parts[part] = reflected[name]
        if "columns" not in parts or table_name in details.hidden:
            continue
        primary = tuple(parts.get("pk_constraint", {}).get("constrained_columns") or ())
        comments = details.comments[table_name]
        written = _written(parts["columns"], details.allowed[table_name], comments)
        columns = [
            _column(entry, primary, details.spellings[table_name], written)
            for entry in parts["columns"]
        ]
        foreign_keys = [keys.read(entry, schema) for entry in parts.get("foreign_keys", ())]
        yield FullTable(
            schema=schema.shown,
            name=name,
            kind=kind,
            columns=tuple(columns),
            comment=parts.get("table_comment", {}).get("text") or comments.get("") or None,
            primary_key=primary,
            unique=tuple(_unique(parts)),
            foreign_keys=tuple(foreign_keys),
            definition=schema.definitions.get(name),
        )


@dataclass(frozen=True)
class _Written:
    """What the statement of a table says of its columns, by their names."""

    allowed: dict[str, tuple[Scalar, ...]]
    """The values of its CHECK list."""
    comments: dict[str, str]


def _written(
    entries: Sequence[Mapping],
    allowed: Mapping[str, tuple[Scalar, ...]],
    comments: Mapping[str, str],
) -> _Written:
    """Return what a statement says of each column.

    It may write the name in another case, except where two columns differ by case.
    """
    names = [entry["name"] for entry in entries]
    found = _Written({}, {})
    for written, values in allowed.items():
        name = find_name(written, names)
        if name is not None:
            found.allowed[name] = values
    for written, comment in comments.items():
        name = find_name(written, names)
        if name is not None:
            found.comments[name] = comment
    return found


def _column(
    entry: Mapping,
    primary: tuple[str, ...],
    spellings: Mapping[str, tuple[str, str]],
    written: _Written,
) -> FullColumn:
    name = entry["name"]
    own = str(entry["type"])
    spelling, base = spellings.get(name, (own, own))
    enums = getattr(entry["type"], "enums", None)
    return FullColumn(
        name=name,
        type=spelling,
        family=family(base),
        # SQLite reports a primary key without NOT NULL as nullable.
        nullable=bool(entry["nullable"]) and name not in primary,
        comment=entry.get("comment") or written.comments.get(name),
        enum=tuple(enums) if enums else written.allowed.get(name),
    )


def _unique(parts: Mapping) -> Iterator[tuple[str, ...]]:
    """Yield the columns of unique constraints, and of unique indexes over whole columns."""
    for entry in parts.get("unique_constraints", ()):
        yield tuple(entry["column_names"])
    for entry in parts.get("indexes", ()):
        is_whole = not entry.get("expressions") and all(entry["column_names"])
        if entry["unique"] and is_whole and not _is_partial(entry):
            yield tuple(entry["column_names"])


def _is_partial(index: Mapping) -> bool:
    """Return True if the index has a WHERE clause, which exempts some rows from uniqueness."""
    for option, value in index.get("dialect_options", {}).items():
        if option.endswith("_where") and value is not None:
            return True
    return False


@dataclass
class _KeyReader:
    """Reads foreign keys; those to partitions become keys to the partitioned table.

    PostgreSQL stores a key to a partitioned table once more for each partition.
    """

    schemas: Sequence[_Schema]
    details: Details
    default: str | None
    """The real name of the connection's default schema."""

    def read(self, entry: Mapping, schema: _Schema) -> FullForeignKey:
        """Return one entry of the Inspector, a key of a table in `schema`."""
        target = (entry["referred_schema"] or schema.name, entry["referred_table"])
        ref_columns = tuple(entry["referred_columns"])
        whole = self.details.wholes.get(target)
        # A key that was declared to one partition alone is none to the whole table, unless its
        # columns are unique there too: a row could meet several.
        if whole is not None and self._is_unique(whole, ref_columns):
            target = whole
        ref_schema, ref_table = target
        shown = None if ref_schema in (None, self.default) else ref_schema
        key = FullTable(shown, ref_table, "table", ()).key
        return FullForeignKey(tuple(entry["constrained_columns"]), key, ref_columns)

    def _is_unique(self, table: TableName, columns: tuple[str, ...]) -> bool:
        name = table[1]
        for schema in self.schemas:
            if schema.name != table[0]:
                continue
            primary = schema.parts["pk_constraint"].get(name) or {}
            own = {part: schema.parts[part].get(name) or () for part in schema.parts}
            unique = [tuple(primary.get("constrained_columns") or ()), *_unique(own)]
            return any(set(names) == set(columns) for names in unique)
        return False
