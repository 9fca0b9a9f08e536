"""Stored values found in a question, and stored spellings found for literals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mome.linking.names import question_words
from mome.linking.values import PER_PHRASE, STEMMED, ValueIndex, ValueMatch, normalise

ROWS = [
    ("singer", "country", ["France", "United States", "Netherlands"]),
    ("singer", "name", ["Joe Sharp", "Will", "5"]),
    ("song", "genre", ["hip hop", "Ballads", "pop"]),
    ("stadium", "city", ["France"]),
]


@pytest.fixture(scope="module")
def index() -> ValueIndex:
    return ValueIndex(ROWS)


def found(
    index: ValueIndex, question: str, known: frozenset[str] = frozenset()
) -> list[ValueMatch]:
    return index.match(question, question_words(question), known)


def test_a_value_is_found_in_every_column_that_stores_it(index: ValueIndex) -> None:
    assert found(index, "from FRANCE there?") == [
        ValueMatch("singer", "country", "France", 1, 1, 1.0),
        ValueMatch("stadium", "city", "France", 1, 1, 1.0),
    ]


def test_the_longest_phrase_wins_and_its_words_are_not_used_again(index: ValueIndex) -> None:
    matches = found(index, "singers of the united states who sing hip-hop")
    assert [(m.stored, m.first, m.last, m.score) for m in matches] == [
        ("United States", 3, 4, 1.0),
        ("hip hop", 7, 7, 1.0),
    ]


def test_a_stem_matches_with_a_lower_score(index: ValueIndex) -> None:
    assert [(m.stored, m.score) for m in found(index, "every ballad")] == [("Ballads", 0.9)]


def test_a_misspelt_word_is_guessed_but_not_one_that_names_a_column(index: ValueIndex) -> None:
    guessed = found(index, "in netherlnds")
    assert [m.stored for m in guessed] == ["Netherlands"] and 0.7 < guessed[0].score < 0.9
    assert found(index, "in netherlnds", frozenset({"netherlnd"})) == []


@pytest.mark.parametrize(
    ("question", "stored"),
    [
        ("what is the signup date of the last member", []),
        ("Date of each signup", []),
        ("signups of Dares", ["Dare"]),
        ("those who joined the tables", []),
        ("the French ones", ["France"]),
    ],
)
def test_a_common_word_is_no_slip_of_a_name(question: str, stored: list[str]) -> None:
    rows = [("member", "surname", ["Dare", "Jones"]), ("place", "country", ["France", "Table Bay"])]
    assert [match.stored for match in found(ValueIndex(rows), question)] == stored


def test_two_words_name_a_value_that_is_stored_as_one() -> None:
    index = ValueIndex([("plant", "status", ["Shutdown", "IT"])])
    match = ValueMatch("plant", "status", "Shutdown", 2, 3, STEMMED)
    assert found(index, "plants now shut down") == [match]
    assert found(index, "plants i t") == []


def test_common_words_and_single_letters_match_nothing(index: ValueIndex) -> None:
    assert found(index, "will a b") == []
    assert [m.stored for m in found(index, "5")] == ["5"]


def test_a_value_in_many_columns_is_reported_for_a_few() -> None:
    index = ValueIndex([(f"t{i}", "c", ["Oslo"]) for i in range(20)])
    assert len(found(index, "Oslo")) == PER_PHRASE


def test_an_empty_index_finds_nothing() -> None:
    index = ValueIndex([])
    assert found(index, "anything at all") == [] and index.stored("t", "c", "x") is None


@pytest.mark.parametrize(
    ("column", "text", "stored"),
    [
        ("country", "France", "France"),
        ("country", "  france ", "France"),
        ("country", "UNITED-STATES", "United States"),
        ("country", "Netherland", "Netherlands"),
        ("country", "Untied States", "United States"),
        ("country", "Nederlands", None),
        ("country", "Frence", None),
        ("country", "Ballads", None),
        ("country", "Finland", None),
        ("country", "", None),
        ("country", "%", None),
        ("nothing", "France", None),
    ],
)
def test_the_stored_spelling_is_that_of_the_column(
    index: ValueIndex, column: str, text: str, stored: str | None
) -> None:
    assert index.stored("singer", column, text) == stored


def test_a_value_is_found_in_its_column_however_many_others_store_the_like() -> None:
    rows = [(f"t{i}", "c", [f"Amsterdam {letter}"]) for i, letter in enumerate("abcdefgh")]
    assert (
        ValueIndex([*rows, ("mine", "c", ["Amsterdam-Zuid"])]).stored(
            "mine", "c", "Amsterdam Zuidd"
        )
        == "Amsterdam-Zuid"
    )


def test_another_name_is_another_value() -> None:
    index = ValueIndex([("t", "c", ["Australia", "Nigeria", "John Smith", "Martines"])])
    assert [
        index.stored("t", "c", text) for text in ("Austria", "Niger", "Joan Smith", "Martinez")
    ] == [None] * 4


def test_a_slip_is_told_from_a_value_only_where_all_values_are_known_and_one_is_near() -> None:
    assert (
        ValueIndex([("t", "c", ["Netherlands"], True)]).stored("t", "c", "Nethrlands")
        == "Netherlands"
    )
    assert ValueIndex([("t", "c", ["Netherlands"], False)]).stored("t", "c", "Nethrlands") is None
    assert (
        ValueIndex([("t", "c", ["Netherlands"], False)]).stored("t", "c", "netherlands")
        == "Netherlands"
    )
    assert (
        ValueIndex([("t", "c", ["Hanna Lee", "Hannah Le"])]).stored("t", "c", "Hannah Lee") is None
    )


def test_a_literal_with_other_digits_is_another_value() -> None:
    index = ValueIndex([("t", "c", ["2019-01-01", "Room 12", "B-100"])])
    assert [
        index.stored("t", "c", text)
        for text in ("2019-01-02", "Room 13", "Room 21", "B-101", "b 100")
    ] == [None] * 4 + ["B-100"]


@given(st.lists(st.text(), unique=True, max_size=8), st.text())
def test_what_is_stored_is_found_as_it_is_and_what_is_found_is_stored(
    values: list[str], text: str
) -> None:
    index = ValueIndex([("t", "c", values)])
    assert all(index.stored("t", "c", value) == value for value in values)
    assert index.stored("t", "c", text) in (None, *values)
    for match in found(index, text):
        assert match.stored in values and 0 < match.score <= 1


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


NAMES = frozenset({"product", "price", "countri"})
ROWS_OF_A_STRANGER = (
    "how many products",
    "How many products are there",
    "products",
    "the average price",
    "total",
    "most expensive",
    "how many",
    "What Is Love",
    "Maximum Price",
)


@pytest.mark.parametrize(
    "question",
    [
        "How many products are there?",
        "how many products cost more than the average price?",
        "What is love of the products?",
        "List the maximum price and the total of products",
    ],
)
def test_words_of_the_question_s_own_shape_are_no_values(question: str) -> None:
    index = ValueIndex([("review", "body", ROWS_OF_A_STRANGER)])
    assert index.match(question, question_words(question), NAMES, NAMES) == []


@pytest.mark.parametrize(
    ("question", "stored"),
    [
        ("Which reviews say 'how many products'?", "how many products"),
        ("Which reviews say \u201cthe average price\u201d?", "the average price"),
        ("Reviews that say most expensive", "most expensive"),
        ("Who sang What is love?", "What Is Love"),
    ],
)
def test_quoted_words_and_words_of_its_own_make_a_value(question: str, stored: str) -> None:
    index = ValueIndex([("review", "body", ROWS_OF_A_STRANGER)])
    matches = index.match(question, question_words(question), NAMES, NAMES)
    assert [match.stored for match in matches] == [stored]


COURTS = ["Squash Court", "Tennis Court 1", "Tennis Court 2", "Studio 7", "Pier IV", "Pier III"]


@pytest.mark.parametrize(
    ("question", "stored"),
    [
        ("Who booked the tennis courts?", ["Tennis Court 1", "Tennis Court 2"]),
        ("Who booked tennis court 2?", ["Tennis Court 2"]),
        ("Who booked the squash court?", ["Squash Court"]),
        ("Who booked the studio?", []),
    ],
)
def test_a_phrase_names_the_values_of_a_series(question: str, stored: list[str]) -> None:
    index = ValueIndex([("room", "name", COURTS, True)])
    found = index.match(question, question_words(question), frozenset({"book", "studio"}))
    assert [match.stored for match in found] == stored


def test_a_series_has_several_values_of_one_column() -> None:
    index = ValueIndex([("room", "name", COURTS, True), ("door", "name", ["Studio 8"], True)])
    assert index.series("room", "name", "tennis COURT") == ["Tennis Court 1", "Tennis Court 2"]
    assert index.series("room", "name", "pier") == ["Pier IV", "Pier III"]
    assert index.series("room", "name", "studio") == []
    assert index.series("hall", "name", "tennis court") == []
