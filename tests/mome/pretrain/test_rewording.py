"""Augmentation: after it, a question still asks what its SQL answers."""

from __future__ import annotations

import random

from mome.linking.values import ValueIndex
from mome.pretrain.rewording import perturb, swap_values

VALUES = ValueIndex([("shop", "city", ["Basel", "Bern", "St. Gallen"])])
FORM = (
    ("word", "SELECT"),
    ("pointer", "staff.name"),
    ("word", "WHERE"),
    ("pointer", "shop.city"),
    ("word", "="),
    ("string", "'Basel'"),
)


def test_values_are_swapped_in_question_and_form() -> None:
    results = set()
    for seed in range(20):
        question, form = swap_values("Who works in Basel?", FORM, VALUES, random.Random(seed))
        results.add((question, form[-1][1]))
    assert results == {
        (f"Who works in {city}?", f"'{city}'") for city in ("Basel", "Bern", "St. Gallen")
    }


def test_a_value_that_the_question_does_not_mention_stays() -> None:
    swapped = swap_values("Who works there?", FORM, VALUES, random.Random(0))
    assert swapped == ("Who works there?", FORM)


def test_a_number_is_swapped_for_one_of_the_same_length() -> None:
    form = (("pointer", "staff.age"), ("word", ">"), ("number", "30"))
    question, changed = swap_values("Who is older than 30?", form, VALUES, random.Random(0))
    number = changed[-1][1]
    assert question == f"Who is older than {number}?"
    assert len(number) == 2


def test_perturbing_keeps_the_words_for_values() -> None:
    question = "What are the names of people in zurichwest, please?"
    results = [perturb(question, ["zurichwest"], random.Random(seed)) for seed in range(300)]
    assert all("zurichwest" in result for result in results)
    openings = {result.split()[0].lower() for result in results}
    assert openings >= {"what", "show", "list", "return"}
    assert any(result == result.lower() for result in results)
    assert any(not result.endswith("?") for result in results)
    misspelt = 0
    for result in results:
        misspelt += result.split()[-1].rstrip("?") != "please"
        misspelt += "name" not in result
    assert misspelt > 10
