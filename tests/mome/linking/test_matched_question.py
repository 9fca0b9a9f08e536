"""Phrases of a question that can hardly mean anything but a stored value."""

from __future__ import annotations

import pytest

from mome.catalog import Catalog, Column, Table
from mome.linking.slice import Linker

VALUES = ("New York", "Boston", "open", "B12", "5", "USA")


@pytest.fixture(scope="module")
def linker() -> Linker:
    columns = (Column("place", "TEXT", "text"), Column("land", "TEXT", "text", values=("USA",)))
    table = Table(None, "shop", "table", None, 9, columns)
    catalog = Catalog("sqlite", "sqlite", "sqlite://", "fingerprint", (table,))
    return Linker(catalog, [("shop", "place", list(VALUES), True)])


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("shops in New York", ("New York",)),
        ('shops in new york or "Boston"?', ("Boston", "new york")),
        # One common word without a capital letter may mean something else.
        ("how many are open", ()),
        ("how many are boston", ()),
        # The first word of a question has a capital letter anyway.
        ("Boston shops", ()),
        ("which holds b12", ("b12",)),
        # Numbers have a rule of their own.
        ("which holds 5", ()),
        ("shops in New Yorc", ()),
        ("places of a shop", ()),
    ],
)
def test_said_values_are_those_that_are_hardly_meant_otherwise(
    linker: Linker, question: str, said: tuple[str, ...]
) -> None:
    assert linker.match(question).said_values() == said


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("the total of successful payments", ("successful",)),
        ("payments that failed", ("failed",)),
        # Words of names, codes of another column, and short words.
        ("pending payments", ()),
        ("payments by paper", ()),
        ("payments that are new", ()),
    ],
)
def test_a_word_that_names_a_status_is_said(question: str, said: tuple[str, ...]) -> None:
    columns = tuple(
        Column(name, "TEXT", "text") for name in ("tx_status", "tx_type", "pending_since")
    )
    payments = Table(None, "payments", "table", None, None, columns)
    catalog = Catalog("sqlite", "sqlite", "x.sqlite", "", (payments,))
    values = [
        ("payments", "tx_status", ("success", "failed", "pending", "new")),
        ("payments", "tx_type", ("paper", "wire")),
    ]
    assert Linker(catalog, values).match(question).said_values() == said


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("Do zebras fly to the shops in New York?", ("zebras", "fly")),
        ("What is the average margin of shops without tax?", ("margin", "tax")),
        ("How many shops are in the place Boston?", ()),
        ("the latest 3 shops", ()),
        ("Don't show each shop's tax", ("tax",)),
    ],
)
def test_unknown_words_are_those_that_no_name_or_value_says(
    linker: Linker, question: str, unknown: tuple[str, ...]
) -> None:
    assert linker.match(question).unknown_words() == unknown
