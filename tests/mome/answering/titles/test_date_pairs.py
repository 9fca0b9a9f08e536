"""Two dates of a row compared, on tables with days and moments."""

from __future__ import annotations

import pytest

from mome.answering.titles.date_pairs import UNCLEAR, compared_dates
from mome.answering.titles.said_words import TitleWords
from mome.catalog import Catalog, Column, Table

ORDER = Table(
    None,
    "orders",
    "table",
    None,
    None,
    (
        Column("order_id", "INTEGER", "integer", nullable=False),
        Column("ordered_on", "DATE", "date", nullable=False),
        Column("promised_on", "DATE", "date", nullable=False),
        Column("delivered_at", "DATETIME", "datetime"),
        Column("cancelled_on", "DATE", "date"),
    ),
    ("order_id",),
)
WORDS = TitleWords(Catalog("sqlite", "sqlite", "sqlite://", "f", (ORDER,)))


@pytest.mark.parametrize(
    ("text", "operator"),
    [
        ("delivered late", "<"),
        ("late", "<"),
        ("delivered on time", ">="),
        ("delivered after the promised date", "<"),
        ("delivered later than promised", "<"),
        ("delivered no later than promised", ">="),
        ("delivered before the promised date", ">"),
        ("arrived late", "<"),
    ],
)
def test_a_moment_is_compared_by_its_day(text: str, operator: str) -> None:
    found = compared_dates(ORDER, text, WORDS.words)
    assert found is not None and found.condition is not None
    assert found.done == "delivered_at"
    condition = found.condition
    assert (condition.column, condition.operator) == ("promised_on", operator)
    assert condition.value == "TRUNC(t0.\"delivered_at\", 'day')"


@pytest.mark.parametrize("text", ["paid late", "delivered after the invoice date", "returned late"])
def test_dates_that_are_not_there_are_unclear(text: str) -> None:
    assert compared_dates(ORDER, text, WORDS.words) == UNCLEAR


def test_other_states_compare_no_dates() -> None:
    assert compared_dates(ORDER, "cancelled", WORDS.words) is None
