"""Files that people wrote, record by record: JSONL and CSV, with line numbers, so that a broken line is named and skipped.

Covers: UTF-8 with or without BOM, any line ends, a quoted field over several lines, a quote that is never closed.
Does not cover: other encodings and other kinds of file, which raise UnreadableFile.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from training_data.errors import UnreadableFile

LONGEST_RECORD = 200
"""Lines of one CSV record; a quote that stays open longer is a mistake."""


@dataclass(frozen=True)
class Problem:
    """A line that was skipped or overruled; `str(problem)` is one line fit to show."""

    path: str
    line: int
    """From 1; the first line of a record."""
    reason: str

    def __str__(self) -> str:
        return f"{self.path}, line {self.line}: {self.reason}"


@dataclass(frozen=True)
class Record:
    """One record: its first line's number and its fields by lower-case name."""

    line: int
    """The record's first line, from 1."""
    fields: Mapping[str, object]
    """Values by the field's name in lower case."""

    def text(self, name: str) -> str:
        """The field without outer space; empty where it is missing, null or no text."""
        value = self.fields.get(name)
        return value.strip() if isinstance(value, str) else ""

    def line_of(self, name: str) -> str:
        """The field as one line with single spaces."""
        return " ".join(self.text(name).split())


def read_records(path: Path | str, required: tuple[str, ...]) -> Iterator[Record | Problem]:
    """The records of a .jsonl, .ndjson or .csv file; a CSV file's first line names the fields.

    Raises UnreadableFile where the file cannot be read, is not UTF-8, is of another kind, or lacks a `required` CSV column.
    """
    kind = Path(path).suffix.lower()
    if kind not in (".jsonl", ".ndjson", ".csv"):
        raise UnreadableFile(f"{path} is neither .jsonl nor .csv; save it as one of these")
    lines = _lines(path)
    return _csv_records(path, lines, required) if kind == ".csv" else _json_records(path, lines)


def _lines(path: Path | str) -> list[str]:
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UnreadableFile(
            f"cannot read {path}: {reason}; check the path and its rights"
        ) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UnreadableFile(f"{path} is not UTF-8 (line {line}); save it as UTF-8") from error
    # str.splitlines would also split at U+2028 and other characters that may stand in a value.
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _json_records(path: Path | str, lines: list[str]) -> Iterator[Record | Problem]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as error:
            reason = getattr(error, "msg", "nested too deeply")
            yield Problem(str(path), number, f"not JSON ({reason})")
            continue
        if isinstance(entry, dict):
            fields = {str(name).strip().lower(): value for name, value in entry.items()}
            yield Record(number, fields)
        else:
            yield Problem(str(path), number, "not a JSON object with named fields")


def _csv_records(
    path: Path | str, lines: list[str], required: tuple[str, ...]
) -> Iterator[Record | Problem]:
    rows = _csv_rows(lines)
    _, header = next(rows, (1, None))
    names = [name.strip().lower() for name in header or ()]
    missing = [name for name in required if name not in names]
    if missing:
        raise UnreadableFile(
            f"{path} has no column {' and no column '.join(missing)}; "
            "its first line must name the columns"
        )
    return _named_rows(path, rows, names)


def _named_rows(
    path: Path | str, rows: Iterator[tuple[int, list[str] | None]], names: list[str]
) -> Iterator[Record | Problem]:
    for number, row in rows:
        if row is None:
            reason = "a quote is opened and not closed, or a closed one is followed by text"
            yield Problem(str(path), number, reason)
        elif len(row) != len(names):
            reason = (
                f"{len(row)} fields, expected {len(names)}; "
                "put quotes around a field that holds a comma"
            )
            yield Problem(str(path), number, reason)
        else:
            yield Record(number, dict(zip(names, row, strict=True)))


def _csv_rows(lines: list[str]) -> Iterator[tuple[int, list[str] | None]]:
    """Each row with its first line's number; None for a line that no row can start with, and reading goes on with the next line."""
    start = 0
    while start < len(lines):
        row, length = _csv_row(lines, start)
        if row is None or any(field.strip() for field in row):
            yield start + 1, row
        start += length


def _csv_row(lines: list[str], start: int) -> tuple[list[str] | None, int]:
    """The row that begins at this line, and how many lines it takes."""
    last = min(start + LONGEST_RECORD, len(lines))
    for end in range(start + 1, last + 1):
        record = "\n".join(lines[start:end])
        try:
            return next(csv.reader([record], strict=True), []), end - start
        except csv.Error as error:
            if "unexpected end of data" not in str(error):
                return None, 1
    return None, 1
