"""The parts of titles, without a database."""

from __future__ import annotations

import pytest

from mome.answering.titles.grammar import TitleParts, title_parts
from mome.answering.titles.spans import TitleSpan

YEAR = TitleSpan("DURING({}, '2024')", is_year=True)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Billed amount by plan in 2024", TitleParts("billed amount", "", ("plan",), YEAR)),
        (
            "How many jobs were there in each city?",
            TitleParts("jobs were there", "count", ("city",)),
        ),
        ("number of jobs by city and paper", TitleParts("jobs", "count", ("city", "paper"))),
        ("Jobs by city, by paper", TitleParts("jobs", "", ("city", "paper"))),
        ("total pages by city", TitleParts("pages", "sum", ("city",))),
        ("monthly fees", TitleParts("fees", "", ("month",))),
        ("fees by city, highest first", TitleParts("fees", "", ("city",), order="down")),
        ("fees by month, oldest first", TitleParts("fees", "", ("month",), order="early")),
        ("fees by city, top 3", TitleParts("fees", "", ("city",), order="down", limit=3)),
        (
            "fees by city, lowest first, top 3",
            TitleParts("fees", "", ("city",), order="up", limit=3),
        ),
        (
            "The top five cities by total fees",
            TitleParts("fees", "sum", ("cities",), order="down", limit=5),
        ),
        ("For each city, what is the average fee?", TitleParts("fee", "average", ("city",))),
        ("How many jobs did each city have?", TitleParts("jobs", "count", ("city",))),
        ("jobs that were ordered by city", TitleParts("jobs were ordered", "", ("city",))),
        ("fees per month", TitleParts("fees", "", ("month",), rates=("month",))),
        ("Show jobs by city", TitleParts("jobs", "", ("city",), is_listing=True)),
        (
            "What is the fee in 2024?",
            TitleParts("fee", "", (), YEAR, is_listing=True, is_lookup=True),
        ),
    ],
)
def test_a_title_is_taken_apart(question: str, expected: TitleParts) -> None:
    assert next(title_parts(question)) == expected


def test_what_stands_behind_per_may_belong_to_a_name() -> None:
    found = [(parts.head, parts.dimensions) for parts in title_parts("price per seat by plan")]
    assert found == [
        ("price", ("seat", "plan")),
        ("price per seat", ("plan",)),
    ]


@pytest.mark.parametrize("question", ["", "jobs", "jobs in 2024 and in 2025 by city", "top by"])
def test_what_has_no_parts_is_no_title(question: str) -> None:
    assert list(title_parts(question)) == []
