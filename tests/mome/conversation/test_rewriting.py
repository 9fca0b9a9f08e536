"""Follow-ups in words that stand alone."""

from __future__ import annotations

import pytest

from mome.conversation.cues import read_cues
from mome.conversation.rewriting import about, noun_phrase, swapped

NOUNS = frozenset("student students pet pets airline airlines age name names".split())


@pytest.mark.parametrize(
    ("question", "phrase"),
    [
        ("Which students have pets?", "students that have pets"),
        ("Who are the female students?", "the female students"),
        ("Show me all the airlines in the USA.", "all the airlines in the USA"),
        ("How many students are there?", "students"),
        ("How many students have a dog?", "students that have a dog"),
        ("What are the names of the airlines?", "the names of the airlines"),
        ("Order the pets by age", "the pets ordered by age"),
    ],
)
def test_the_noun_phrase_of_a_question(question: str, phrase: str) -> None:
    assert noun_phrase(question, NOUNS) == phrase


@pytest.mark.parametrize(
    ("follow_up", "understood"),
    [
        ("What is their average age?", "What is the average age of students that have pets?"),
        ("How many are there?", "How many students that have pets are there?"),
        ("How old are they?", "How old are students that have pets?"),
        ("Of those, who has a dog?", "Which of students that have pets has a dog?"),
        ("Only those from France", "Show students that have pets from France."),
        ("Sort them by age", "Show students that have pets ordered by age."),
        ("and by age?", "Which students have pets, by age?"),
        ("the first one", "Which students have pets, the first one?"),
    ],
)
def test_a_follow_up_that_stands_alone(follow_up: str, understood: str) -> None:
    question = "Which students have pets?"
    phrase = noun_phrase(question, NOUNS)
    assert about(read_cues(follow_up), phrase, question) == understood


def test_another_value_in_the_words_before() -> None:
    assert swapped("Who is from France?", "France", "Spain") == "Who is from Spain?"
    assert swapped("Who is from Frances house?", "France", "Spain") is None
