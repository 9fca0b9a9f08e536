"""The words by which rows are ranked."""

from __future__ import annotations

import pytest

from mome.answering.titles.rank_words import RowRank, take_rank


@pytest.mark.parametrize(
    ("text", "rows", "rank"),
    [
        ("the three largest bills", "bills", RowRank("amount", "", True, 3)),
        ("cheapest product", "product", RowRank("price", "", False)),
        ("the second oldest open ticket", "open ticket", RowRank("age", "", False, 1, 1)),
        (
            "five clients with the lowest score",
            "clients",
            RowRank("amount", "score", False, 5),
        ),
        ("top ten jobs by page quantity", "jobs", RowRank("amount", "page quantity", True, 10)),
        ("heaviest parcels by tare weight", "parcels", RowRank("weight", "tare weight", True)),
    ],
)
def test_a_rank_is_taken_from_its_rows(text: str, rows: str, rank: RowRank) -> None:
    assert take_rank(text) == (rows, rank)


@pytest.mark.parametrize("text", ["open tickets", "two second largest bills", "top some jobs"])
def test_what_has_no_rank_keeps_its_words(text: str) -> None:
    assert take_rank(text)[1] is None
