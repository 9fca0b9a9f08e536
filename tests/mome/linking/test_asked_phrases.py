"""What questions show, count, average, sort by and compare."""

from __future__ import annotations

import pytest

from mome.linking.asked_phrases import AskedPhrase, asked_phrases


@pytest.mark.parametrize(
    ("question", "phrases"),
    [
        ("What are the name and the weight of each pet?", ["shown name", "shown weight"]),
        ("List the ids, version numbers, and type codes for all templates.",
         ["shown ids", "shown version numbers", "shown type codes"]),
        ("Which city is the capital?", ["named city"]),
        ("phone numbers of all members", ["shown phone numbers"]),
        ("For the members of 2024", []),
        ("By how many percent did it grow?", []),
        ("What grade is Kyle in?", ["shown grade"]),
        ("Show the customers who paid.", []),
        ("Profit margin by plan", ["counted Profit margin"]),
        ("Salary of each teacher", ["counted Salary"]),
        ("side effects reported per drug", ["counted side effects"]),
        ("How many by kind?", []),
        ("Cumulative number of orders by month", []),
        ("How many people report to each manager?", []),
        ("How many parking lots are there?", ["counted parking lots"]),
        ("players with the highest total earnings", ["figure earnings"]),
        ("names in descending order of number of products", ["shown names", "order products"]),
        ("players who have earnings below 200000", ["condition earnings"]),
        ("musicians above age 20", []),
        ("What is the total amount of bonus?", ["figure bonus"]),
    ],
)  # fmt: skip
def test_phrases_are_found_by_their_part(question: str, phrases: list[str]) -> None:
    found = [f"{phrase.part} {phrase.text}" for phrase in asked_phrases(question)]
    assert found == phrases


def test_a_figure_that_is_shown_has_both_parts() -> None:
    assert asked_phrases("What is the average age of dogs?") == (
        AskedPhrase("shown", "age"),
        AskedPhrase("figure", "age"),
    )
