"""Several measures of the same rows, on the print shop."""

from __future__ import annotations

from collections.abc import Callable

import pytest

RowsOf = Callable[[str], list[tuple] | None]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "number, total and average page quantity of jobs per paper",
            [("glossy", 2, 70, 35), ("matte", 3, 140, 140 / 3)],
        ),
        (
            "number and highest unit price of jobs by paper",
            [("glossy", 2, 4), ("matte", 3, 5)],
        ),
        (
            "count, sum and average of page quantity by paper",
            [("glossy", 2, 70, 35), ("matte", 3, 140, 140 / 3)],
        ),
        ("number, total and average of refunds", [(2, 25, 12.5)]),
        (
            "number of jobs and number of different clients per paper",
            [("glossy", 2, 2), ("matte", 3, 3)],
        ),
        (
            "number of jobs, number of printed jobs and number of open jobs per paper",
            [("glossy", 2, 1, 1), ("matte", 3, 2, 1)],
        ),
        (
            "total page quantity and number of different clients per paper",
            [("glossy", 70, 2), ("matte", 140, 3)],
        ),
        (
            "For each paper the number of jobs and the total page quantity",
            [("glossy", 2, 70), ("matte", 3, 140)],
        ),
        (
            "number of jobs and number of jobs printed per paper",
            [("glossy", 2, 1), ("matte", 3, 2)],
        ),
        ("lowest, average and highest unit price across all jobs", [(2, 3.2, 5)]),
        # Behind a colon.
        (
            "jobs per paper: number, highest unit price",
            [("glossy", 2, 4), ("matte", 3, 5)],
        ),
    ],
)
def test_each_measure_has_a_column(question: str, expected: list[tuple], rows_of: RowsOf) -> None:
    rows = rows_of(question)
    assert rows is not None
    assert len(rows) == len(expected)
    for row, wanted in zip(sorted(rows), expected, strict=True):
        assert row == pytest.approx(wanted)


@pytest.mark.parametrize(
    "question",
    [
        "number, total and average weight of jobs per paper",
        "number of jobs and number of different suppliers per paper",
        "number and profit of jobs per paper",
    ],
)
def test_a_measure_that_is_not_there_is_left_to_the_model(question: str, rows_of: RowsOf) -> None:
    assert rows_of(question) is None


def test_measures_with_columns_of_their_own_share_their_rows(
    rows_of: Callable[[str], list[tuple] | None],
) -> None:
    question = "total amount and highest tax amount of paid bills"
    assert rows_of(question) == [(310.0, 40.0)]
