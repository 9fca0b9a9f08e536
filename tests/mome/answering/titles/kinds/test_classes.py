"""Rows put into classes of a number, on the print shop."""

from __future__ import annotations

from collections.abc import Callable

import pytest

RowsOf = Callable[[str], list[tuple] | None]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "Classify jobs by page quantity as small (under 30), medium (30 to 50) and large"
            " (over 50) and count each",
            [("large", 1), ("medium", 2), ("small", 2)],
        ),
        (
            "Jobs by unit price: under 3, 3 or more",
            [("3 or more", 3), ("under 3", 2)],
        ),
        (
            "Split the open jobs by page quantity into 'few' below 25 and 'many' from 25",
            [("few", 1), ("many", 1)],
        ),
        (
            "classify jobs as cheap (up to 2) and expensive (over 2): number and average",
            [("cheap", 2, 2.0), ("expensive", 3, 4.0)],
        ),
    ],
)
def test_rows_are_counted_in_each_class(
    question: str, expected: list[tuple], rows_of: RowsOf
) -> None:
    rows = rows_of(question)
    assert rows is not None
    assert sorted(rows) == expected


@pytest.mark.parametrize(
    "question",
    [
        # No number at all, no such number, a figure that is none.
        "clients under 100, 100 and more",
        "Jobs by weight: under 3, 3 or more",
        "classify jobs by unit price as cheap (up to 2), dear (over 2) and show the profit of each",
        "Jobs by unit price: under 3 kg, 3 kg or more",
    ],
)
def test_what_is_not_clear_is_left_to_the_model(question: str, rows_of: RowsOf) -> None:
    assert rows_of(question) is None
