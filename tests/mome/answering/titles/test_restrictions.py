"""Conditions that words say of the rows of a figure."""

from __future__ import annotations

import pytest

from mome.answering.titles.figures import TitleScope
from mome.answering.titles.restrictions import named_values, restricted
from mome.answering.titles.said_words import TitleWords
from mome.linking.slice import Linker


@pytest.mark.parametrize(
    ("table", "words", "expected", "rest"),
    [
        ("client", "public", ["is_public = 1"], []),
        ("shop_job", "open", ["status = 'open'"], []),
        ("shop_job", "status open", ["status = 'open'"], []),
        ("bill", "glossy", ["paper = 'glossy'"], []),
        ("bill", "client acme", ["client_name = 'Acme'"], []),
        ("shop_job", "late open", ["status = 'open'"], ["late"]),
        # `Paid` behind its noun is a date; the bill has one.
        ("bill", "bills paid", [], ["paid"]),
    ],
)
def test_flags_and_stored_values_are_conditions(
    table: str,
    words: str,
    expected: list[str],
    rest: list[str],
    linker: Linker,
    scope: TitleScope,
    vocabulary: TitleWords,
) -> None:
    found = linker.catalog.table(table)
    assert found is not None
    said = [word for word in vocabulary.words(words) if word.text != "bills"]
    last = words.split()[-1] if "bills" in words else ""
    rows = restricted(found, said, last, named_values(linker.match(words)), scope.paths)
    assert rows is not None
    assert [f"{one.column} = {one.value}" for one in rows.restrictions] == expected
    assert [word.text for word in rows.rest] == rest


def test_a_status_that_may_be_a_date_is_told(
    linker: Linker, scope: TitleScope, vocabulary: TitleWords
) -> None:
    bill = linker.catalog.table("bill")
    assert bill is not None
    values = named_values(linker.match("paid bills"))
    rows = restricted(bill, vocabulary.words("paid"), "bills", values, scope.paths)
    assert rows is not None
    assert rows.may_be_dates


def test_a_value_within_a_period_is_none(linker: Linker) -> None:
    assert named_values(linker.match("jobs in 2024")) == []
