"""Shares of the rows that are in a state, on the print shop."""

from __future__ import annotations

from collections.abc import Callable

import pytest

RowsOf = Callable[[str], list[tuple] | None]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # The state behind the rows and before them, stored or told by a date.
        ("What fraction of the jobs is still open?", [(0.4,)]),
        ("percentage of jobs printed", [(60.0,)]),
        ("share of open jobs per paper", [("glossy", 0.5), ("matte", 1 / 3)]),
        ("share of open jobs by year", [(2024, 1 / 3), (2025, 0.5)]),
        ("proportion of unpaid bills per sector", [("office", 0.0), ("retail", 0.5)]),
        ("what percentage of bills are not yet paid", [(40.0,)]),
        ("what share of clients have an adviser?", [(0.75,)]),
        ("percentage of clients without an adviser per sector", [("office", 50.0), ("retail", 0)]),
        ("how many percent of the clients are public?", [(50.0,)]),
        ("share of bills above 100", [(0.4,)]),
        ("what percentage of jobs have more than 25 pages?", [(60.0,)]),
        ("percentage of jobs neither printed nor open", [(0.0,)]),
        ("open jobs as a percentage of all jobs by paper", [("glossy", 50.0), ("matte", 100 / 3)]),
        ("Of all jobs in 2024, what share was printed?", [(2 / 3,)]),
        ("share of clients who have left per sector", [("office", 0.5), ("retail", 0.5)]),
        ("2 sectors with the highest share of unpaid bills", [("office", 0.0), ("retail", 0.5)]),
        ("How large is the share of unpaid bills?", [(0.4,)]),
        # Two dates of a row compared.
        ("what percentage of jobs were printed late?", [(40.0,)]),
        ("share of jobs printed after the due date by paper", [("glossy", 0.5), ("matte", 1 / 3)]),
        ("percentage of printed jobs that were late", [(200 / 3,)]),
        ("percentage of jobs printed on time per year", [(2024, 100 / 3), (2025, 0.0)]),
        ("what percentage of jobs were printed no later than the due date?", [(20.0,)]),
        # Rates that a noun names.
        ("payment rate of bills", [(60.0,)]),
        ("Bill payment rate per sector", [("office", 100.0), ("retail", 50.0)]),
        ("Which sector has the highest payment rate of bills?", [("office",)]),
    ],
)
def test_the_share_of_rows_in_a_state_is_one_of_each_group(
    question: str, expected: list[tuple], rows_of: RowsOf
) -> None:
    rows = rows_of(question)
    assert rows is not None
    assert len(rows) == len(expected)
    for row, wanted in zip(sorted(rows), expected, strict=True):
        assert row == pytest.approx(wanted)


@pytest.mark.parametrize(
    "question",
    [
        # Of all open jobs, or of each paper's.
        "Percentage of open jobs by paper",
        # No such state, no such date, or a rate that several tables may have.
        "share of archived jobs per paper",
        "percentage of bills paid late",
        "percentage of jobs shipped on time",
        "late rate per sector",
        "cancellation rate per month",
    ],
)
def test_a_state_that_is_not_clear_is_left_to_the_model(question: str, rows_of: RowsOf) -> None:
    assert rows_of(question) is None
