"""Read the structure of a DuckDB database from DuckDB's own catalog functions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from schemas.catalog import FullColumn, FullForeignKey, FullTable, Problem, Scalar
from schemas.readers.duckdb_reader import DuckDBReader
from schemas.structure.base import Structure
from schemas.structure.checks import allowed_values, literals
from schemas.structure.type_families import family

STATEMENT_SECONDS = 30.0
"""Time limit of one statement over DuckDB's catalog, which may list many thousand tables."""
_OURS = "database_name = current_database() AND NOT internal"
_RELATIONS = f"""
    SELECT schema_name, table_name, 'table', comment, estimated_size, NULL
    FROM duckdb_tables() WHERE {_OURS}
    UNION ALL
    SELECT schema_name, view_name, 'view', comment, NULL, sql
    FROM duckdb_views() WHERE {_OURS}"""
_COLUMNS = f"""
    SELECT schema_name, table_name, column_name, data_type, is_nullable, comment
    FROM duckdb_columns() WHERE {_OURS}
    ORDER BY schema_name, table_name, column_index"""
_CONSTRAINTS = """
    SELECT schema_name, table_name, constraint_type, constraint_column_names, expression,
           referenced_table, referenced_column_names
    FROM duckdb_constraints() WHERE database_name = current_database()"""

_Name = tuple[str, str]
"""(schema, table)."""


@dataclass
class _Keys:
    """The constraints of one table."""

    primary: tuple[str, ...] = ()
    unique: list[tuple[str, ...]] = field(default_factory=list)
    foreign: list[FullForeignKey] = field(default_factory=list)
    allowed: dict[str, tuple[Scalar, ...]] = field(default_factory=dict)
    """Column name in lower case -> the values of its CHECK list."""


def read(reader: DuckDBReader) -> Structure:
    """Read tables, views, columns, keys and CHECK lists of the open database."""
    ((default,),) = reader.rows("SELECT current_schema()", timeout_s=STATEMENT_SECONDS)
    all_keys = _read_keys(reader, default)
    columns = _read_columns(reader, all_keys)
    tables = []
    problems = list(reader.file_problems)
    estimates = {}
    relations = reader.rows(_RELATIONS, timeout_s=STATEMENT_SECONDS)
    for schema, name, kind, comment, estimate, definition in relations:
        keys = all_keys[schema, name]
        table = FullTable(
            schema=_shown_schema(schema, default),
            name=name,
            # A csv or parquet file is a view here, but a table to the user.
            kind="table" if reader.files else kind,
            columns=tuple(columns[schema, name]),
            comment=comment,
            primary_key=keys.primary,
            unique=tuple(keys.unique),
            foreign_keys=tuple(keys.foreign),
            definition=None if reader.files else definition,
        )
        if estimate is not None:
            estimates[table.key] = estimate
        if table.columns:
            tables.append(table)
        else:
            problems.append(Problem(table.key, "its columns cannot be read"))
    return Structure(tuple(tables), tuple(problems), default, estimates)


def _shown_schema(schema: str, default: str) -> str | None:
    return None if schema == default else schema


def _read_keys(reader: DuckDBReader, default: str) -> dict[_Name, _Keys]:
    all_keys: dict[_Name, _Keys] = defaultdict(_Keys)
    constraints = reader.rows(_CONSTRAINTS, timeout_s=STATEMENT_SECONDS)
    for schema, table, kind, columns, expression, ref_table, ref_columns in constraints:
        keys = all_keys[schema, table]
        if kind == "PRIMARY KEY":
            keys.primary = tuple(columns)
        elif kind == "UNIQUE":
            keys.unique.append(tuple(columns))
        elif kind == "FOREIGN KEY":
            # DuckDB has no foreign keys between schemas, so the target is in the same schema.
            target = FullTable(_shown_schema(schema, default), ref_table, "table", ()).key
            keys.foreign.append(FullForeignKey(tuple(columns), target, tuple(ref_columns)))
        elif kind == "CHECK" and (allowed := allowed_values(expression)):
            keys.allowed[allowed.column.lower()] = allowed.values
    return all_keys


def _read_columns(
    reader: DuckDBReader, all_keys: dict[_Name, _Keys]
) -> dict[_Name, list[FullColumn]]:
    columns: dict[_Name, list[FullColumn]] = defaultdict(list)
    rows = reader.rows(_COLUMNS, timeout_s=STATEMENT_SECONDS)
    for schema, table, name, spelling, nullable, comment in rows:
        keys = all_keys[schema, table]
        # The type of a list of enums starts with ENUM( too, and ends with [].
        is_enum = spelling.startswith("ENUM(") and not spelling.endswith("]")
        enum = literals(spelling) if is_enum else keys.allowed.get(name.lower())
        column = FullColumn(
            name=name,
            type=spelling,
            family=family(spelling),
            # The column of a primary key is never NULL, even without NOT NULL.
            nullable=nullable and name not in keys.primary,
            comment=comment,
            enum=enum,
        )
        columns[schema, table].append(column)
    return columns
