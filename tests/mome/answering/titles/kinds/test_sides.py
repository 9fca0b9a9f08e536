"""States of the same rows side by side, on the print shop."""

from __future__ import annotations

from collections.abc import Callable

import pytest

RowsOf = Callable[[str], list[tuple] | None]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("paid and unpaid bills per sector", [("office", 1, 0), ("retail", 2, 2)]),
        ("open versus done jobs by paper", [("glossy", 1, 1), ("matte", 1, 2)]),
        ("number of open and done jobs per year", [(2024, 1, 2), (2025, 1, 1)]),
        ("How many printed and unprinted jobs do we have?", [(3, 2)]),
        ("printed jobs versus jobs not yet printed", [(3, 2)]),
        (
            "How many jobs were printed and how many were not, by paper?",
            [("glossy", 1, 1), ("matte", 2, 1)],
        ),
        (
            "For each paper, how many jobs, how many open and how many done?",
            [("glossy", 2, 1, 1), ("matte", 3, 1, 2)],
        ),
        ("clients with and without an adviser per sector", [("office", 1, 1), ("retail", 2, 0)]),
        ("amount of paid and unpaid bills by sector", [("office", 60, 0), ("retail", 250, 230)]),
        ("average amount of paid versus unpaid bills", [(310 / 3, 115.0)]),
        ("matte versus glossy jobs in 2024", [(2, 1)]),
        ("matte and glossy jobs per year, in two columns", [(2024, 2, 1), (2025, 1, 1)]),
        ("jobs printed on time versus late by paper", [("glossy", 0, 1), ("matte", 1, 1)]),
    ],
)
def test_each_state_has_a_column(question: str, expected: list[tuple], rows_of: RowsOf) -> None:
    rows = rows_of(question)
    assert rows is not None
    assert len(rows) == len(expected)
    for row, wanted in zip(sorted(rows), expected, strict=True):
        assert row == pytest.approx(wanted)


@pytest.mark.parametrize(
    "question",
    [
        # By the day on which they came or that on which they were printed.
        "printed and paid jobs per month",
        "open versus archived jobs by paper",
        "jobs versus bills",
    ],
)
def test_states_that_are_not_clear_are_left_to_the_model(question: str, rows_of: RowsOf) -> None:
    assert rows_of(question) is None
