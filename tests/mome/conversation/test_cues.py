"""The words by which a question points at the one before."""

from __future__ import annotations

import pytest

from mome.conversation.cues import pronoun, read_cues


@pytest.mark.parametrize(
    ("question", "text", "kind", "strong"),
    [
        ("And by month?", "by month", "restrict", True),
        ("What about Germany?", "Germany", "contrast", True),
        ("Could you please also show their names?", "show their names", "show", False),
        ("Of those, who has a pet?", "Of those, who has a pet", "restrict", True),
        ("Only those from France, please.", "Only those from France", "restrict", True),
        ("What is his or her age?", "What is their age", "show", False),
        ("How many are there?", "How many are there", "show", True),
        ("Which airline has the most?", "Which airline has the most", "show", True),
        ("Which airlines have more than one flight?", "Which airlines have more than one flight",
         "show", False),
        ("How many clubs are in Basel?", "How many clubs are in Basel", "show", False),
    ],
)  # fmt: skip
def test_cues(question: str, text: str, kind: str, strong: bool) -> None:
    cues = read_cues(question)
    assert (cues.text, cues.kind, cues.strong) == (text, kind, strong)


def test_what_is_wanted_beside_the_answer() -> None:
    assert read_cues("Show their names too").adds
    assert not read_cues("Show their names").adds


def test_where_a_pronoun_stands() -> None:
    assert pronoun("teachers and the courses they teach") == 25
    assert pronoun("is it true that Ada is here") is None
