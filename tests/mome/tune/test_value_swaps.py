"""Practice asks verified questions of other stored values, in question and SQL alike, and never
answers a verified one otherwise.
"""

from __future__ import annotations

import random

import pytest
import sqlglot

from mome.linking.values import ValueIndex
from mome.tune.value_swaps import another_number, practice, said_once, swap

VALUES = ValueIndex(
    [
        ("city", "name", ["Basel", "Bern", "Chur"]),
        ("river", "name", ["Aare"]),
        ("city", "code", ["BS", "a%b"]),
    ]
)
SQL = "SELECT size FROM city WHERE name = 'Basel'"


def swapped(question: str, sql: str, seed: int = 0) -> tuple[str, str]:
    return swap(
        question,
        sql,
        sqlglot.parse_one(sql, dialect="sqlite"),
        "sqlite",
        VALUES,
        random.Random(seed),
    )


def test_question_and_sql_name_the_same_other_value() -> None:
    found = {swapped("How large is Basel?", SQL, seed) for seed in range(20)}
    names = ("Basel", "Bern", "Chur")
    assert found == {
        (f"How large is {name}?", f"SELECT size FROM city WHERE name = '{name}'") for name in names
    }


def test_every_place_of_the_value_in_the_sql_is_swapped() -> None:
    sql = (
        "SELECT name FROM city WHERE name = 'Bern' OR size > (SELECT size FROM city WHERE name "
        "= 'Bern')"
    )
    question, changed = swapped("Larger than Bern?", sql, 3)
    assert changed.count("'" + question.removeprefix("Larger than ").rstrip("?") + "'") == 2


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("How large is it?", SQL),
        ("Basel or Basel?", SQL),
        ("How large is Basel-Land?", "SELECT size FROM land WHERE name = 'Basel-Land'"),
        ("Where is Basel?", "SELECT river FROM place WHERE town = 'Basel'"),
        ("Top 3 cities?", "SELECT name FROM city WHERE size > 3"),
    ],
)
def test_what_is_not_said_once_or_not_known_stays(question: str, sql: str) -> None:
    assert swapped(question, sql) == (question, sql)


def test_numbers_keep_their_length() -> None:
    question, sql = swapped(
        "Which cities have more than 4500 people?", "SELECT name FROM city WHERE size > 4500"
    )
    number = question.split()[5]
    assert len(number) == 4 and sql.endswith(f"> {number}")
    assert 1950 <= int(another_number("1999", random.Random(0))) <= 2030
    assert another_number("3", random.Random(0)) is None


@pytest.mark.parametrize(
    ("text", "question"),
    [("1", "the 1.5 l bottle"), ("bern", "Berner and Bern-Bern Bern"), ("a", "b")],
)
def test_a_part_of_a_word_is_not_said(text: str, question: str) -> None:
    assert said_once(text, question) is None


def test_a_verified_question_is_never_answered_otherwise() -> None:
    pairs = [
        ("How large is Basel?", SQL),
        ("How large is Bern?", "SELECT 7"),
        ("How large is it?", "not sql at all (("),
    ]
    found = practice(pairs, "sqlite", VALUES, rounds=30, seed=0)
    assert len(found) == 30 and all(len(round_) == 3 for round_ in found)
    assert {
        sql for round_ in found for question, sql in round_ if question == "How large is Bern?"
    } == {"SELECT 7"}
    assert {question for round_ in found for question, _ in round_} >= {
        "How large is Basel?",
        "How large is Chur?",
    }
    assert found == practice(pairs, "sqlite", VALUES, rounds=30, seed=0)
