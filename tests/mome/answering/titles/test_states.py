"""The words for a state of rows without those around them."""

from __future__ import annotations

import pytest

from mome.answering.titles.figures import TitleScope
from mome.answering.titles.states import HAS, bare_state


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("that were cancelled", "cancelled"),
        ("are still unpaid", "not paid"),
        ("were never printed", "not printed"),
        ("still not fixed", "not fixed"),
        ("have more than 20 pages", "with more than 20 pages"),
        ("that cost more than 100", "costing more than 100"),
        ("from united states", "from united states"),
    ],
)
def test_a_state_is_said_in_few_words(text: str, expected: str, scope: TitleScope) -> None:
    assert bare_state(text, scope) == expected


def test_having_something_names_a_column() -> None:
    match = HAS.fullmatch("who have an email address")
    assert match is not None
    assert match["column"] == "email address"
