"""Statistics of a table: row count, distinct counts, ranges, and the values of a column with few.

`introspection` calls `profile` for one table after the other. A table usually takes three
statements, each with a time limit. A table that is too large or too slow is sampled; none of its
lists of values is then marked as complete.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from schemas.catalog import FullColumn, FullTable, Problem, Scalar
from schemas.contents.distinct_values import (
    LISTED_FAMILIES,
    distinct_values,
    is_listed,
    with_values,
)
from schemas.contents.sampling import count_rows, relations
from schemas.contents.scalars import scalar
from schemas.errors import QueryFailed, QueryTimedOut
from schemas.readers.base import Reader
from schemas.structure.type_families import is_uuid

_RANGED = ("integer", "number", "date", "datetime")
"""Families of columns whose minimum and maximum are read."""
_NUMBER_OR_DAY = re.compile(r"[-+]?\d+(\.\d+)?|[12]\d{3}-\d\d-\d\d([ T]\d\d:\d\d.*)?")
# Not `other` and `binary`: some of their types have no equality in their engine (PostgreSQL's json
# and point), and a count of distinct values would fail.
_COUNTED = (*LISTED_FAMILIES, "number", "date", "datetime", "time")
"""Families of columns whose distinct values are counted."""
# Engines limit the number of result columns and the depth of UNION ALL (SQLite: 500 terms).
_COLUMNS_PER_STATEMENT = 40


@dataclass(frozen=True)
class Profile:
    """One table with its statistics, or without them if they could not be computed."""

    table: FullTable | None
    """None if the table cannot be read at all."""
    problems: tuple[Problem, ...] = ()


@dataclass
class _Measured:
    """The statistics of the columns over one relation."""

    columns: dict[str, FullColumn] = field(default_factory=dict)
    """Column name -> the column with its statistics."""
    failed: dict[str, str] = field(default_factory=dict)
    """Column name -> reason."""


def profile(reader: Reader, table: FullTable, *, estimate: int | None, timeout_s: float) -> Profile:
    """Count and measure one table.

    `estimate`: the engine's estimate of the rows; None if there is none.
    `timeout_s`: time limit of each statement, in seconds.

    Values of excluded columns never leave the database: they are only counted, to see whether the
    column can be read.
    """
    queries = _TableQueries(reader, table, timeout_s)
    try:
        rows, size = count_rows(reader, table, estimate=estimate, timeout_s=timeout_s)
    except QueryFailed as error:
        return Profile(None, (queries.problem(None, error),))
    table = replace(table, rows=rows)
    last_error: QueryFailed | None = None
    for relation, is_whole in relations(reader, table, size, rows):
        try:
            queries.probe(relation)
            return queries.measure(table, relation, is_whole)
        except QueryFailed as error:
            last_error = error
    return queries.unmeasured(table, queries.problem(None, last_error))


@dataclass
class _TableQueries:
    """The statements about one table."""

    reader: Reader
    table: FullTable
    timeout_s: float

    def problem(self, column: str | None, error: object) -> Problem:
        """Return a Problem of the column, or of the table if `column` is None.

        An engine's message may quote a row. It is left out if the table has excluded columns.
        """
        has_excluded = any(column.excluded for column in self.table.columns)
        reason = str(error)
        if has_excluded and not isinstance(error, QueryTimedOut):
            reason = "a query on it failed; the message may quote excluded values and is left out"
        return Problem(f"{self.table.key}.{column}" if column else self.table.key, reason)

    def probe(self, relation: str) -> None:
        """Raise QueryFailed if the relation as such cannot be read.

        Causes are a sample of a foreign table, or a column for which the user has no right.
        """
        self.reader.rows(f"SELECT 1 FROM {relation} LIMIT 1", timeout_s=self.timeout_s)

    def unmeasured(self, table: FullTable, problem: Problem) -> Profile:
        """Return the table without statistics and without the columns that cannot be read."""
        kept = []
        problems = [problem]
        for column in table.columns:
            if self._is_readable(column):
                kept.append(column)
            else:
                problems.append(self.problem(column.name, "it cannot be read"))
        return _profile_of(table, kept, problems)

    def measure(self, table: FullTable, relation: str, is_whole: bool) -> Profile:
        """Return the table with statistics over one relation. Raises QueryTimedOut."""
        measured = _Measured()
        for columns in _batches(table.columns):
            self._measure_columns(relation, columns, measured)
        self._list_values(relation, measured)
        kept = []
        problems = []
        for column in table.columns:
            reason = measured.failed.get(column.name)
            if reason:
                problems.append(self.problem(column.name, reason))
            # A column that failed is kept without statistics if it can be selected at all.
            if not reason or self._is_readable(column):
                column = measured.columns.get(column.name, column)
                kept.append(column if is_whole else _of_sample(column))
        return _profile_of(table, kept, problems)

    def _measure_columns(
        self, relation: str, columns: Sequence[FullColumn], measured: _Measured
    ) -> None:
        """Measure the columns with one statement.

        If the statement fails, measure each half of them instead, until the columns that cause
        the failure are found.
        """
        measures = [_measures(self.reader, column) for column in columns]
        selected = ", ".join(chain.from_iterable(measures))
        try:
            (row,) = self.reader.rows(
                f"SELECT {selected} FROM {relation}", timeout_s=self.timeout_s
            )
        except QueryTimedOut:
            raise
        except QueryFailed as error:
            if len(columns) == 1:
                measured.failed[columns[0].name] = str(error)
                return
            middle = len(columns) // 2
            self._measure_columns(relation, columns[:middle], measured)
            self._measure_columns(relation, columns[middle:], measured)
            return
        results = iter(row)
        for column, expressions in zip(columns, measures, strict=True):
            values = [next(results) for _ in expressions]
            measured.columns[column.name] = self._with_measures(column, values)

    def _list_values(self, relation: str, measured: _Measured) -> None:
        listed = [column for column in measured.columns.values() if is_listed(column)]
        for columns in _batches(listed):
            try:
                stored = distinct_values(self.reader, relation, columns, self.timeout_s)
            except QueryTimedOut:
                raise
            except QueryFailed as error:
                measured.failed |= {column.name: str(error) for column in columns}
                continue
            for column in columns:
                values: list[object] = []
                for value in stored[column.name]:
                    values.append(self._scalar(value, column))
                measured.columns[column.name] = with_values(column, values)

    def _with_measures(self, column: FullColumn, values: list[Any]) -> FullColumn:
        """Return the column with the results of its `_measures`."""
        if column.excluded or not _is_counted(column):
            return column
        low, high = None, None
        if len(values) > 1:
            low = self._scalar(values[1], column)
            high = self._scalar(values[2], column)
            if not (_are_told(low, high) if column.family == "text" else _is_range(low, high)):
                low, high = None, None
        return replace(column, distinct=int(values[0]), min=low, max=high)

    def _scalar(self, value: object, column: FullColumn) -> Scalar | None:
        # SQLite's values have their own types; those of other engines come as text.
        return scalar(value, column.family if self.reader.dialect.text_type else "other")

    def _is_readable(self, column: FullColumn) -> bool:
        dialect = self.reader.dialect
        name = dialect.quote(column.name)
        sql = f"SELECT {name} FROM {dialect.table(self.table)} LIMIT 1"
        try:
            self.reader.rows(sql, timeout_s=self.timeout_s)
        except QueryTimedOut:
            return True
        except QueryFailed:
            return False
        return True


def _profile_of(table: FullTable, columns: list[FullColumn], problems: list[Problem]) -> Profile:
    kept = replace(table, columns=tuple(columns)) if columns else None
    return Profile(kept, tuple(problems))


def _is_counted(column: FullColumn) -> bool:
    # UUIDs are keys, and whether they are unique shows which table they identify.
    return column.family in _COUNTED or is_uuid(column)


def _measures(reader: Reader, column: FullColumn) -> list[str]:
    """Return the expressions that measure a column: distinct count, then minimum and maximum.

    For a column whose values are not read, only a count, which fails if it is unreadable.
    """
    dialect = reader.dialect
    name = dialect.quote(column.name)
    if column.excluded or not _is_counted(column):
        return [f"count({name})"]
    measures = [f"count(DISTINCT {name})"]
    if column.family in _RANGED:
        measures += [dialect.as_text(f"min({name})"), dialect.as_text(f"max({name})")]
    elif column.family == "text":
        # The cast makes texts of PostgreSQL's enumerations, which have no empty value.
        text = f"nullif({dialect.as_text(name)}, '')"
        measures += [f"min({text})", f"max({text})"]
    return measures


def _are_told(low: Scalar | None, high: Scalar | None) -> bool:
    """Return True if the first and last text of a column, in the order of texts, say that it holds
    numbers or days. Of other texts, such as names, none is kept.
    """
    return all(_NUMBER_OR_DAY.fullmatch(str(text or "")) for text in (low, high))


def _is_range(low: Scalar | None, high: Scalar | None) -> bool:
    """Return True if minimum and maximum are comparable.

    SQLite stores dates as text, whose minimum is the earliest date only in the order
    year-month-day. It also allows numbers and text in one column.
    """
    if isinstance(low, str) and isinstance(high, str):
        return _starts_with_year(low) and _starts_with_year(high)
    if low is None or high is None:
        return False
    return not isinstance(low, str) and not isinstance(high, str)


def _starts_with_year(text: str) -> bool:
    return len(text) >= 8 and text[:4].isdigit() and text[4] == "-"


def _of_sample(column: FullColumn) -> FullColumn:
    """Return the column without counts and ranges, which would be wrong over a sample."""
    return replace(column, values_complete=False, distinct=None, min=None, max=None)


def _batches(columns: Sequence[FullColumn]) -> Iterator[Sequence[FullColumn]]:
    for start in range(0, len(columns), _COLUMNS_PER_STATEMENT):
        yield columns[start : start + _COLUMNS_PER_STATEMENT]
