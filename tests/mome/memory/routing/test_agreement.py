"""Which questions ask for what a fact answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mome.artifacts.facts import MemoryFact
from mome.linking.slice import Linker
from mome.memory import TEXT, NameWords, text_fact
from mome.memory.routing.agreement import Asked

FRENCH = MemoryFact(
    "1",
    "verified",
    ("How many singers are from France?",),
    "SELECT COUNT(*) FROM singer WHERE country = 'France'",
    ("singer", "singer.country"),
)
OLDEST = MemoryFact(
    "2",
    "verified",
    ("Who are the three oldest singers?",),
    "SELECT name FROM singer ORDER BY age DESC LIMIT 3",
    ("singer", "singer.name", "singer.age"),
)


@pytest.mark.parametrize(
    ("fact", "question", "difference"),
    [
        (FRENCH, "number of singers from France", ""),
        (FRENCH, "How many French singers are there?", ""),
        (FRENCH, "How many singers are from the Netherlands?", "value"),
        (FRENCH, "How many singers are from France or the Netherlands?", "value"),
        (FRENCH, "How many singers are there?", "value"),
        (FRENCH, "How many singers are not from France?", "negation"),
        (FRENCH, "How many singers from France sang in 2014?", "number"),
        (OLDEST, "the 3 oldest singers", ""),
        (OLDEST, "the three singers of the highest age", ""),
        (OLDEST, "the three youngest singers", "direction"),
        (OLDEST, "the five oldest singers", "number"),
    ],
)
def test_a_verified_fact_agrees_in_everything(
    linker: Linker, fact: MemoryFact, question: str, difference: str
) -> None:
    asked = Asked(question, linker)
    assert asked.contradiction(fact) == difference
    assert asked.fits(fact) == (not difference)


def test_one_wording_that_agrees_is_enough(linker: Linker) -> None:
    more = replace(FRENCH, wordings=(*FRENCH.wordings, "Count all singers of France in 2014"))
    assert Asked("singers of France in 2014", linker).contradiction(more) == ""


def test_a_generated_fact_differs_in_negation_and_opposites_alone(linker: Linker) -> None:
    generated = replace(OLDEST, kind="top")
    assert Asked("the five oldest singers", linker).contradiction(generated) == ""
    assert Asked("the three youngest singers", linker).contradiction(generated) == "meaning"
    assert Asked("the singers who are not oldest", linker).contradiction(generated) == "meaning"


NAMES = NameWords(["Apartments", "Apartment_Facilities", "apt_id", "field", "name", "singer", "in"])


@pytest.mark.parametrize(
    ("question", "fits"),
    [
        ("What fields are stored in Apartments?", True),
        ("Name the columns of apartments.", True),
        ("What is in Apartment_Facilities?", False),
        ("Does apt_id stand in Apartments?", False),
        ("What is in it?", False),
        ("What is in Singer?", False),
    ],
)
def test_a_fact_about_a_name_is_meant_where_the_question_says_it_and_no_other(
    question: str, fits: bool
) -> None:
    fact = text_fact("Which columns does Apartments have?", "apt_id, name")
    assert Asked(question, NAMES).fits(fact) == fits
    assert Asked(question, TEXT).fits(fact)


def test_a_longer_name_is_not_one_that_it_holds() -> None:
    fact = text_fact("Which columns does Apartment_Facilities have?", "apt_id")
    assert not Asked("What is in Apartments?", NAMES).fits(fact)
    assert Asked("What is in Apartment_Facilities?", NAMES).fits(fact)
    assert NAMES.named("Apartment_Facilities in 2014") == {"apart", "facil", "2014"}
