"""Answer a file row by row: `mome classify` and `mome recommend`. Neither file is ever held in
memory.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
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
            for row in answer(some):
                write(row)
                count += 1
            on_rows(count)
            some = list(islice(rows, BATCH))
    return count


def check_target(source: Path, target: Path) -> None:
    """Raise TableError if the target is of no kind that can be written, or is the source itself."""
    if target.suffix.lower() not in (".csv", ".jsonl"):
        raise TableError(f"{target} is none of the files that can be written: .csv, .jsonl")
    if target.exists() and target.samefile(source):
        raise TableError(f"{target} is the file that is read; give another one")


@contextmanager
def _writer(target: Path, columns: Sequence[str]) -> Iterator[Callable[[Answer], None]]:
    with target.open("w", encoding="utf-8", newline="") as file:
        if target.suffix.lower() == ".csv":
            yield _csv_writer(file, columns)
        else:
            yield lambda row: print(json.dumps(row, ensure_ascii=False), file=file)


def _csv_writer(file: TextIO, columns: Sequence[str]) -> Callable[[Answer], None]:
    header, *_ = csv_lines(columns, ())
    print(header, file=file)

    def write(row: Answer) -> None:
        _, line = csv_lines(columns, [[row[name] for name in columns]])
        print(line, file=file)

    return write
