"""Families of SQLite's columns without a declared type, from the types of their stored values.

Such columns are expressions of views and columns of untyped tables. `introspection` calls this
module before a table is measured.
"""

from __future__ import annotations

from dataclasses import replace

from schemas.catalog import FullColumn, FullTable
from schemas.errors import QueryFailed
from schemas.readers.base import Reader

SAMPLE_ROWS = 1_000
"""Number of rows from which the types are read."""
# The types of typeof(), without null, that a column holds -> its family.
_FAMILIES = {
    frozenset({"integer"}): "integer",
    frozenset({"real"}): "number",
    frozenset({"integer", "real"}): "number",
    frozenset({"text"}): "text",
    frozenset({"blob"}): "binary",
}


def with_stored_families(reader: Reader, table: FullTable, *, timeout_s: float) -> FullTable:
    """Return the table with families for the columns whose declared type gives none.

    The table is unchanged for other engines than SQLite, and if it cannot be read.
    """
    unknown = [column for column in table.columns if column.family == "other"]
    if reader.engine != "sqlite" or not unknown:
        return table
    names = [reader.dialect.quote(column.name) for column in unknown]
    types = ", ".join(f"group_concat(DISTINCT typeof({name}))" for name in names)
    sample = f"(SELECT * FROM {reader.dialect.table(table)} LIMIT {SAMPLE_ROWS})"
    try:
        (row,) = reader.rows(f"SELECT {types} FROM {sample}", timeout_s=timeout_s)
    except QueryFailed:
        return table
    families = {}
    for column, stored_types in zip(unknown, row, strict=True):
        families[column.name] = _family(stored_types)
    columns = [_with_family(column, families.get(column.name)) for column in table.columns]
    return replace(table, columns=tuple(columns))


def _family(stored_types: object) -> str:
    names = frozenset(str(stored_types or "").split(","))
    return _FAMILIES.get(names - {"null"}, "other")


def _with_family(column: FullColumn, family: str | None) -> FullColumn:
    return replace(column, family=family) if family else column
