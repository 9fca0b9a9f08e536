"""Greetings, requests and thanks are no part of a question."""

from __future__ import annotations

import pytest

from mome.answering.courtesies import without_courtesies


@pytest.mark.parametrize(
    ("question", "plain"),
    [
        ("Please tell me: How many clubs are there?", "How many clubs are there?"),
        ("How many clubs are there? Thanks!", "How many clubs are there?"),
        ("How many clubs are there, please?", "How many clubs are there?"),
        ("List the clubs. Thanks.", "List the clubs"),
        ("Hi there, could you please list the clubs? Thank you very much.", "list the clubs?"),
        ("I would like to know the following. Which clubs are there?", "Which clubs are there?"),
        ("We need to know how many clubs there are", "how many clubs there are"),
        ("Could you tell me the names of all clubs, please", "the names of all clubs"),
        ("Do you happen to know who joined last?", "who joined last?"),
        ("Names of the clubs, thanks", "Names of the clubs"),
        # What is asked for may be written like a courtesy.
        ("Which letters say thanks?", "Which letters say thanks?"),
        ("Would you recommend a club?", "Would you recommend a club?"),
        ("Show the songs named Hello", "Show the songs named Hello"),
        ("I need the clubs of Basel", "I need the clubs of Basel"),
        ("thanks", "thanks"),
        ("Please", "Please"),
        ("", ""),
    ],
)
def test_what_is_asked_is_left(question: str, plain: str) -> None:
    assert without_courtesies(question) == plain
