"""The best rows of each group."""

from __future__ import annotations

from collections.abc import Callable

import pytest

RowsOf = Callable[[str], list[tuple] | None]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "The largest bill of each sector: sector, bill id, amount",
            [("office", 3, 60.0), ("retail", 1, 200.0)],
        ),
        (
            "What is the smallest bill for each sector? Show the sector and the amount.",
            [("office", 60.0), ("retail", 50.0)],
        ),
        (
            "For each paper, the most expensive job: paper, job id, unit price",
            [("glossy", 4, 4.0), ("matte", 5, 5.0)],
        ),
        (
            "The two latest jobs of each client: client, job id",
            [("Acme", 1), ("Acme", 2), ("Borealis", 4), ("Borealis", 5), ("City Hall", 3)],
        ),
        (
            "the biggest job by page quantity per each paper: paper and page quantity",
            [("glossy", 50), ("matte", 100)],
        ),
    ],
)
def test_the_best_rows_of_each_group_are_listed(
    question: str, expected: list[tuple], rows_of: RowsOf
) -> None:
    rows = rows_of(question)
    assert rows is not None
    assert sorted(rows) == expected


@pytest.mark.parametrize(
    "question",
    [
        # Which number makes a client the largest, and what is a colour?
        "The largest client of each sector: sector, client",
        "The largest bill of each sector: sector, colour",
        "The largest bill of each colour: bill id, amount",
    ],
)
def test_what_is_not_clear_is_left_to_the_model(question: str, rows_of: RowsOf) -> None:
    assert rows_of(question) is None
