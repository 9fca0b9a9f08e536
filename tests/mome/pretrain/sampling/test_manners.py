"""What is wanted is said in several manners, with every part of it."""

from __future__ import annotations

import random

import pytest

from mome.pretrain.sampling.manners import Wanted, clause, listed, say, total, with_typing_error


def test_every_manner_says_every_part() -> None:
    wanted = Wanted("number of orders in France", " per month", questions=("how many orders",))
    said = {say(random.Random(seed), Wanted(wanted.noun, wanted.tail)) for seed in range(60)}
    assert len(said) > 10
    assert {text for text in said if "in France per month" not in text} == set()


def test_a_sum_of_totals_is_no_total_total() -> None:
    assert {total(random.Random(seed), "total") for seed in range(20)} == {"sum of the total"}


def test_listed_names_all_items() -> None:
    rng = random.Random(1)
    assert listed(rng, ["name"]) == "name"
    assert listed(rng, ["name", "city"]) == "name and city"
    assert listed(rng, ["name", "city", "age"]).replace(", and", " and") == "name, city and age"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("with status paid", "have status paid"),
        ("in France", "are in France"),
        ("in 2024", ""),
        ("placed in 2024", "were placed in 2024"),
        ("who are active", "are active"),
        ("whose name is Ann", ""),
        ("with status paid and in France", ""),
    ],
)
def test_a_restriction_becomes_a_verb(words: str, expected: str) -> None:
    assert clause(words) == expected


def test_a_typing_error_spares_names_and_values() -> None:
    text = "Show the number of orders where the status is total"
    for seed in range(40):
        mistyped = with_typing_error(random.Random(seed), text, "orders.status = 'total'")
        assert mistyped != text
        assert mistyped.endswith("status is total")
        assert " orders " in mistyped
