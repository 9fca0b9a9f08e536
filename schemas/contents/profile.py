"""Statistics of a table: row count, distinct counts, ranges, and the values of a column with few.

`introspection` calls `profile` for one table after the other. A table usually takes three
statements, each with a time limit. A table that is too large or too slow is sampled; none of its
lists of values is then marked as complete.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Literal

from schemas.catalog import Column, Problem, Scalar, Table
from schemas.errors import QueryFailed, QueryTimedOut
from schemas.readers.base import Reader

MAX_VALUES = 50
MAX_VALUE_CHARS = 120
"""A column that holds a longer text is prose, and its values are not listed."""
SMALL_SAMPLE = 1_000
ESTIMATE_ENOUGH = 5_000_000
"""Tables with a larger estimate are not counted; their row count is the estimate."""
_LISTED = ("text", "integer", "boolean")
_RANGED = ("integer", "number", "date", "datetime")
_COUNTED = (*_LISTED, "number", "date", "datetime", "time")
_COLUMNS_A_STATEMENT = 40
_Size = Literal["small", "large", "slow"]


@dataclass(frozen=True)
class Profile:
    """One table with its statistics, or without them if they could not be computed."""

    table: Table | None
    """None if the table cannot be read at all."""
    problems: tuple[Problem, ...] = ()


@dataclass
class _Measured:
    """The statistics of the columns over one relation."""

    columns: dict[str, Column] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    """Column name -> reason."""


def profile(reader: Reader, table: Table, *, estimate: int | None, timeout_s: float) -> Profile:
    """Count and measure one table.

    `estimate`: the engine's estimate of the rows; None if there is none.
    `timeout_s`: time limit of each statement, in seconds.

    Values of excluded columns never leave the database: they are only counted, to see whether the
    column can be read.
    """
    ask = _TableQueries(reader, table, timeout_s)
    try:
        rows, size = ask.rows(estimate)
    except QueryFailed as error:
        return Profile(None, (ask.problem(None, error),))
    table = replace(table, rows=rows)
    last_error: QueryFailed | None = None
    for relation, is_whole in ask.relations(size, rows):
        try:
            ask.probe(relation)
            return ask.measured(table, relation, is_whole)
        except QueryFailed as error:
            last_error = error
    return ask.readable(table, ask.problem(None, last_error))


@dataclass
class _TableQueries:
    """The statements about one table."""

    reader: Reader
    table: Table
    timeout_s: float

    def problem(self, column: str | None, error: object) -> Problem:
        """Return a Problem of the column, or of the table if `column` is None.

        An engine's message may quote a row. It is left out if the table has excluded columns.
        """
        quotable = isinstance(error, QueryTimedOut) or not any(
            column.excluded for column in self.table.columns
        )
        name = f"{self.table.key}.{column}" if column else self.table.key
        return Problem(
            name,
            str(error)
            if quotable
            else "a query on it failed; the message may quote excluded values and is left out",
        )

    def rows(self, estimate: int | None) -> tuple[int | None, _Size]:
        """The number of rows, the estimate where counting takes too long; and how much of them to look at."""
        name, limit = self.reader.dialect.table(self.table), self.reader.dialect.scan_rows
        try:
            counted = self._one(
                f"SELECT count(*) FROM (SELECT 1 FROM {name} LIMIT {limit + 1}) bounded"
            )
        except QueryTimedOut:
            return estimate, "slow"
        if counted <= limit:
            return counted, "small"
        if estimate is not None and estimate > ESTIMATE_ENOUGH:
            return estimate, "large"
        try:
            return self._one(f"SELECT count(*) FROM {name}"), "large"
        except QueryTimedOut:
            return estimate, "large"

    def _one(self, sql: str) -> int:
        return int(self.reader.rows(sql, timeout_s=self.timeout_s)[0][0])

    def relations(self, size: _Size, rows: int | None) -> Iterator[tuple[str, bool]]:
        """Yield what to select from and whether that is every row, the largest first.

        The next relation is tried if the one before takes too long.
        """
        dialect = self.reader.dialect
        name, many = dialect.table(self.table), dialect.scan_rows
        if size == "small":
            yield name, True
        elif size == "large" and dialect.samples_blocks and self.table.kind != "view" and rows:
            percent = min(100.0, 100.0 * many / rows)
            yield (
                f"(SELECT * FROM {name} TABLESAMPLE SYSTEM ({percent:.6f}) REPEATABLE (1) LIMIT {many}) s",
                False,
            )
        for limit in {
            "small": (many // 10, SMALL_SAMPLE),
            "large": (many, many // 10, SMALL_SAMPLE),
            "slow": (SMALL_SAMPLE,),
        }[size]:
            yield f"(SELECT * FROM {name} LIMIT {limit}) s", False

    def probe(self, relation: str) -> None:
        """Raise QueryFailed if the relation as such cannot be read.

        Causes are a sample of a foreign table, or a column for which the user has no right.
        """
        self.reader.rows(f"SELECT 1 FROM {relation} LIMIT 1", timeout_s=self.timeout_s)

    def readable(self, table: Table, problem: Problem) -> Profile:
        """The table without statistics and without the columns that cannot be read."""
        kept = [column for column in table.columns if self._is_readable(column)]
        lost = [
            self.problem(column.name, "it cannot be read")
            for column in table.columns
            if column not in kept
        ]
        return Profile(replace(table, columns=tuple(kept)) if kept else None, (problem, *lost))

    def measured(self, table: Table, relation: str, is_whole: bool) -> Profile:
        """Statistics over one relation. Raises QueryTimedOut."""
        measured = _Measured()
        for columns in _batches(table.columns):
            self._measure(relation, columns, measured)
        self._list_values(relation, measured)
        kept, problems = [], []
        for column in table.columns:
            reason = measured.failed.get(column.name)
            problems += [self.problem(column.name, reason)] if reason else []
            if not reason or self._is_readable(column):
                kept.append(_finished(measured.columns.get(column.name, column), is_whole))
        return Profile(replace(table, columns=tuple(kept)) if kept else None, tuple(problems))

    def _measure(self, relation: str, columns: Sequence[Column], measured: _Measured) -> None:
        """One statement for many columns; halved where it fails, until the columns that cause it are found."""
        measures = [_measures(self.reader, column) for column in columns]
        try:
            (row,) = self.reader.rows(
                f"SELECT {', '.join(chain.from_iterable(measures))} FROM {relation}",
                timeout_s=self.timeout_s,
            )
        except QueryTimedOut:
            raise
        except QueryFailed as error:
            if len(columns) == 1:
                measured.failed[columns[0].name] = str(error)
                return
            middle = len(columns) // 2
            self._measure(relation, columns[:middle], measured)
            self._measure(relation, columns[middle:], measured)
            return
        given = iter(row)
        for column, expressions in zip(columns, measures, strict=True):
            measured.columns[column.name] = self._with_measures(
                column, [next(given) for _ in expressions]
            )

    def _list_values(self, relation: str, measured: _Measured) -> None:
        columns = [column for column in measured.columns.values() if _is_listed(column)]
        for some in _batches(columns):
            try:
                found = _distinct_values(self.reader, relation, some, self.timeout_s)
            except QueryTimedOut:
                raise
            except QueryFailed as error:
                measured.failed |= {column.name: str(error) for column in some}
                continue
            for column in some:
                measured.columns[column.name] = _with_values(
                    column, [self._scalar(value, column) for value in found[column.name]]
                )

    def _with_measures(self, column: Column, found: list[object]) -> Column:
        if column.excluded or column.family not in _COUNTED:
            return column
        ends = [self._scalar(value, column) for value in found[1:]]
        low, high = ends if ends and _are_a_range(*ends) else (None, None)
        return replace(column, distinct=int(found[0]), min=low, max=high)

    def _scalar(self, value: object, column: Column) -> Scalar | None:
        """SQLite's values come with their own types; the other engines' come as text."""
        # SQLite's values have their own types; those of other engines come as text.
        return scalar(value, column.family if self.reader.dialect.text_type else "other")

    def _is_readable(self, column: Column) -> bool:
        dialect = self.reader.dialect
        try:
            self.reader.rows(
                f"SELECT {dialect.quote(column.name)} FROM {dialect.table(self.table)} LIMIT 1",
                timeout_s=self.timeout_s,
            )
        except QueryTimedOut:
            return True
        except QueryFailed:
            return False
        return True


def _measures(reader: Reader, column: Column) -> list[str]:
    """Return the expressions that measure a column: distinct count, then minimum and maximum.

    For a column whose values are not read, only a count, which fails if it is unreadable.
    """
    name = reader.dialect.quote(column.name)
    if column.excluded or column.family not in _COUNTED:
        return [f"count({name})"]
    ranged = (
        [reader.dialect.as_text(f"min({name})"), reader.dialect.as_text(f"max({name})")]
        if column.family in _RANGED
        else []
    )
    return [f"count(DISTINCT {name})", *ranged]


def _are_a_range(low: Scalar | None, high: Scalar | None) -> bool:
    """SQLite keeps dates as text: only in year-month-day order is the least of them the earliest; and it lets numbers and text mix."""
    if isinstance(low, str) and isinstance(high, str):
        return all(len(end) >= 8 and end[:4].isdigit() and end[4] == "-" for end in (low, high))
    return (
        low is not None
        and high is not None
        and not isinstance(low, str)
        and not isinstance(high, str)
    )


def _is_listed(column: Column) -> bool:
    return (
        not column.excluded
        and column.family in _LISTED
        and column.distinct is not None
        and 0 < column.distinct <= MAX_VALUES
    )


def _distinct_values(
    reader: Reader, relation: str, columns: Sequence[Column], timeout_s: float
) -> Mapping[str, list[object]]:
    """Every distinct value of some columns, by column name, in one statement."""
    dialect = reader.dialect
    quoted = [dialect.quote(column.name) for column in columns]
    if dialect.lists:
        lists = ", ".join(f"list(DISTINCT {dialect.as_text(name)})" for name in quoted)
        (row,) = reader.rows(f"SELECT {lists} FROM {relation}", timeout_s=timeout_s)
        return {column.name: values or [] for column, values in zip(columns, row, strict=True)}
    found: dict[str, list[object]] = {column.name: [] for column in columns}
    selects = (
        f"SELECT {at} AS n, {dialect.as_text('v')} AS v FROM (SELECT DISTINCT {name} AS v FROM {relation} WHERE {name} IS NOT NULL) d{at}"
        for at, name in enumerate(quoted)
    )
    for at, value in reader.rows(" UNION ALL ".join(selects), timeout_s=timeout_s):
        found[columns[at].name].append(value)
    return found


def _with_values(column: Column, found: list[object]) -> Column:
    """The column with its values sorted; without any where one is prose, and one short where one cannot be written as it is stored."""
    writable = {value for value in found if value is not None and "\ufffd" not in str(value)}
    if any(len(value) > MAX_VALUE_CHARS for value in writable if isinstance(value, str)):
        return column
    counts = column.family == "boolean" and any(
        type(value) is int and value not in (0, 1) for value in writable
    )
    family = (
        "integer" if counts else column.family
    )  # MySQL's BOOLEAN is a TINYINT(1), which holds other numbers too
    return replace(
        column,
        family=family,
        values=tuple(sorted(writable, key=_order)),
        values_complete=len(writable) == column.distinct,
    )


def _batches(columns: Sequence[Column]) -> Iterator[Sequence[Column]]:
    return (
        columns[start : start + _COLUMNS_A_STATEMENT]
        for start in range(0, len(columns), _COLUMNS_A_STATEMENT)
    )


def _order(value: Scalar) -> tuple:
    return (isinstance(value, str), value)


def _finished(column: Column, is_whole: bool) -> Column:
    """Of a sample, only the listed values stand: counts and ranges would be wrong."""
    return (
        column
        if is_whole
        else replace(column, values_complete=False, distinct=None, min=None, max=None)
    )


_READ_AS: Mapping[str, Callable[[str], Scalar]] = {
    "integer": int,
    "number": float,
    "boolean": lambda text: (
        {"true": True, "false": False}[text] if text in ("true", "false") else int(text)
    ),
}


def scalar(value: object, family: str) -> Scalar | None:
    """A value as JSON holds it: numbers and booleans out of their text form, the rest as the engine spells it; None for binary and NaN."""
    if value is None or isinstance(value, bytes):
        return None
    if isinstance(value, str) and family in _READ_AS:
        try:
            value = _READ_AS[family](value)
        except ValueError:  # such as PostgreSQL's money, "$1.50"
            return value
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | bool) else str(value)
