"""Read the structure of a DuckDB database from DuckDB's own catalog functions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from schemas.catalog import Column, ForeignKey, Problem, Scalar, Table
from schemas.readers.duckdb_reader import DuckDBReader
from schemas.structure.base import Structure
from schemas.structure.checks import allowed_values, literals
from schemas.structure.type_families import family

STATEMENT_SECONDS = 30.0
_OURS = "database_name = current_database() AND NOT internal"
_RELATIONS = f"""
    SELECT schema_name, table_name, 'table', comment, estimated_size FROM duckdb_tables() WHERE {_OURS}
    UNION ALL SELECT schema_name, view_name, 'view', comment, NULL FROM duckdb_views() WHERE {_OURS}"""
_COLUMNS = f"""
    SELECT schema_name, table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns() WHERE {_OURS}
    ORDER BY schema_name, table_name, column_index"""
_CONSTRAINTS = """
    SELECT schema_name, table_name, constraint_type, constraint_column_names, expression, referenced_table, referenced_column_names
    FROM duckdb_constraints() WHERE database_name = current_database()"""

_Name = tuple[str, str]


@dataclass
class _Keys:
    primary: tuple[str, ...] = ()
    unique: list[tuple[str, ...]] = field(default_factory=list)
    foreign: list[ForeignKey] = field(default_factory=list)
    allowed: dict[str, tuple[Scalar, ...]] = field(default_factory=dict)


def read(reader: DuckDBReader) -> Structure:
    """Read tables, views, columns, keys and CHECK lists of the open database."""
    ((default,),) = reader.rows("SELECT current_schema()", timeout_s=STATEMENT_SECONDS)
    keys = _read_keys(reader, default)
    columns = _read_columns(reader, keys)
    tables, problems, estimates = [], list(reader.file_problems), {}
    for schema, name, kind, comment, estimate in reader.rows(
        _RELATIONS, timeout_s=STATEMENT_SECONDS
    ):
        own = keys[schema, name]
        table = Table(
            schema=_shown(schema, default),
            name=name,
            # A csv or parquet file is a view here, but a table to the user.
            kind="table" if reader.files else kind,
            columns=tuple(columns[schema, name]),
            comment=comment,
            primary_key=own.primary,
            unique=tuple(own.unique),
            foreign_keys=tuple(own.foreign),
        )
        if estimate is not None:
            estimates[table.key] = estimate
        if table.columns:
            tables.append(table)
        else:
            problems.append(Problem(table.key, "its columns cannot be read"))
    return Structure(tuple(tables), tuple(problems), default, estimates)


def _shown(schema: str, default: str) -> str | None:
    return None if schema == default else schema


def _read_keys(reader: DuckDBReader, default: str) -> dict[_Name, _Keys]:
    keys: dict[_Name, _Keys] = defaultdict(_Keys)
    for schema, table, kind, columns, expression, referred, referred_columns in reader.rows(
        _CONSTRAINTS, timeout_s=STATEMENT_SECONDS
    ):
        own = keys[schema, table]
        if kind == "PRIMARY KEY":
            own.primary = tuple(columns)
        elif kind == "UNIQUE":
            own.unique.append(tuple(columns))
        elif kind == "FOREIGN KEY":
            target = Table(_shown(schema, default), referred, "table", ()).key
            own.foreign.append(ForeignKey(tuple(columns), target, tuple(referred_columns)))
        elif kind == "CHECK" and (allowed := allowed_values(expression)):
            own.allowed[allowed.column.lower()] = allowed.values
    return keys


def _read_columns(reader: DuckDBReader, keys: dict[_Name, _Keys]) -> dict[_Name, list[Column]]:
    columns: dict[_Name, list[Column]] = defaultdict(list)
    for schema, table, name, spelling, nullable, comment in reader.rows(
        _COLUMNS, timeout_s=STATEMENT_SECONDS
    ):
        own = keys[schema, table]
        # The type of a list of enums starts with ENUM( too, and ends with [].
        is_enum = spelling.startswith("ENUM(") and not spelling.endswith("]")
        enum = literals(spelling) if is_enum else own.allowed.get(name.lower())
        nullable = nullable and name not in own.primary
        columns[schema, table].append(
            Column(name, spelling, family(spelling), nullable, comment, enum)
        )
    return columns
