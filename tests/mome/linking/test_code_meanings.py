"""What codes mean, by the comments of their columns."""

from __future__ import annotations

import pytest

from mome.catalog import Catalog, Column, Table
from mome.linking.code_meanings import CodeMeanings, explained, spoken
from mome.linking.slice import Linker

STATUS = Column(
    "stat", "TEXT", "text", False, "A active, B blocked", values=("A", "B"), values_complete=True
)
KIND = Column(
    "typ", "TEXT", "text", False, "RAW raw material, FIN finished good",
    values=("FIN", "RAW"), values_complete=True,
)  # fmt: skip
STORE = Column("store", "TEXT", "text", values=("Raw", "Main"), values_complete=True)
LEVEL = Column(
    "level", "INTEGER", "integer", False, "1 = urgent, 2 = usual", values=(1, 2),
    values_complete=True,
)  # fmt: skip
PART = Table(None, "part", "table", None, None, (STATUS, KIND, STORE, LEVEL))
CATALOG = Catalog("sqlite", "sqlite", "part.sqlite", "", (PART,))
LINKER = Linker(CATALOG, [("part", "store", ["Raw", "Main"], True)])


@pytest.mark.parametrize(
    ("comment", "found"),
    [
        ("A active, B blocked", {"A": "active", "B": "blocked"}),
        ("supplier: A active; B blocked", {"A": "active", "B": "blocked"}),
        ("A = active, 'B': not used", {"A": "active", "B": "not used"}),
        ("A good thing", {}),  # one word in capitals is no list of codes
        ("whether A or B came", {}),
        (None, {}),
    ],
)
def test_comments_explain_codes(comment: str | None, found: dict[str, str]) -> None:
    column = Column("stat", "TEXT", "text", comment=comment, values=("A", "B"))
    assert explained(column) == found


def test_people_say_the_code_or_its_meaning() -> None:
    assert spoken(STATUS, "B") == ("B", "blocked")
    assert spoken(STORE, "Raw") == ("Raw",)


def matches(question: str) -> list[tuple[str, str]]:
    return [(match.column, match.stored) for match in LINKER.match(question).matches]


def test_words_are_matched_with_the_codes_that_they_explain() -> None:
    assert matches("blocked ones") == [("stat", "B")]
    assert matches("Finished goods that are active") == [("typ", "FIN"), ("stat", "A")]


def test_the_longer_phrase_is_meant() -> None:
    assert matches("raw materials") == [("typ", "RAW")]
    assert matches("ones in Raw") == [("store", "Raw")]


def test_numbers_are_known_and_not_matched() -> None:
    assert matches("urgent ones") == []
    assert CodeMeanings(CATALOG).of("part", "level")["1"].words == ("urgent",)


def test_words_of_a_meaning_are_no_values_that_a_query_must_write() -> None:
    matched = LINKER.match("the blocked ones")
    assert (matched.unknown_words(), matched.said_values()) == ((), ())
