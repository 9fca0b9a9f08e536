"""Read tables row by row for memories with a closed set of answers: CSV, JSONL and Parquet. Imports
no torch.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mome.errors import TableError

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

PARQUET_ROWS = 4096
"""Rows of a Parquet file that are read at once."""
# Fields of CSV files are limited to 128 KiB by default; a document may be longer.
LONGEST_FIELD = 16 * 2**20
KINDS = (".csv", ".jsonl", ".parquet")


def read_rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the columns of each row as stripped texts; a missing value is empty. Raises TableError,
    which names the columns that there are, and OSError.
    """
    for number, row in enumerate(table_rows(path, columns), 1):
        place = f"row {number} of {path}"
        _check_columns(row, columns, place)
        yield tuple(text_of(row[name], f"{name} in {place}") for name in columns)


def table_rows(path: Path, columns: Sequence[str] = ()) -> Iterator[Mapping[str, object]]:
    """Yield the rows of a file by column, with values as the file has them. Raises TableError and
    OSError.

    columns: must be there, and others may be left out; by default all are read.
    """
    readers = {".csv": _csv_rows, ".jsonl": _jsonl_rows, ".parquet": _parquet_rows}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise TableError(f"{path} is none of the files that can be read: {', '.join(KINDS)}")
    yield from reader(path, columns)


def columns_of(path: Path) -> tuple[str, ...]:
    """Return the columns of a file, those of a CSV or JSONL from its first row; none if it has no
    row. Raises as `read_rows`.
    """
    if path.suffix.lower() == ".parquet":
        with _parquet(path) as file:
            return tuple(file.schema_arrow.names)
    return tuple(map(str, next(iter(table_rows(path)), ())))


def check_file(path: Path, columns: Sequence[str]) -> None:
    """Read the first row of a file, to find a wrong file before a model is loaded. Raises as
    `read_rows`.
    """
    # What a pipe holds can be read once.
    if path.is_file() or not path.exists():
        next(read_rows(path, columns), None)


def _check_columns(there: Iterable[str], columns: Sequence[str], place: str) -> None:
    """Raise TableError if one of `columns` is not there."""
    missing = [name for name in columns if name not in there]
    if missing:
        raise no_column(place, missing[0], there)


def no_column(place: str, name: str, there: Iterable[str]) -> TableError:
    """Return the error that a row, or the header of a file, lacks a column."""
    listed = ", ".join(map(str, there)) or "none"
    return TableError(f"{place} has no column {name}; its columns are: {listed}")


def text_of(value: object, place: str) -> str:
    """Return a value as a stripped text; a missing one is empty. Raises TableError for one that is
    no single value.
    """
    if isinstance(value, list | dict | bytes):
        raise TableError(f"{place} is a {type(value).__name__}, and no text; write it as one")
    # What pandas writes where nothing is known.
    if value is None or value != value:
        return ""
    return stripped(str(value))


def stripped(text: str) -> str:
    """Return a text as it is compared and stored: without spaces around it, and without halves of
    surrogate pairs, which JSON can spell and UTF-8 cannot.
    """
    return text.encode("utf-8", "replace").decode().strip()


def _csv_rows(path: Path, columns: Sequence[str]) -> Iterator[Mapping[str, object]]:
    csv.field_size_limit(LONGEST_FIELD)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines, restkey="")
        try:
            # Also of a file without a row.
            _check_columns(reader.fieldnames or (), columns, f"the header of {path}")
            for row in reader:
                if "" in row and isinstance(row[""], list):
                    raise TableError(
                        f"line {reader.line_num} of {path} has more fields than the header; put "
                        "texts with commas in quotes"
                    )
                yield row
        except UnicodeDecodeError:
            raise TableError(f"{path} is not in UTF-8; save it in this encoding") from None
        except csv.Error as error:
            raise TableError(f"line {reader.line_num} of {path} is no CSV: {error}") from None


def _jsonl_rows(path: Path, columns: Sequence[str]) -> Iterator[Mapping[str, object]]:
    with path.open(encoding="utf-8-sig") as lines:
        try:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _object(line, f"line {number} of {path}")
        except UnicodeDecodeError:
            raise TableError(f"{path} is not in UTF-8; save it in this encoding") from None


def _object(line: str, place: str) -> dict[str, object]:
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if not isinstance(row, dict):
        raise TableError(f"{place} is no JSON object")
    return row


def _parquet_rows(path: Path, columns: Sequence[str]) -> Iterator[Mapping[str, object]]:
    with _parquet(path) as file:
        _check_columns(file.schema_arrow.names, columns, str(path))
        # The others may hold much more.
        for batch in file.iter_batches(PARQUET_ROWS, columns=list(dict.fromkeys(columns)) or None):
            yield from batch.to_pylist()


@contextmanager
def _parquet(path: Path) -> Iterator[ParquetFile]:
    import pyarrow
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as file:
            yield file
    except pyarrow.ArrowInvalid:
        raise TableError(f"{path} is no Parquet file, or it is cut off") from None


def check_distinct(names: Iterable[str], kind: str, source: str) -> None:
    """Raise TableError for names that cannot be told apart; `kind` says what they are: `labels`."""
    first: dict[str, str] = {}
    for name in names:
        other = first.setdefault(" ".join(name.casefold().split()), name)
        if other != name:
            raise TableError(
                f"{source} has {kind} that differ in case or spaces only, {other!r} and {name!r}; "
                "write them alike"
            )
