"""Label the rows of a file that a person drops on the page, and learn what they correct.
`label_page` draws it; without Streamlit.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mome.closed_set.rows import columns_of, read_rows
from mome.csv_text import csv_lines
from mome.errors import MomeError, TableError
from mome.reporting import Reporter

if TYPE_CHECKING:
    from mome.classify.classifier import Classifier, Label

MOST_ROWS = 5_000
"""Rows of a file that the page labels, in about a minute; `mome classify` streams larger ones."""
PART = 64
"""Rows between two reports of progress."""
COLUMNS = ("text", "label", "confidence", "abstained", "nearest")


@dataclass(frozen=True)
class LabelledRow:
    """One row of the file with its answer."""

    text: str
    answer: Label


@dataclass(frozen=True)
class Learnt:
    """What became of the corrections of a page."""

    texts: tuple[str, ...]
    """Those that the memory knows now."""
    problems: tuple[str, ...]
    """One line for each that was not learnt."""


def columns(name: str, content: bytes) -> tuple[str, ...]:
    """Return the columns of a file with this name and content. Raises TableError."""
    with _stored(name, content) as path:
        return columns_of(path)


def texts(name: str, content: bytes, column: str) -> list[str]:
    """Return the texts of a file's column. Raises TableError, also for more than MOST_ROWS rows."""
    found: list[str] = []
    with _stored(name, content) as path:
        for (text,) in read_rows(path, (column,)):
            found.append(text)
            if len(found) > MOST_ROWS:
                raise TableError(
                    f"{name} has more than {MOST_ROWS:,} rows; give it to `mome classify`, which "
                    "labels files of any size"
                )
    return found


@contextmanager
def _stored(name: str, content: bytes) -> Iterator[Path]:
    """Yield a file with the content, as the readers take it. Their messages then name it as the
    person does.
    """
    with tempfile.TemporaryDirectory(prefix="mome-") as folder:
        path = Path(folder) / f"file{Path(name).suffix.lower()}"
        path.write_bytes(content)
        try:
            yield path
        except TableError as error:
            raise TableError(str(error).replace(str(path), name)) from error


def label_all(
    classifier: Classifier, texts: Sequence[str], on_rows: Callable[[int], object]
) -> list[LabelledRow]:
    """Label texts, in order; `on_rows` is called with the number of rows so far."""
    found: list[LabelledRow] = []
    for first in range(0, len(texts), PART):
        part = texts[first : first + PART]
        found += map(LabelledRow, part, classifier.many(part))
        on_rows(len(found))
    return found


def abstentions(rows: Sequence[LabelledRow]) -> list[LabelledRow]:
    """Return the rows without a label, each text once, the surest first: of these the most probable
    label is most often right, so that they are quickly corrected.
    """
    open_ = {row.text: row for row in rows if row.answer.abstained and row.text}
    return sorted(open_.values(), key=lambda row: -row.answer.confidence)


def as_csv(rows: Sequence[LabelledRow]) -> bytes:
    """Return the rows as a CSV file, in order."""
    values = [
        (
            row.text,
            row.answer.label,
            round(row.answer.confidence, 4),
            row.answer.abstained,
            row.answer.nearest,
        )
        for row in rows
    ]
    return "".join(f"{line}\n" for line in csv_lines(COLUMNS, values)).encode()


def learn_all(memory: Path, said: Mapping[str, str], on_done: Callable[[int], object]) -> Learnt:
    """Let a memory learn texts with their labels, one after the other; an empty label says that
    none fits. `on_done` is called with the number of texts so far.
    """
    from mome.classify.changes import learn

    known, problems = [], []
    for number, (text, label) in enumerate(said.items(), 1):
        try:
            learn(memory, text, label, Reporter(), later_wins=True)
            known.append(text)
        except (MomeError, OSError) as error:
            problems.append(f"{text}: {error}")
        on_done(number)
    return Learnt(tuple(known), tuple(problems))
