"""Label a file row by row: `mome classify`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mome.classify.classifier import Classifier, Label
from mome.closed_set.answered_file import answer_rows, check_target
from mome.closed_set.rows import read_rows

COLUMNS = ("label", "confidence", "abstained", "nearest")


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
    abstained = 0

    def answer(rows: list[tuple[str, ...]]) -> list[dict[str, object]]:
        nonlocal abstained
        labels = classifier.many([text for (text,) in rows])
        abstained += sum(label.abstained for label in labels)
        return [_row(label) for label in labels]

    rows = read_rows(source, (text_column,))
    count = answer_rows(rows, target, COLUMNS, answer, on_rows)
    return count, abstained


def _row(label: Label) -> dict[str, object]:
    values = (label.label, round(label.confidence, 4), label.abstained, label.nearest)
    return dict(zip(COLUMNS, values, strict=True))
