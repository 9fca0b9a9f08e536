"""A fact of any kind has a prompt, an answer, and other wordings."""

from __future__ import annotations

from dataclasses import replace

from mome.memory import text_fact, text_facts


def test_given_wordings_come_before_those_of_rules() -> None:
    fact = text_fact("who wrote Emma?", " Jane Austen ", ["author of Emma", "wrote Emma"])
    assert fact.wordings == (
        "who wrote Emma?",
        "author of Emma",
        "wrote Emma",
        "which person wrote Emma?",
    )
    assert (fact.kind, fact.answer, fact.experts) == ("text", "Jane Austen", ())


def test_a_corrected_answer_is_the_same_fact() -> None:
    one, other = text_fact("who wrote  Emma?", "Jane"), text_fact("who wrote Emma?", "Jane Austen")
    assert one.id == other.id == "text-" + one.id[5:]
    assert one.id != text_fact("who wrote Persuasion?", "Jane").id


def test_a_restatement_of_several_facts_is_of_none() -> None:
    by, of, about = text_facts(
        [
            ("who wrote Emma?", "Jane", ()),
            ("when did Emma wrote?", "1815", ["Emma's year"]),
            ("wrote Emma", "a diary", ["which person wrote Emma?"]),
        ]
    )
    assert by.wordings == ("who wrote Emma?",)
    assert of.wordings == (
        "when did Emma wrote?",
        "Emma's year",
        "at what time did Emma wrote?",
        "Emma wrote",
    )
    assert about.wordings == ("wrote Emma", "which person wrote Emma?")
    assert by == replace(text_fact("who wrote Emma?", "Jane"), wordings=by.wordings)
