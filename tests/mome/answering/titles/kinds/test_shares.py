"""The share of each thing in a whole, on the print shop."""

from __future__ import annotations

from collections.abc import Callable

import pytest

RowsOf = Callable[[str], list[tuple] | None]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("share of each paper in all jobs", [("glossy", 0.4), ("matte", 0.6)]),
        ("each paper's share of open jobs", [("glossy", 0.5), ("matte", 0.5)]),
        (
            "each sector's share of the billed amount in 2024",
            [("office", 60 / 410), ("retail", 350 / 410)],
        ),
        (
            "What percentage of all jobs does each paper account for?",
            [("glossy", 40), ("matte", 60)],
        ),
        ("each branch's share of the annual budget", None),
        (
            "percentage of jobs by paper within each sector",
            [("office", "matte", 100), ("retail", "glossy", 50), ("retail", "matte", 50)],
        ),
        (
            "Within each sector, what share of its jobs is on each paper?",
            [("office", "matte", 1), ("retail", "glossy", 0.5), ("retail", "matte", 0.5)],
        ),
        (
            "each client's share of its sector's billed amount",
            [
                ("office", "City Hall", 1),
                ("retail", "Acme", 35 / 48),
                ("retail", "Borealis", 13 / 48),
            ],
        ),
    ],
)
def test_each_thing_has_its_share(
    question: str, expected: list[tuple] | None, rows_of: RowsOf
) -> None:
    rows = rows_of(question)
    if expected is None:
        assert rows is None
        return
    assert rows is not None
    assert len(rows) == len(expected)
    for row, wanted in zip(sorted(rows), expected, strict=True):
        assert row[:-1] == wanted[:-1]
        assert row[-1] == pytest.approx(wanted[-1])


def test_a_whole_of_nothing_named_is_left_to_the_model(rows_of: RowsOf) -> None:
    assert rows_of("each sector's share of the total") is None
    assert rows_of("share of each paper in its colour's jobs") is None
