"""Families of SQLite's columns without a declared type, from the types of their stored values.

Such columns are expressions of views and columns of untyped tables. `introspection` calls this
module before a table is measured.
"""

from __future__ import annotations

from dataclasses import replace

from schemas.catalog import Column, Table
from schemas.errors import QueryFailed
from schemas.readers.base import Reader

SAMPLE_ROWS = 1_000
# The types of typeof(), without null, that a column holds -> its family.
_FAMILIES = {
    frozenset({"integer"}): "integer",
    frozenset({"real"}): "number",
    frozenset({"integer", "real"}): "number",
    frozenset({"text"}): "text",
    frozenset({"blob"}): "binary",
}


def with_stored_families(reader: Reader, table: Table, *, timeout_s: float) -> Table:
    """Return the table with families for the columns whose declared type gives none.

    The table is unchanged for other engines than SQLite, and if it cannot be read.
    """
    unknown = [column for column in table.columns if column.family == "other"]
    if reader.engine != "sqlite" or not unknown:
        return table
    types = ", ".join(
        f"group_concat(DISTINCT typeof({reader.dialect.quote(column.name)}))" for column in unknown
    )
    sample = f"(SELECT * FROM {reader.dialect.table(table)} LIMIT {SAMPLE_ROWS})"
    try:
        (found,) = reader.rows(f"SELECT {types} FROM {sample}", timeout_s=timeout_s)
    except QueryFailed:
        return table
    families = {column.name: _family(types) for column, types in zip(unknown, found, strict=True)}
    return replace(
        table,
        columns=tuple(_with_family(column, families.get(column.name)) for column in table.columns),
    )


def _family(types: object) -> str:
    return _FAMILIES.get(frozenset(str(types or "").split(",")) - {"null"}, "other")


def _with_family(column: Column, family: str | None) -> Column:
    return replace(column, family=family) if family else column
