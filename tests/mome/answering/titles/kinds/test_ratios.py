"""Ratios and differences of two figures, on the print shop."""

from __future__ import annotations

from collections.abc import Callable

import pytest

RowsOf = Callable[[str], list[tuple] | None]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("ratio of open jobs to done jobs", [(2 / 3,)]),
        ("ratio of open to done jobs by paper", [("glossy", 1.0), ("matte", 0.5)]),
        ("open jobs to all jobs ratio by paper", [("glossy", 0.5), ("matte", 1 / 3)]),
        ("ratio of tax amount to number of bills", [(108 / 5,)]),
        ("what is the ratio of refunds to bills?", [(0.4,)]),
        ("ratio of jobs in 2024 to clients who have left", None),
        (
            "difference between the highest and lowest unit price by paper",
            [("glossy", 1.0), ("matte", 3.0)],
        ),
        ("How many more done than open jobs are there?", [(1,)]),
        ("tax amount as a percentage of the billed amount", [(20.0,)]),
        ("total page quantity divided by the number of jobs", [(42.0,)]),
    ],
)
def test_two_figures_are_compared(
    question: str, expected: list[tuple] | None, rows_of: RowsOf
) -> None:
    rows = rows_of(question)
    if expected is None:
        assert rows is None
        return
    assert rows is not None
    assert len(rows) == len(expected)
    for row, wanted in zip(sorted(rows), expected, strict=True):
        assert row == pytest.approx(wanted)


def test_figures_of_two_tables_are_compared_over_all_rows_alone(rows_of: RowsOf) -> None:
    assert rows_of("ratio of refunds to bills by sector") is None
