"""Whether a question asks for the fact whose query a model writes."""

from __future__ import annotations

from mome.answering.known_answers import KnownAnswers
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
    assert KnownAnswers([FACT]).difference(negated, SQL) == "number"
    assert KnownAnswers([FACT, TWIN]).difference(negated, SQL) == ""
    assert KnownAnswers([FACT]).difference(negated, "SELECT 1 FROM singer") == ""


def test_conditions_in_another_order_are_the_same_answer(linker: Linker) -> None:
    turned = "SELECT COUNT(*) FROM singer WHERE country = 'France' AND age = 3"
    asked = Asked("singers of France aged 5", linker)
    assert KnownAnswers([FACT]).difference(asked, turned) == "number"


def test_the_badge_needs_the_same_answer_and_an_agreeing_question(linker: Linker) -> None:
    known = KnownAnswers([FACT])
    wording = FACT.wordings[0]
    assert known.match(Asked(wording.upper(), linker), SQL) == wording
    assert known.match(Asked(wording, linker), "SELECT 1 FROM singer") is None
    assert known.match(Asked("How many singers of France are aged 3?", linker), SQL) == wording
    assert known.match(Asked("singers of France aged 4", linker), SQL) is None
    assert known.is_verified("count the  singers of France aged 3!")


def test_signs_within_a_question_tell_it_from_another() -> None:
    fact = MemoryFact("3", "verified", ("Singers aged < 30, with C++",), SQL, FACT.objects)
    known = KnownAnswers([fact])
    assert known.is_verified("singers aged < 30, with c++.")
    assert not known.is_verified("singers aged > 30, with C++")
    assert not known.is_verified("singers aged < 30, with C#")
