"""Label a file row by row: `mome classify`. Neither file is ever held in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TextIO

from mome.classify.classifier import BATCH, Classifier, Label
from mome.classify.examples import read_rows
from mome.csv_text import csv_lines
from mome.errors import TableError

COLUMNS = ("label", "confidence", "abstained", "nearest")
Write = Callable[[Label], None]


def classify_file(
    classifier: Classifier,
    source: Path,
    target: Path,
    on_rows: Callable[[int], None],
    *,
    text_column: str = "text",
) -> tuple[int, int]:
    """Write a row for each row of `source`, in order; return their number and how many abstained.

    on_rows: is called with the number of rows so far. Raises TableError and OSError.
    """
    check_target(source, target)
    rows = read_rows(source, (text_column,))
    count = abstained = 0
    # The first row is read before the target is made: a wrong column leaves no empty file.
    first = list(islice(rows, BATCH))
    with _writer(target) as write:
        while first:
            for label in classifier.many([text for (text,) in first]):
                write(label)
                count, abstained = count + 1, abstained + label.abstained
            on_rows(count)
            first = list(islice(rows, BATCH))
    return count, abstained


def check_target(source: Path, target: Path) -> None:
    """Raise TableError if the target is of no kind that can be written, or is the source itself."""
    if target.suffix.lower() not in (".csv", ".jsonl"):
        raise TableError(f"{target} is none of the files that can be written: .csv, .jsonl")
    if target.exists() and target.samefile(source):
        raise TableError(f"{target} is the file that is read; give another one")


@contextmanager
def _writer(target: Path) -> Iterator[Write]:
    with target.open("w", encoding="utf-8", newline="") as file:
        if target.suffix.lower() == ".csv":
            yield _csv_writer(file)
        else:
            yield lambda label: print(json.dumps(_row(label), ensure_ascii=False), file=file)


def _csv_writer(file: TextIO) -> Write:
    header, *_ = csv_lines(COLUMNS, ())
    print(header, file=file)

    def write(label: Label) -> None:
        _, line = csv_lines(COLUMNS, [list(_row(label).values())])
        print(line, file=file)

    return write


def _row(label: Label) -> dict[str, object]:
    values = (label.label, round(label.confidence, 4), label.abstained, label.nearest)
    return dict(zip(COLUMNS, values, strict=True))
