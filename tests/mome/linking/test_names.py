"""Words of questions and of identifiers, made comparable."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import snowballstemmer
from hypothesis import given
from hypothesis import strategies as st

from mome.linking.names import abbreviates, name_stems, name_words, question_words, stem


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("custCtry_2", ("cust", "ctry", "2")),
        ("HTTPServer", ("http", "server")),
        ("First Name", ("first", "name")),
        ("ORDER_ID", ("order", "id")),
        ("größe", ("größe",)),
        ("LieferÄnderung_2", ("liefer", "änderung", "2")),
        ("Gro\u0308ße", ("größe",)),
        ("КодКлиента", ("код", "клиента")),
        ("客户_订单", ("客户", "订单")),
        ("数量", ("数量",)),
        ("__", ("__",)),
        ("%", ("%",)),
    ],
)
def test_an_identifier_falls_into_its_words(name: str, words: tuple[str, ...]) -> None:
    assert name_words(name) == words


@pytest.fixture
def busy_switching() -> Iterator[None]:
    """Threads take turns every few instructions, so that shared state is soon mixed up."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("busy_switching")
def test_threads_stem_words_not_seen_before_as_one_thread_does() -> None:
    draw = random.Random(7)
    endings = ("ations", "fulness", "izing", "ibly", "ements", "ousli", "ies", "")
    words = []
    for _ in range(8000):
        word = "".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randint(3, 9)))
        words.append(word + draw.choice(endings))
    expected = snowballstemmer.stemmer("english").stemWords(words)
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(stem, words)) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [("café", "cafe"), ("Straße", "strasse"), ("Räume", "raume"), ("Клиенты", "клиенты")],
)
def test_accents_and_case_do_not_tell_words_apart(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_a_question_writes_names_as_they_are_stored() -> None:
    words = [word.text for word in question_words("Rows of payment_history, metric_412?")]
    assert words == ["Rows", "of", "payment", "history", ",", "metric", "412", "?"]


def test_inflections_meet_in_their_stem() -> None:
    assert stem("Orders") == stem("ordered") == "order"
    assert name_stems("singerNames") == {"singer", "name"}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("three", "3"),
        ("Twenty", "20"),
        ("1,000", "1000"),
        ("3.5", "3.5"),
        ("007", "007"),
        ("2019-01-01", None),
        ("-", None),
        ("2.5 million", "2500000"),
        ("20k", "20000"),
        ("3M", "3000000"),
        ("two hundred", "200"),
        ("Thirty-one", "31"),
        ("fifty", "50"),
        ("10 thousand", "10000"),
        ("a", None),
        ("k", None),
        ("five-star", None),
        ("ten-five", None),
        ("1.5k", "1500"),
        ("million", "1000000"),
        ("2kg", "2"),
        ("5m", "5"),
    ],
)
def test_words_that_are_numbers_are_written_in_digits(text: str, number: str | None) -> None:
    assert question_words(text)[0].number == number


def test_words_know_their_place_and_are_bounded_in_number() -> None:
    question = "Who's older than 3.5 years, e.g. Joe-Ann?"
    words = question_words(question)
    assert [question[w.start : w.end] for w in words] == [w.text for w in words]
    assert {"3.5", "Joe-Ann", "?"} <= {w.text for w in words}
    assert len(question_words("a " * 100)) == 64 and len(question_words("a b c", limit=2)) == 2


@given(st.text())
def test_any_text_gives_words_in_order_that_do_not_overlap(text: str) -> None:
    ends = 0
    for word in question_words(text):
        assert ends <= word.start < word.end and text[word.start : word.end] == word.text
        assert word.number is None or word.number
        ends = word.end


@given(st.text(min_size=1))
def test_any_name_has_words(name: str) -> None:
    assert name_words(name) and name_stems(name)


@pytest.mark.parametrize(
    ("short", "word", "is_short"),
    [
        ("cust", "customer", True),
        ("ctry", "country", True),
        ("dept", "department", True),
        ("qty", "quantity", True),
        ("emp", "employees", True),
        ("num", "name", False),
        ("stat", "state", False),
        ("na", "name", False),
        ("customer", "cust", False),
        ("tsk", "mask", False),
    ],
)
def test_a_part_of_a_name_may_be_short_for_a_word(short: str, word: str, is_short: bool) -> None:
    assert abbreviates(short, word) is is_short
