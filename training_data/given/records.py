"""Records of JSONL and CSV files that people wrote, with line numbers.

A broken line is reported and skipped, and the rest is read; `glossary` and `verified` call
`read_records`.

Covered: UTF-8 with or without a byte order mark, any line ends, a quoted field over several lines,
a quote that is never closed.
Not covered: other encodings and other kinds of file; they raise UnreadableFile.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from training_data.errors import UnreadableFile

LONGEST_RECORD = 200
"""The most lines of one CSV record; a quote that stays open for longer is taken for a mistake."""


@dataclass(frozen=True)
class RecordProblem:
    """A line that was skipped or overruled; `str(problem)` is one line to show to the user."""

    path: str
    line: int
    """The record's first line, from 1."""
    reason: str

    def __str__(self) -> str:
        return f"{self.path}, line {self.line}: {self.reason}"


@dataclass(frozen=True)
class Record:
    """One record of a file."""

    line: int
    """The record's first line, from 1."""
    fields: Mapping[str, object]
    """Values by the field's name in lower case."""

    def text(self, name: str) -> str:
        """Return the field without outer space; empty if it is missing, null or no text."""
        value = self.fields.get(name)
        return value.strip() if isinstance(value, str) else ""

    def line_of(self, name: str) -> str:
        """Return the field as one line with single spaces."""
        return " ".join(self.text(name).split())


def read_records(path: Path | str, required: tuple[str, ...]) -> Iterator[Record | RecordProblem]:
    """Yield the records of a .jsonl, .ndjson or .csv file, in the order of lines.

    The first line of a CSV file names the fields.

    `required`: columns that a CSV file must have.
    Raises UnreadableFile if the file cannot be read, is not UTF-8, has another extension or lacks
    a required column.
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


def _json_records(path: Path | str, lines: list[str]) -> Iterator[Record | RecordProblem]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as error:
            reason = getattr(error, "msg", "nested too deeply")
            yield RecordProblem(str(path), number, f"not JSON ({reason})")
            continue
        if isinstance(entry, dict):
            fields = {str(name).strip().lower(): value for name, value in entry.items()}
            yield Record(number, fields)
        else:
            yield RecordProblem(str(path), number, "not a JSON object with named fields")


def _csv_records(
    path: Path | str, lines: list[str], required: tuple[str, ...]
) -> Iterator[Record | RecordProblem]:
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
) -> Iterator[Record | RecordProblem]:
    for number, row in rows:
        if row is None:
            reason = "a quote is opened and not closed, or a closed one is followed by text"
            yield RecordProblem(str(path), number, reason)
        elif len(row) != len(names):
            reason = (
                f"{len(row)} fields, expected {len(names)}; "
                "put quotes around a field that holds a comma"
            )
            yield RecordProblem(str(path), number, reason)
        else:
            yield Record(number, dict(zip(names, row, strict=True)))


def _csv_rows(lines: list[str]) -> Iterator[tuple[int, list[str] | None]]:
    """Yield (line number, row) of each row that is not empty.

    The row is None where no row can begin at a line; reading then goes on with the next line.
    """
    start = 0
    while start < len(lines):
        row, length = _csv_row(lines, start)
        if row is None or any(field.strip() for field in row):
            yield start + 1, row
        start += length


def _csv_row(lines: list[str], start: int) -> tuple[list[str] | None, int]:
    """Return the row that begins at a line, and the number of lines that it takes.

    The standard reader would swallow the rest of the file after a stray quote. Hence it gets one
    line more with each attempt, until the row is complete.
    """
    last = min(start + LONGEST_RECORD, len(lines))
    for end in range(start + 1, last + 1):
        record = "\n".join(lines[start:end])
        try:
            return next(csv.reader([record], strict=True), []), end - start
        except csv.Error as error:
            if "unexpected end of data" not in str(error):
                return None, 1
    return None, 1
