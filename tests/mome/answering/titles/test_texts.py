"""Conditions on texts at the end of a phrase."""

from __future__ import annotations

import pytest

from mome.answering.titles.parts import TextBound
from mome.answering.titles.texts import take_text


@pytest.mark.parametrize(
    ("head", "rest", "bound"),
    [
        (
            'donors whose name contains "trust"',
            "donors",
            TextBound("name", "CONTAINS", "trust"),
        ),
        ("parts with a code that starts with ab", "parts", TextBound("code", "STARTS", "ab")),
        ("users whose login ends in _old", "users", TextBound("login", "ENDS", "_old")),
        ('films with "moon" in the title', "films", TextBound("title", "CONTAINS", "moon")),
        ("people with a gmail.com address", "people", TextBound("email", "ENDS", "@gmail.com")),
        ("people using an email at acme.org", "people", TextBound("email", "ENDS", "@acme.org")),
    ],
)
def test_a_condition_on_a_text_is_taken(head: str, rest: str, bound: TextBound) -> None:
    assert take_text(head) == (rest, bound)


@pytest.mark.parametrize("head", ["clients whose plan has jobs", "open jobs", "bills over 100"])
def test_other_conditions_are_left(head: str) -> None:
    assert take_text(head) == (head, None)
