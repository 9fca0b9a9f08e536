"""Answer a file row by row: `mome classify` and `mome recommend`. Neither file is ever held in
memory.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from typing import TextIO, TypeVar

from mome.csv_text import csv_lines
from mome.errors import TableError

BATCH = 64
"""Rows that are answered at once."""
Question = TypeVar("Question")
Answer = Mapping[str, object]
"""A row to write, by column."""
Write = Callable[[Sequence[Answer]], None]


def answer_rows(
    rows: Iterator[Question],
    target: Path,
    columns: Sequence[str],
    answer: Callable[[list[Question]], Sequence[Answer]],
    on_rows: Callable[[int], None],
) -> int:
    """Write the answer to each row, in order; return their number.

    on_rows: is called with the number of rows so far. Raises what `rows` raises, and OSError.
    """
    count = 0
    # The first rows are read before the target is made: a wrong column leaves no empty file.
    some = list(islice(rows, BATCH))
    with _writer(target, columns) as write:
        while some:
            answers = answer(some)
            write(answers)
            count += len(answers)
            on_rows(count)
            some = list(islice(rows, BATCH))
    return count


def check_target(source: Path, target: Path) -> None:
    """Raise TableError if the target is of no kind that can be written, is in no folder, or is the
    source itself.
    """
    if target.suffix.lower() not in (".csv", ".jsonl"):
        raise TableError(f"{target} is none of the files that can be written: .csv, .jsonl")
    if target.is_dir() or not target.parent.is_dir():
        raise TableError(f"{target} cannot be written; give a file in a folder that exists")
    if target.exists() and source.exists() and target.samefile(source):
        raise TableError(f"{target} is the file that is read; give another one")


@contextmanager
def _writer(target: Path, columns: Sequence[str]) -> Iterator[Write]:
    with target.open("w", encoding="utf-8", newline="") as file:
        if target.suffix.lower() == ".csv":
            yield _csv_writer(file, columns)
        else:
            yield lambda rows: _write_lines(
                file, [json.dumps(row, ensure_ascii=False) for row in rows]
            )


def _csv_writer(file: TextIO, columns: Sequence[str]) -> Write:
    header, *_ = csv_lines(columns, ())
    _write_lines(file, [header])

    def write(rows: Sequence[Answer]) -> None:
        cells = [[_cell(row[name]) for name in columns] for row in rows]
        _, *lines = csv_lines(columns, cells)
        _write_lines(file, lines)

    return write


def _write_lines(file: TextIO, lines: Sequence[str]) -> None:
    # In one piece, and at once, so that Ctrl-C leaves whole rows.
    file.write("".join(f"{line}\n" for line in lines))
    file.flush()


def _cell(value: object) -> object:
    """Return a text that is written as a number is, such as the label -1, as that number: it is no
    formula, and has to come out as it is.
    """
    if not isinstance(value, str):
        return value
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    return number if number.is_finite() and str(number) == value else value
