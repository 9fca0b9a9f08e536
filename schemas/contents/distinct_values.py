"""The distinct values of columns that have few of them; `profile` calls this module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from schemas.catalog import FullColumn
from schemas.readers.base import Reader

MAX_VALUES = 50
"""A column with more distinct values has no list of values."""
MAX_VALUE_CHARS = 120
"""A column that holds a longer text is prose, and its values are not listed."""
LISTED_FAMILIES = ("text", "integer", "boolean")
"""Families of columns whose values are listed."""


def is_listed(column: FullColumn) -> bool:
    """Return True if the column's values are to be listed: it has a few, and none is excluded."""
    if column.excluded or column.family not in LISTED_FAMILIES or column.distinct is None:
        return False
    return 0 < column.distinct <= MAX_VALUES


def distinct_values(
    reader: Reader, relation: str, columns: Sequence[FullColumn], timeout_s: float
) -> Mapping[str, list[object]]:
    """Return column name -> its distinct values, for several columns, with one statement."""
    dialect = reader.dialect
    names = [dialect.quote(column.name) for column in columns]
    if dialect.lists:
        lists = ", ".join(f"list(DISTINCT {dialect.as_text(name)})" for name in names)
        (row,) = reader.rows(f"SELECT {lists} FROM {relation}", timeout_s=timeout_s)
        # Over no rows, list() gives NULL.
        return {column.name: values or [] for column, values in zip(columns, row, strict=True)}
    selects = []
    # Some engines require an alias for a subquery, hence d0, d1, ...
    for at, name in enumerate(names):
        distinct = f"SELECT DISTINCT {name} AS v FROM {relation} WHERE {name} IS NOT NULL"
        selects.append(f"SELECT {at} AS n, {dialect.as_text('v')} AS v FROM ({distinct}) d{at}")
    values_by_name: dict[str, list[object]] = {column.name: [] for column in columns}
    for at, value in reader.rows(" UNION ALL ".join(selects), timeout_s=timeout_s):
        values_by_name[columns[at].name].append(value)
    return values_by_name


def with_values(column: FullColumn, stored: Sequence[Any]) -> FullColumn:
    """Return the column with its values sorted, or unchanged if one of them is prose.

    Values that cannot be written exactly (binary data, bytes that are no text) are left out, and
    the list is then incomplete.
    """
    values = {value for value in stored if value is not None and "\ufffd" not in str(value)}
    if any(len(value) > MAX_VALUE_CHARS for value in values if isinstance(value, str)):
        return column
    family = column.family
    # MySQL's BOOLEAN is a TINYINT(1), which may hold other numbers than 0 and 1.
    if family == "boolean" and any(_is_count(value) for value in values):
        family = "integer"
    return replace(
        column,
        family=family,
        values=tuple(sorted(values, key=_value_order)),
        values_complete=len(values) == column.distinct,
    )


def _is_count(value: object) -> bool:
    return type(value) is int and value not in (0, 1)


def _value_order(value: Any) -> tuple:
    # Numbers before text: SQLite allows both in one column, and they do not compare.
    return (isinstance(value, str), value)
