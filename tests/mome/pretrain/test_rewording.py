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
    found = {
        swap_values("Who works in Basel?", FORM, VALUES, random.Random(seed)) for seed in range(20)
    }
    assert {(question, form[-1][1]) for question, form in found} == {
        (f"Who works in {city}?", f"'{city}'") for city in ("Basel", "Bern", "St. Gallen")
    }


def test_a_value_that_the_question_does_not_say_stays() -> None:
    assert swap_values("Who works there?", FORM, VALUES, random.Random(0)) == (
        "Who works there?",
        FORM,
    )


def test_a_number_is_swapped_for_one_as_long() -> None:
    form = (("pointer", "staff.age"), ("word", ">"), ("number", "30"))
    question, changed = swap_values("Who is older than 30?", form, VALUES, random.Random(0))
    assert question == f"Who is older than {changed[-1][1]}?" and len(changed[-1][1]) == 2


def test_perturbing_keeps_the_words_for_values() -> None:
    asked = "What are the names of people in zurichwest, please?"
    found = [perturb(asked, ["zurichwest"], random.Random(seed)) for seed in range(300)]
    assert all("zurichwest" in question for question in found)
    assert {question.split()[0].lower() for question in found} >= {"what", "show", "list", "return"}
    assert any(question == question.lower() for question in found) and any(
        not question.endswith("?") for question in found
    )
    assert 10 < sum(question.split()[-1].rstrip("?") != "please" for question in found) + sum(
        "name" not in q for q in found
    )
