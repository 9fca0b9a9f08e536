"""Read tables row by row for memories with a closed set of answers: CSV, JSONL and Parquet. Imports
no torch.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from mome.errors import TableError

PARQUET_ROWS = 4096
"""Rows of a Parquet file that are read at once."""
# Fields of CSV files are limited to 128 KiB by default; a document may be longer.
LONGEST_FIELD = 16 * 2**20
KINDS = (".csv", ".jsonl", ".parquet")


def read_rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the columns of each row as stripped texts; a missing value is empty. Raises TableError,
    which names the columns that there are, and OSError.
    """
    for number, row in enumerate(table_rows(path), 1):
        missing = [name for name in columns if name not in row]
        if missing:
            raise no_column(path, number, missing[0], row)
        yield tuple(text_of(row[name]) for name in columns)


def no_column(path: Path, number: int, name: str, row: Mapping[str, object]) -> TableError:
    """Return the error that a row lacks a column."""
    there = ", ".join(map(str, row)) or "none"
    return TableError(f"row {number} of {path} has no column {name}; its columns are: {there}")


def text_of(value: object) -> str:
    """Return a value as stripped text; None is empty."""
    return "" if value is None else str(value).strip()


def table_rows(path: Path) -> Iterator[Mapping[str, object]]:
    """Yield the rows of a file by column, with values as the file has them. Raises TableError and
    OSError.
    """
    readers = {".csv": _csv_rows, ".jsonl": _jsonl_rows, ".parquet": _parquet_rows}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise TableError(f"{path} is none of the files that can be read: {', '.join(KINDS)}")
    yield from reader(path)


def _csv_rows(path: Path) -> Iterator[Mapping[str, object]]:
    csv.field_size_limit(LONGEST_FIELD)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines, restkey="")
        try:
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


def _jsonl_rows(path: Path) -> Iterator[Mapping[str, object]]:
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


def _parquet_rows(path: Path) -> Iterator[Mapping[str, object]]:
    import pyarrow
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as file:
            for batch in file.iter_batches(PARQUET_ROWS):
                yield from batch.to_pylist()
    except pyarrow.ArrowInvalid:
        raise TableError(f"{path} is no Parquet file, or it is cut off") from None
