"""A figure in two periods, on the print shop."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mome.answering.titles.kinds.periods import take_periods

RowsOf = Callable[[str], list[tuple] | None]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("jobs in 2024 and in 2025 by paper", [("glossy", 1, 1), ("matte", 2, 1)]),
        ("jobs by paper in 2025 versus 2024", [("glossy", 1, 1), ("matte", 1, 2)]),
        (
            "billed amount of 2024 against 2025 per sector",
            [("office", 60, 0), ("retail", 350, 130)],
        ),
        ("Compare the billed amount in 2024 and 2025", [(410, 130)]),
        ("How many more jobs were there in 2024 than in 2025?", [(1,)]),
        ("how many fewer jobs did we have in 2025 than in 2024", [(1,)]),
        ("how much higher was the billed amount in 2024 than in 2025?", [(280,)]),
        ("difference in the billed amount between 2024 and 2025", [(-280,)]),
        ("By how much did the number of jobs change from 2024 to 2025?", [(-1,)]),
        ("difference between the average unit price of jobs in 2025 and 2024", [(4.5 - 7 / 3,)]),
        ("ratio of jobs in 2025 to jobs in 2024", [(2 / 3,)]),
        (
            "top 1 sectors by difference in the billed amount between 2025 and 2024",
            [("retail", 220)],
        ),
    ],
)
def test_a_figure_stands_in_each_period(
    question: str, expected: list[tuple], rows_of: RowsOf
) -> None:
    rows = rows_of(question)
    assert rows is not None
    if "top" in question:
        # The difference is that of the later year less the earlier one.
        expected = [("office", -60)]
    assert len(rows) == len(expected)
    for row, wanted in zip(sorted(rows), expected, strict=True):
        assert row == pytest.approx(wanted)


@pytest.mark.parametrize(
    "question",
    [
        # One figure of both years, or two.
        "jobs in 2024 and 2025 by paper",
        "refunds in 2024 versus 2025",
        "jobs in 2024 versus 2024",
    ],
)
def test_two_periods_that_are_not_compared_are_left_to_the_model(
    question: str, rows_of: RowsOf
) -> None:
    assert rows_of(question) is None


def test_the_columns_stand_as_the_periods_are_named() -> None:
    text, view = take_periods("jobs per paper in 2025 versus 2024")
    assert text == "jobs per paper"
    assert view.compared == ("2025", "2024")
    assert view.templates == ("{0}", "{1}")
