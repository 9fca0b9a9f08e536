"""Read the structure of SQLite, PostgreSQL, MariaDB and MySQL through the SQLAlchemy Inspector.

Each call of the Inspector reflects a whole schema, because one call for each table would send
thousands of statements for a large database.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlalchemy
from sqlalchemy.engine.reflection import Inspector, ObjectKind
from sqlalchemy.exc import DBAPIError, NoSuchTableError, SAWarning, SQLAlchemyError

from schemas.catalog import Column, ForeignKey, Problem, Table
from schemas.readers.base import one_line
from schemas.readers.sqlalchemy_reader import SQLAlchemyReader
from schemas.structure.base import Structure
from schemas.structure.server_details import STATEMENT_SECONDS, Details, read_details
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
    parts: dict[str, dict[str, object]] = field(default_factory=dict)
    """Part (columns, foreign_keys, ...) -> table name -> the Inspector's answer."""


def read(reader: SQLAlchemyReader) -> Structure:
    """Read tables, views, columns, keys, comments and allowed values of every schema.

    In MariaDB and MySQL only the database of the URL is read, or all if the URL names none.
    """
    problems: list[Problem] = []
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", SAWarning
        )  # "did not recognize type", "skipped expression index": neither is lost here
        reader.limit(STATEMENT_SECONDS)
        inspector = sqlalchemy.inspect(reader.connection)
        schemas = [
            _read_schema(inspector, name, problems)
            for name in _schema_names(inspector, reader.engine)
        ]
    details = read_details(reader, [name for schema in schemas for name in schema.parts["columns"]])
    default = inspector.default_schema_name
    tables, estimates = [], {}
    for schema in schemas:
        for table in _tables(schema, default, details):
            tables.append(table)
            if (rows := details.estimates.get((schema.name, table.name))) is not None:
                estimates[table.key] = rows
    return Structure(tuple(tables), tuple(problems), default, estimates)


def _schema_names(inspector: Inspector, engine: str) -> list[str | None]:
    default = inspector.default_schema_name
    if engine == "sqlite":
        return [None]
    if engine != "postgresql" and default:
        return [default]
    names = [
        name
        for name in inspector.get_schema_names()
        if name not in _SYSTEM_SCHEMAS and not name.startswith("pg_temp")
    ]
    return sorted(names, key=lambda name: (name != default, name))


def _read_schema(inspector: Inspector, name: str | None, problems: list[Problem]) -> _Schema:
    default = inspector.default_schema_name
    schema = _Schema(name, None if name in (None, default) else name, _kinds(inspector, name))
    for part in _PARTS:
        schema.parts[part] = _reflect(inspector, schema, part, problems)
    reported = {problem.object for problem in problems}
    missing = [
        _key(schema, table) for table in schema.kinds.keys() - schema.parts["columns"].keys()
    ]
    problems += [
        Problem(key, "its columns cannot be read") for key in missing if key not in reported
    ]
    return schema


def _kinds(inspector: Inspector, schema: str | None) -> dict[str, str]:
    found = dict.fromkeys(inspector.get_view_names(schema), "view")
    try:
        found |= dict.fromkeys(inspector.get_materialized_view_names(schema), "materialized_view")
    except NotImplementedError:  # only PostgreSQL has them
        pass
    return found | dict.fromkeys(inspector.get_table_names(schema), "table")


def _reflect(
    inspector: Inspector, schema: _Schema, part: str, problems: list[Problem]
) -> dict[str, object]:
    """Reflect one part of all tables in one call.

    If an object of the schema is broken, reflect one table after the other instead.
    """
    try:
        with _qualified_names(inspector, part):
            return _multi(inspector, schema, part)
    except NotImplementedError:  # SQLite has no comments
        return {}
    except (DBAPIError, NoSuchTableError):
        return dict(_one_by_one(inspector, schema, part, problems))


def _multi(
    inspector: Inspector, schema: _Schema, part: str, names: list[str] | None = None
) -> dict[str, object]:
    found = getattr(inspector, f"get_multi_{part}")(
        schema=schema.name, filter_names=names, kind=ObjectKind.ANY
    )
    return {name: value for (_, name), value in found.items()}


@contextmanager
def _qualified_names(inspector: Inspector, part: str) -> Iterator[None]:
    """Clear PostgreSQL's search path while foreign keys are reflected.

    PostgreSQL omits the schema of a referenced table that is on the search path, so that tables
    of one name in two schemas could be confused.
    """
    if part != "foreign_keys" or inspector.dialect.name != "postgresql":
        yield
        return
    inspector.bind.exec_driver_sql("SET search_path = ''")
    try:
        yield
    finally:
        inspector.bind.exec_driver_sql("RESET search_path")


def _one_by_one(
    inspector: Inspector, schema: _Schema, part: str, problems: list[Problem]
) -> Iterator[tuple[str, object]]:
    for name in sorted(schema.kinds):
        if part != "columns" and name not in schema.parts["columns"]:
            continue
        try:
            yield from _multi(inspector, schema, part, [name]).items()
        except SQLAlchemyError as error:
            reason = one_line(error.orig) if isinstance(error, DBAPIError) else one_line(error)
            problems.append(
                Problem(
                    _key(schema, name), f"its {part.replace('_', ' ')} cannot be read: {reason}"
                )
            )


def _key(schema: _Schema, table: str) -> str:
    return f"{schema.shown}.{table}" if schema.shown else table


def _tables(schema: _Schema, default: str | None, details: Details) -> Iterator[Table]:
    for name, kind in schema.kinds.items():
        parts = {part: found[name] for part, found in schema.parts.items() if found.get(name)}
        if "columns" not in parts or (schema.name, name) in details.hidden:
            continue
        primary = tuple(parts.get("pk_constraint", {}).get("constrained_columns") or ())
        yield Table(
            schema=schema.shown,
            name=name,
            kind=kind,
            columns=tuple(
                _column(entry, primary, details, (schema.name, name)) for entry in parts["columns"]
            ),
            comment=parts.get("table_comment", {}).get("text") or None,
            primary_key=primary,
            unique=tuple(_unique(parts)),
            foreign_keys=tuple(
                _foreign_key(entry, schema, default) for entry in parts.get("foreign_keys", ())
            ),
        )


def _column(
    entry: Mapping, primary: tuple[str, ...], details: Details, table: tuple[str | None, str]
) -> Column:
    name = entry["name"]
    spelling, base = details.spellings[table].get(name) or (str(entry["type"]),) * 2
    enums = getattr(entry["type"], "enums", None)
    return Column(
        name=name,
        type=spelling,
        family=family(base),
        nullable=bool(entry["nullable"]) and name not in primary,
        comment=entry.get("comment") or None,
        enum=tuple(enums) if enums else details.allowed[table].get(name.lower()),
    )


def _unique(parts: Mapping) -> Iterator[tuple[str, ...]]:
    """Yield the columns of unique constraints, and of unique indexes over whole columns."""
    for entry in parts.get("unique_constraints", ()):
        yield tuple(entry["column_names"])
    for entry in parts.get("indexes", ()):
        partial = any(
            option.endswith("_where")
            for option, value in entry.get("dialect_options", {}).items()
            if value is not None
        )
        if (
            entry["unique"]
            and not partial
            and not entry.get("expressions")
            and all(entry["column_names"])
        ):
            yield tuple(entry["column_names"])


def _foreign_key(entry: Mapping, schema: _Schema, default: str | None) -> ForeignKey:
    referred = entry["referred_schema"] or schema.name
    target = Table(
        None if referred in (None, default) else referred, entry["referred_table"], "table", ()
    )
    return ForeignKey(
        tuple(entry["constrained_columns"]), target.key, tuple(entry["referred_columns"])
    )
