"""Read a file of texts and labels, and check examples before a tune. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mome.closed_set.rows import check_distinct, read_rows
from mome.errors import TableError

MOST_SHOWN = 3
"""Number of rows that an error message names."""
MOST_EXAMPLES = 200_000
"""Number of different texts that a memory takes; each needs a fact and, in a tune, a kilobyte."""


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

    examples: Path | str
    """A file; or a URL, path or folder of a database whose `table` holds the examples."""
    memory: Path
    text_column: str = "text"
    label_column: str = "label"
    later_wins: bool = False
    """Whether of two labels of one text the later one counts; they are an error otherwise."""
    table: str = ""
    """Table of the database; empty for a file."""


def read_examples(request: LabelTune) -> ExampleSet:
    """Read and check a file of examples. A row without a label is a text that no label fits. Raises
    TableError and OSError.
    """
    path = Path(request.examples)
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
    # Only those that are shown: a file may have millions of them.
    contradictions: list[tuple[LabelledText, LabelledText]] = []
    contradicting = 0
    for example in examples:
        if not example.text:
            raise TableError(
                f"row {example.row} of {source} has no text; give one, or leave it out"
            )
        before = found.get(example.text)
        if before and before.label != example.label:
            contradicting += 1
            if contradicting <= MOST_SHOWN:
                contradictions.append((before, example))
        if before is None or before.label != example.label:
            found[example.text] = example
        if len(found) > MOST_EXAMPLES:
            raise TableError(
                f"{source} has more than {MOST_EXAMPLES:,} different texts; give a sample of them"
            )
    if contradictions and not later_wins:
        raise TableError(_contradicting(contradictions, contradicting - MOST_SHOWN, source))
    labels = tuple(sorted({example.label for example in found.values()}))
    _check_labels(labels, source)
    return ExampleSet(tuple(found.values()), labels)


def _contradicting(
    pairs: Sequence[tuple[LabelledText, LabelledText]], others: int, source: str
) -> str:
    shown = [
        f"{one.text[:60]!r} is {one.label!r} in row {one.row} and {two.label!r} in row {two.row}"
        for one, two in pairs
    ]
    more = f"; and {others:,} more" if others > 0 else ""
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
    check_distinct(named, "labels", source)
