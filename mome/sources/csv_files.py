"""How DuckDB reads a csv file: its format, and the readings of columns that DuckDB leaves as text.

`views` calls `csv_table` for each csv file.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from mome.sources.csv_copy import DELIMITERS, Ragged, copy_csv, encoding_of
from mome.sources.errors import UnreadableTableFile
from mome.sources.sql_text import escaped_glob, identifier, string_literal
from mome.sources.written_values import ColumnReading, readings

WHOLE_BYTES = 64 * 2**20
"""csv files up to this size are read whole to find the types of their columns."""
SAMPLE_ROWS = 20_480
"""Rows of a larger csv file that are read for that: DuckDB's own default."""
# Settings of the files that csv_copy writes.
_COPY_FORMAT = "delim=',', quote='\"', escape='\"', "
_TEXTS = "mome_texts"
"""A temporary table with the values of a file as text."""
_FORMAT = (
    "Delimiter, Quote, Escape, NewLineDelimiter, Comment, SkipRows, HasHeader, Columns, "
    "DateFormat, TimestampFormat"
)


@dataclass(frozen=True)
class CsvTable:
    """A csv file as a query."""

    query: str
    """The query that reads the file, or its copy while the context of `csv_table` is open."""
    is_copy: bool
    """True if the query reads a copy that is deleted at the end of the context."""
    problems: tuple[tuple[str | None, str], ...]
    """(column or None for the whole file, one line) for all that is not read."""


@dataclass(frozen=True)
class _Format:
    """What DuckDB's sniffer found."""

    path: Path
    options: str
    """All options of read_csv but the columns."""
    times: str
    """Options for dates and times."""
    delimiter: str
    skipped: int
    """Lines above the header."""
    columns: dict[str, str]
    """Name -> DuckDB's type."""

    def query(self, columns: dict[str, str], times: str = "") -> str:
        """Return a query with the columns of these types."""
        listed = [f"{string_literal(name)}: {string_literal(columns[name])}" for name in columns]
        path = string_literal(escaped_glob(self.path))
        return f"FROM read_csv({path}, {self.options}{times}, columns={{{', '.join(listed)}}})"


@contextmanager
def csv_table(connection: duckdb.DuckDBPyConnection, path: Path) -> Iterator[CsvTable]:
    """Yield how a csv file is read. Raises UnreadableTableFile or OSError."""
    with path.open("rb") as stream:
        if not stream.read(2**16).strip():
            raise UnreadableTableFile(f"{path.name} is empty")
    encoding = encoding_of(path)
    if encoding in ("utf-8", "utf-8-sig"):
        table = _direct(connection, path)
        if table is not None:
            yield table
            return
    handle, name = tempfile.mkstemp(prefix="mome-", suffix=".csv")
    os.close(handle)
    try:
        ragged = copy_csv(path, encoding, Path(name))
        yield _copied(connection, Path(name), path, ragged)
    finally:
        Path(name).unlink()


def _direct(connection: duckdb.DuckDBPyConnection, path: Path) -> CsvTable | None:
    """Return how DuckDB reads the file itself; None if its lines do not fit one format."""
    try:
        found = _sniffed(connection, path, "")
        if _is_misread(found):
            return None
        return _table(connection, found, ())
    except duckdb.Error:
        return None


def _copied(
    connection: duckdb.DuckDBPyConnection, copy: Path, path: Path, ragged: Ragged
) -> CsvTable:
    problems = tuple((None, problem) for problem in ragged.problems())
    try:
        table = _table(connection, _sniffed(connection, copy, _COPY_FORMAT), problems)
    except duckdb.Error as error:
        first = str(error).partition("\n")[0]
        raise UnreadableTableFile(f"{path.name} cannot be read: {first}") from error
    return CsvTable(table.query, True, table.problems)


def _sniffed(connection: duckdb.DuckDBPyConnection, path: Path, options: str) -> _Format:
    size = -1 if path.stat().st_size <= WHOLE_BYTES else SAMPLE_ROWS
    source = string_literal(escaped_glob(path))
    row = connection.execute(
        f"SELECT {_FORMAT} FROM sniff_csv({source}, {options}sample_size={size})"
    ).fetchone()
    assert row is not None, "sniff_csv returns one row"
    delimiter, quote, escape, new_line, comment, skip, header, columns, date, timestamp = row
    written = {
        "delim": delimiter,
        "quote": _character(quote),
        "escape": _character(escape),
        "new_line": new_line,
        "comment": _character(comment),
    }
    parts = ["auto_detect=false"]
    parts += [f"{name}={string_literal(value)}" for name, value in written.items() if value]
    # DuckDB's defaults are a quote, so that none has to be said.
    parts += [f"{name}=''" for name in ("quote", "escape") if not written[name]]
    parts += [f"skip={skip}", f"header={str(header).lower()}"]
    times = ""
    if date:
        times += f", dateformat={string_literal(date)}"
    if timestamp:
        times += f", timestampformat={string_literal(timestamp)}"
    types = {column["name"]: column["type"] for column in columns}
    return _Format(path, ", ".join(parts), times, delimiter, skip, types)


def _character(found: str | None) -> str:
    """Return a character of the format as the sniffer reports it; empty if there is none."""
    return "" if found in (None, "(empty)") else found


def _is_misread(found: _Format) -> bool:
    """Return True if the sniffer evaded a ragged line.

    It then takes whole lines for one column, or skips all lines up to that one. A skipped title
    with a delimiter is no harm: the file is copied then.
    """
    if len(found.columns) == 1:
        (name,) = found.columns
        return any(delimiter in name for delimiter in DELIMITERS)
    if not found.skipped:
        return False
    with found.path.open(encoding="utf-8-sig", errors="replace") as stream:
        for line, _ in zip(stream, range(found.skipped), strict=False):
            if found.delimiter in line:
                return True
    return False


def _table(
    connection: duckdb.DuckDBPyConnection,
    found: _Format,
    problems: tuple[tuple[str | None, str], ...],
) -> CsvTable:
    """Return the query with a reading of each column.

    Raises duckdb.Error if a line does not fit the format.
    """
    is_small = found.path.stat().st_size <= WHOLE_BYTES
    limit = "" if is_small else f" LIMIT {SAMPLE_ROWS}"
    texts = found.query(dict.fromkeys(found.columns, "VARCHAR"))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {_TEXTS} AS {texts}{limit}")
    try:
        read = readings(connection, _TEXTS, found.columns, found.delimiter)
    finally:
        connection.execute(f"DROP TABLE {_TEXTS}")
    if read is None:
        return CsvTable(found.query(found.columns, found.times), False, problems)
    kept = [reading for reading in read if reading.problem is None]
    if not kept:
        raise UnreadableTableFile(f"{found.path.name} cannot be read: {read[0].problem}")
    left_out = [(reading.name, reading.problem) for reading in read if reading.problem is not None]
    return CsvTable(_select(found, read, kept), False, (*problems, *left_out))


def _select(found: _Format, read: list[ColumnReading], kept: list[ColumnReading]) -> str:
    """Return a query in which only the columns that DuckDB misreads are read as text."""
    types = {}
    expressions = {}
    for reading in read:
        name = identifier(reading.name)
        is_own = reading.expression == f"CAST({name} AS {reading.type})"
        types[reading.name] = reading.type if is_own else "VARCHAR"
        expressions[reading.name] = name if is_own else f"{reading.expression} AS {name}"
    for reading in read:
        if reading.problem is not None:
            types[reading.name] = "VARCHAR"
    selected = ", ".join(expressions[reading.name] for reading in kept)
    return f"SELECT {selected} {found.query(types, found.times)}"
