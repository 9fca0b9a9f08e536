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

from schemas.catalog import FullCatalog, FullColumn, FullTable, write_whole
from schemas.errors import QueryFailed
from schemas.limits import DEFAULT_LIMITS, Limits, Progress
from schemas.readers.base import Reader
from schemas.readers.dialects import Dialect
from schemas.readers.opening import open_reader
from schemas.source import Source

MAX_VALUES = 5_000
"""Values of a column that are kept at most, the most frequent first."""
MAX_CHARS = 80
"""Longer values are left out: a question does not quote them."""
# The most bytes that a character of UTF-8 takes.
_BYTES_PER_CHAR = 4


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
    catalog: FullCatalog,
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
                yield from _table_values(reader, table, limits.statement_s, deadline)
    if progress:
        progress(len(catalog.tables), len(catalog.tables), "done")


def _table_values(
    reader: Reader, table: FullTable, timeout_s: float, deadline: float
) -> Iterator[ColumnValues]:
    for column in table.columns:
        if column.family != "text" or column.excluded:
            continue
        stored = _cataloged_values(table, column)
        if stored is None:
            stored = _queried_values(reader, table, column, timeout_s, deadline)
        if stored is not None and stored.values:
            yield stored


def write_values(path: Path | str, rows: Iterable[ColumnValues]) -> int:
    """Write values.jsonl atomically, one line for each column, and return the number of lines."""
    lines = []
    for row in rows:
        entry = {
            "table": row.table,
            "column": row.column,
            "values": list(row.values),
            "complete": row.complete,
        }
        lines.append(json.dumps(entry, ensure_ascii=False) + "\n")
    write_whole(Path(path), "".join(lines))
    return len(lines)


def _cataloged_values(table: FullTable, column: FullColumn) -> ColumnValues | None:
    """Return the values that the catalog holds, or None if they are not all or not all text."""
    values = column.values or ()
    texts = [value for value in values if isinstance(value, str)]
    if not column.values_complete or len(texts) < len(values):
        return None
    kept = tuple(text for text in texts if len(text) <= MAX_CHARS)
    return ColumnValues(table.key, column.name, kept, len(kept) == len(values))


def _queried_values(
    reader: Reader, table: FullTable, column: FullColumn, timeout_s: float, deadline: float
) -> ColumnValues | None:
    if column.distinct == 0 or table.rows == 0 or time.monotonic() > deadline:
        return None
    try:
        rows = reader.rows(_most_frequent(reader.dialect, table, column), timeout_s=timeout_s)
    except QueryFailed:
        return None
    kept = {value for (value,) in rows if _is_kept(value)}
    return ColumnValues(table.key, column.name, tuple(sorted(kept)), len(kept) == column.distinct)


def _is_kept(value: object) -> bool:
    # U+FFFD stands for bytes that are no text: such a value could not be compared.
    return isinstance(value, str) and len(value) <= MAX_CHARS and "\ufffd" not in value


def _most_frequent(dialect: Dialect, table: FullTable, column: FullColumn) -> str:
    """Return the query of a column's short values, the most frequent first."""
    name = dialect.quote(column.name)
    relation = dialect.table(table)
    if table.rows is None or table.rows > dialect.scan_rows:
        relation = f"(SELECT {name} FROM {relation} LIMIT {dialect.scan_rows}) s"
    # MySQL's length() counts bytes; `_is_kept` counts the characters.
    short = f"length({dialect.as_text(name)}) <= {_BYTES_PER_CHAR * MAX_CHARS}"
    # Values of equal frequency are ordered, so that the same ones are always kept.
    grouped = (
        f"SELECT {name} AS v FROM {relation} WHERE {short} "
        f"GROUP BY {name} ORDER BY count(*) DESC, {name} LIMIT {MAX_VALUES}"
    )
    return f"SELECT {dialect.as_text('v')} FROM ({grouped}) g"
