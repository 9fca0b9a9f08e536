"""Whether a question asks for the fact whose query a model writes."""

from __future__ import annotations

from mome.answering.known_answers import KnownAnswers
from mome.answering.left_out import Term
from mome.artifacts.facts import MemoryFact
from mome.linking.slice import Linker
from mome.memory.routing.agreement import Asked

SQL = "SELECT COUNT(*) FROM singer WHERE age = 3 AND country = 'France'"
FACT = MemoryFact(
    "1", "verified", ("Count the singers of France aged 3",), SQL, ("singer", "singer.age")
)
TWIN = MemoryFact("2", "verified", ("Number of singers not of age, in France",), SQL, FACT.objects)


def test_an_answer_of_several_facts_needs_one_that_agrees(linker: Linker) -> None:
    negated = Asked("singers not of age, in France", linker)
    assert KnownAnswers([FACT], linker).difference(negated, SQL) == "number"
    assert KnownAnswers([FACT, TWIN], linker).difference(negated, SQL) == ""
    assert KnownAnswers([FACT], linker).difference(negated, "SELECT 1 FROM singer") == ""


def test_conditions_in_another_order_are_the_same_answer(linker: Linker) -> None:
    turned = "SELECT COUNT(*) FROM singer WHERE country = 'France' AND age = 3"
    asked = Asked("singers of France aged 5", linker)
    assert KnownAnswers([FACT], linker).difference(asked, turned) == "number"


def test_the_badge_needs_the_same_answer_and_an_agreeing_question(linker: Linker) -> None:
    known = KnownAnswers([FACT], linker)
    wording = FACT.wordings[0]
    assert known.match(Asked(wording.upper(), linker), SQL) == wording
    assert known.match(Asked(wording, linker), "SELECT 1 FROM singer") is None
    assert known.match(Asked("How many singers of France are aged 3?", linker), SQL) == wording
    assert known.match(Asked("singers of France aged 4", linker), SQL) is None
    assert known.is_verified("count the  singers of France aged 3!")


def test_signs_within_a_question_tell_it_from_another(linker: Linker) -> None:
    fact = MemoryFact("3", "verified", ("Singers aged < 30, with C++",), SQL, FACT.objects)
    known = KnownAnswers([fact], linker)
    assert known.is_verified("singers aged < 30, with c++.")
    assert not known.is_verified("singers aged > 30, with C++")
    assert not known.is_verified("singers aged < 30, with C#")


def test_a_term_that_neither_fact_nor_query_says_tells_a_question_from_a_known_one(
    linker: Linker,
) -> None:
    old = Term("veteran", frozenset({"singer.age"}), frozenset({"V"}), "singer")
    sql = "SELECT country, COUNT(*) FROM singer GROUP BY country"
    fact = MemoryFact("4", "verified", ("How many singers by country?",), sql, ("singer",))
    known = KnownAnswers([fact], linker, [old])
    assert known.difference(Asked("How many veteran singers by country?", linker), sql) == (
        "'veteran'"
    )
    assert known.difference(Asked("Count of singers by country", linker), sql) == ""


def test_the_badge_needs_the_words_by_which_other_facts_are_told_apart(linker: Linker) -> None:
    sql = "SELECT name FROM singer WHERE age = 0"
    sold_out = MemoryFact("5", "verified", ("Which are sold out or returned?",), sql, ("singer",))
    known = KnownAnswers([FACT, sold_out], linker)
    assert known.match(Asked("sold out singers of France aged 3", linker), SQL) is None
    assert known.match(Asked("returned singers of France aged 3", linker), SQL) is None
    assert known.match(Asked("Return the singers of France aged 3", linker), SQL) is not None
    assert known.match(Asked("famous singers of France aged 3", linker), SQL) == FACT.wordings[0]
