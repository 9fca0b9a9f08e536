"""Read files of texts and labels row by row: CSV, JSONL and Parquet; and check examples before a
tune. Imports no torch.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mome.errors import TableError

MOST_SHOWN = 3
"""Number of rows that an error message names."""
MOST_EXAMPLES = 200_000
"""Number of different texts that a memory takes; each needs a fact and, in a tune, a kilobyte."""
PARQUET_ROWS = 4096
"""Rows of a Parquet file that are read at once."""
# Fields of CSV files are limited to 128 KiB by default; a document may be longer.
LONGEST_FIELD = 16 * 2**20
KINDS = (".csv", ".jsonl", ".parquet")


@dataclass(frozen=True)
class LabelledText:
    """One text with its label."""

    text: str
    label: str
    """Empty if none of the labels fits the text."""
    row: int
    """Number of the row in its file, from 1."""


@dataclass(frozen=True)
class ExampleSet:
    """Checked examples; each text occurs once."""

    examples: tuple[LabelledText, ...]
    labels: tuple[str, ...]
    """Sorted; the empty one, for texts that no label fits, comes first if there is one."""


@dataclass(frozen=True)
class LabelTune:
    """What to tune."""

    examples: Path
    memory: Path
    text_column: str = "text"
    label_column: str = "label"
    later_wins: bool = False
    """Whether of two labels of one text the later one counts; they are an error otherwise."""


def read_rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the columns of each row as stripped texts; a missing value is empty. Raises TableError,
    which names the columns that there are, and OSError.
    """
    readers = {".csv": _csv_rows, ".jsonl": _jsonl_rows, ".parquet": _parquet_rows}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise TableError(f"{path} is none of the files that can be read: {', '.join(KINDS)}")
    for number, row in enumerate(reader(path), 1):
        missing = [name for name in columns if name not in row]
        if missing:
            there = ", ".join(map(str, row)) or "none"
            raise TableError(
                f"row {number} of {path} has no column {missing[0]}; its columns are: {there}"
            )
        yield tuple(_text(row[name]) for name in columns)


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


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


def read_examples(request: LabelTune) -> ExampleSet:
    """Read and check a file of examples. A row without a label is a text that no label fits. Raises
    TableError and OSError.
    """
    path = request.examples
    rows = enumerate(read_rows(path, (request.text_column, request.label_column)), 1)
    examples = (LabelledText(text, label, number) for number, (text, label) in rows)
    return checked_examples(examples, str(path), later_wins=request.later_wins)


def checked_examples(
    examples: Iterable[LabelledText], source: str, *, later_wins: bool = False
) -> ExampleSet:
    """Check examples; see `read_examples`. Repeated ones are dropped.

    later_wins: whether of two labels of one text the later one counts; they are an error otherwise.
    """
    found: dict[str, LabelledText] = {}
    contradictions: list[tuple[LabelledText, LabelledText]] = []
    for example in examples:
        if not example.text:
            raise TableError(
                f"row {example.row} of {source} has no text; give one, or leave it out"
            )
        before = found.get(example.text)
        if before and before.label != example.label:
            contradictions.append((before, example))
        if before is None or before.label != example.label:
            found[example.text] = example
        if len(found) > MOST_EXAMPLES:
            raise TableError(
                f"{source} has more than {MOST_EXAMPLES:,} different texts; give a sample of them"
            )
    if contradictions and not later_wins:
        raise TableError(_contradicting(contradictions, source))
    labels = tuple(sorted({example.label for example in found.values()}))
    _check_labels(labels, source)
    return ExampleSet(tuple(found.values()), labels)


def _contradicting(pairs: Sequence[tuple[LabelledText, LabelledText]], source: str) -> str:
    shown = [
        f"{one.text[:60]!r} is {one.label!r} in row {one.row} and {two.label!r} in row {two.row}"
        for one, two in pairs[:MOST_SHOWN]
    ]
    more = f"; and {len(pairs) - MOST_SHOWN} more" if len(pairs) > MOST_SHOWN else ""
    return (
        f"{source} contradicts itself: {'; '.join(shown)}{more}; correct it, or give --later-wins "
        "to take the later label"
    )


def _check_labels(labels: Sequence[str], source: str) -> None:
    """Raise TableError for labels that cannot be told apart."""
    named = [label for label in labels if label]
    if len(named) < 2:
        only = f"one label only, {named[0]!r}" if named else "no label"
        raise TableError(f"{source} has {only}; at least two are needed")
    first: dict[str, str] = {}
    for label in named:
        other = first.setdefault(" ".join(label.casefold().split()), label)
        if other != label:
            raise TableError(
                f"{source} has labels that differ in case or spaces only, {other!r} and {label!r}; "
                "write them alike"
            )
