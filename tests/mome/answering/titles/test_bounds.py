"""Conditions on numbers at the end of a phrase."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mome.answering.titles.bounds import take_bound
from mome.answering.titles.parts import NumberBound


@pytest.mark.parametrize(
    ("head", "rest", "bound"),
    [
        ("bills above 10", "bills", NumberBound("", ">", "10")),
        ("jobs with more than 20 pages", "jobs", NumberBound("pages", ">", "20")),
        ("routes longer than 300 km", "routes", NumberBound("", ">", "300", "length")),
        ("parcels over 300 kg", "parcels", NumberBound("kg", ">", "300")),
        ("films cheaper than 5 euros", "films", NumberBound("", "<", "5", "price")),
        (
            "routes longer than the average route",
            "routes",
            NumberBound("", ">", "average", "length"),
        ),
        (
            "bills with an amount below the average amount",
            "bills",
            NumberBound("amount", "<", "average"),
        ),
        ("jobs with an above-average price", "jobs", NumberBound("price", ">", "average")),
    ],
)
def test_a_bound_is_taken(head: str, rest: str, bound: NumberBound) -> None:
    assert take_bound(head) == (rest, (bound,))


@pytest.mark.parametrize(
    "head", ["open bills", "bills with an amount above the average of the retail sector"]
)
def test_other_conditions_are_left(head: str) -> None:
    assert take_bound(head) == (head, ())


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # The average of 200, 150, 60, 80 and 50 is 108.
        ("Bills with an amount above the average: bill id", [(1,), (2,)]),
        ("Number of jobs more expensive than the average", [(2,)]),
        ("How many bills are there with a below-average amount?", [(3,)]),
    ],
)
def test_numbers_are_compared_with_their_average(
    question: str, expected: list[tuple], rows_of: Callable[[str], list[tuple] | None]
) -> None:
    assert rows_of(question) == expected
