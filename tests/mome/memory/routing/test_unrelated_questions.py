"""What stands for questions that a memory is not about."""

from __future__ import annotations

from mome.memory.routing.unrelated_questions import EVERYDAY, background


def test_every_question_is_asked_once_and_in_two_ways() -> None:
    pairs = background([])
    questions = [question for pair in pairs for question in pair]
    assert len(set(questions)) == len(questions) == 2 * len(pairs)
    assert pairs[: len(EVERYDAY)] == list(EVERYDAY) and len(pairs) > 4 * len(EVERYDAY)


def test_a_subject_that_facts_speak_of_is_no_stranger() -> None:
    pairs = background(["Which Museums are open?", "football team of the year"])
    asked = [question for pair in pairs[len(EVERYDAY) :] for question in pair]
    assert not any("museum" in question or "football team" in question for question in asked)
    assert any("airport" in question for question in asked)
