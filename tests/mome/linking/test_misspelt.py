"""Words that are a slip away from a word of a name."""

from __future__ import annotations

import pytest

from mome.catalog import Catalog, Column, Table
from mome.linking.misspelt import Misspelt
from mome.linking.names import question_words

COLUMNS = tuple(
    Column(name, "TEXT", "text") for name in ("subscription_id", "customer", "costumer", "stated")
)
CATALOG = Catalog(
    "sqlite", "sqlite", "s.sqlite", "", (Table(None, "t", "table", None, None, COLUMNS),)
)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("subscrptions", "subscriptions"),
        ("subscirption", "subscription"),
        ("averge", "average"),
        ("statd", ""),  # too short for what it may be
        ("states", ""),  # a word of its own
        ("cstumer", "costumer"),
        ("cuustomer", "customer"),
        ("xsubscription", ""),  # another first letter
    ],
)
def test_one_slip_is_mended(word: str, meant: str) -> None:
    (asked,) = question_words(word)
    assert Misspelt(CATALOG).meant(asked) == meant


def test_a_capital_within_a_question_begins_a_name() -> None:
    words = question_words("by Averge")
    assert Misspelt(CATALOG).meant(words[1]) == ""
