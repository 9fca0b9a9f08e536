"""Different things counted once each, on the print shop."""

from __future__ import annotations

from collections.abc import Callable

import pytest

RowsOf = Callable[[str], list[tuple] | None]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many different clients had jobs per paper?", [("glossy", 2), ("matte", 3)]),
        ("number of distinct clients with open jobs per paper", [("glossy", 1), ("matte", 1)]),
        ("number of different clients who ordered jobs per year", [(2024, 2), (2025, 1)]),
        ("how many unique papers per client", [("Acme", 2), ("Borealis", 2), ("City Hall", 1)]),
        ("number of different clients per paper", [("glossy", 2), ("matte", 3)]),
        ("Number of different sectors per adviser", [("Ada", "Berg", 1), ("Ada", "Berg", 2)]),
        (
            "In how many different papers does each client have jobs?",
            [("Acme", 2), ("Borealis", 2), ("City Hall", 1)],
        ),
        ("how many different sectors are there among the clients?", [(2,)]),
        ("How many different papers are there?", [(2,)]),
        ("number of different sectors that clients come from", [(2,)]),
    ],
)
def test_each_thing_is_counted_once(question: str, expected: list[tuple], rows_of: RowsOf) -> None:
    rows = rows_of(question)
    assert rows is not None
    assert sorted(rows) == expected


@pytest.mark.parametrize(
    "question",
    [
        # Clients have a sector themselves; no rows belong to branches and papers alike.
        "number of different clients per sector",
        "how many different customers had jobs per paper",
        "how many different clients had parties per paper",
    ],
)
def test_things_of_unknown_rows_are_left_to_the_model(question: str, rows_of: RowsOf) -> None:
    assert rows_of(question) is None
