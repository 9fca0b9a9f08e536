"""Recommend for a file row by row: `mome recommend`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from mome.closed_set.answered_file import answer_rows, check_target
from mome.closed_set.rows import no_column, table_rows
from mome.recommend.baskets import ITEMS, items_of
from mome.recommend.recommender import FIRST, Recommendations, Recommender

COLUMNS = ("items", "scores", "reasons", "unknown")


def recommend_file(
    recommender: Recommender,
    source: Path,
    target: Path,
    on_rows: Callable[[int], None],
    *,
    k: int = FIRST,
) -> tuple[int, int]:
    """Write a row for each row of `source`, in order; return their number and how many had unknown
    items.

    on_rows: is called with the number of rows so far. Raises TableError and OSError.
    """
    check_target(source, target)
    strange = 0

    def answer(baskets: list[list[str]]) -> list[dict[str, object]]:
        nonlocal strange
        found = recommender.many(baskets, k)
        strange += sum(bool(one.unknown) for one in found)
        return [_row(one) for one in found]

    count = answer_rows(_questions(source), target, COLUMNS, answer, on_rows)
    return count, strange


def _questions(source: Path) -> Iterator[list[str]]:
    for number, row in enumerate(table_rows(source), 1):
        if ITEMS not in row:
            raise no_column(f"row {number} of {source}", ITEMS, row)
        yield items_of(row[ITEMS], f"row {number} of {source}")


def _row(found: Recommendations) -> dict[str, object]:
    values = (
        [one.item for one in found],
        [round(one.score, 4) for one in found],
        [[list(basket) for basket in one.because] for one in found],
        list(found.unknown),
    )
    return dict(zip(COLUMNS, values, strict=True))
