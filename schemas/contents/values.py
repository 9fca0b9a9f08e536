"""The value index: the stored texts of every text column, written to values.jsonl.

With it a question's "fra" can be matched to the stored 'France'. `mome tune` builds it, and the
translator reads it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from schemas.catalog import Catalog, Column, Table, write_whole
from schemas.errors import QueryFailed
from schemas.limits import DEFAULT_LIMITS, Limits, Progress
from schemas.readers.base import Reader
from schemas.readers.dialects import Dialect
from schemas.readers.opening import open_reader
from schemas.source import Source

MAX_VALUES = 5_000
MAX_CHARS = 80


@dataclass(frozen=True)
class ColumnValues:
    """The stored texts of one column: all of them, or the most frequent."""

    table: str
    """The table's key."""
    column: str
    values: tuple[str, ...]
    """Sorted."""
    complete: bool
    """False if the column has more or longer values, or was sampled."""


def collect_values(
    source: Source,
    catalog: Catalog,
    *,
    progress: Progress | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Iterator[ColumnValues]:
    """Yield the values of every text column of the catalog that holds short text.

    `catalog`: a fresh catalog of `source`. Excluded columns are skipped. Columns whose values the
    catalog lists completely are not queried again. Columns that take too long are left out.
    Raises what `open_reader` raises.
    """
    deadline = time.monotonic() + limits.rows_s
    with open_reader(source) as reader:
        for done, table in enumerate(catalog.tables):
            if progress:
                progress(done, len(catalog.tables), table.key)
            with reader.staged(table):
                for column in table.columns:
                    wanted = column.family == "text" and not column.excluded
                    found = (
                        (
                            _listed(table, column)
                            or _asked(reader, table, column, limits.statement_s, deadline)
                        )
                        if wanted
                        else None
                    )
                    if found and found.values:
                        yield found
    if progress:
        progress(len(catalog.tables), len(catalog.tables), "done")


def write_values(path: Path | str, rows: Iterable[ColumnValues]) -> int:
    """Write values.jsonl atomically, one line for each column, and return the number of lines."""
    lines = [
        json.dumps(
            {
                "table": row.table,
                "column": row.column,
                "values": list(row.values),
                "complete": row.complete,
            },
            ensure_ascii=False,
        )
        for row in rows
    ]
    write_whole(Path(path), "".join(line + "\n" for line in lines))
    return len(lines)


def _listed(table: Table, column: Column) -> ColumnValues | None:
    """What introspection has found already, where that is everything."""
    if not column.values_complete or not all(
        isinstance(value, str) for value in column.values or ()
    ):
        return None
    kept = tuple(value for value in column.values or () if len(value) <= MAX_CHARS)
    return ColumnValues(table.key, column.name, kept, len(kept) == len(column.values or ()))


def _asked(
    reader: Reader, table: Table, column: Column, timeout_s: float, deadline: float
) -> ColumnValues | None:
    if column.distinct == 0 or table.rows == 0 or time.monotonic() > deadline:
        return None
    try:
        found = [
            value
            for (value,) in reader.rows(
                _most_frequent(reader.dialect, table, column), timeout_s=timeout_s
            )
        ]
    except QueryFailed:
        return None
    kept = {
        value
        for value in found
        if isinstance(value, str) and len(value) <= MAX_CHARS and "\ufffd" not in value
    }
    return ColumnValues(table.key, column.name, tuple(sorted(kept)), len(kept) == column.distinct)


def _most_frequent(dialect: Dialect, table: Table, column: Column) -> str:
    name = dialect.quote(column.name)
    is_large = table.rows is None or table.rows > dialect.scan_rows
    relation = (
        f"(SELECT {name} FROM {dialect.table(table)} LIMIT {dialect.scan_rows}) s"
        if is_large
        else dialect.table(table)
    )
    short = f"length({dialect.as_text(name)}) <= {4 * MAX_CHARS}"  # in MySQL the length is in bytes, up to four a character
    grouped = f"SELECT {name} AS v FROM {relation} WHERE {short} GROUP BY {name} ORDER BY count(*) DESC, {name} LIMIT {MAX_VALUES}"
    return f"SELECT {dialect.as_text('v')} FROM ({grouped}) g"
