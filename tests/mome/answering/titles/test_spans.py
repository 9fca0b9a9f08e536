"""Periods as conditions of forms."""

from __future__ import annotations

import pytest

from mome.answering.titles.spans import NO_SPAN, take_span


@pytest.mark.parametrize(
    ("text", "rest", "condition"),
    [
        ("fees in 2024", "fees", "DURING({}, '2024')"),
        ("fees in the second quarter of 2025 by city", "fees by city", "DURING({}, '2025-Q2')"),
        ("fees by city, 2024", "fees by city", "DURING({}, '2024')"),
        ("fees, since july 2025, by city", "fees, by city", "SINCE({}, '2025-07')"),
        ("fees before 2024", "fees", "BEFORE({}, '2024')"),
        ("fees from 2024 on", "fees", "SINCE({}, '2024')"),
        ("fees from 2024 on by city", "fees by city", "SINCE({}, '2024')"),
        ("fees in 2024 or earlier", "fees", "UNTIL({}, '2024')"),
        ("fees between 2023 and 2025", "fees", "DURING({}, '2023', '2025')"),
        ("fees from march to may 2024", "fees", "DURING({}, '2024-03', '2024-05')"),
        ("fees in 2024 on paper", "fees on paper", "DURING({}, '2024')"),
        ("fees last month", "fees", "DURING({}, 'previous month')"),
    ],
)
def test_one_period_is_a_condition(text: str, rest: str, condition: str) -> None:
    taken = take_span(text)
    assert taken is not None
    assert (taken[0], taken[1].condition) == (rest, condition)


def test_a_text_without_a_period_stays() -> None:
    assert take_span("fees by city") == ("fees by city", NO_SPAN)


@pytest.mark.parametrize(
    "text", ["fees in 2024 and 2025", "fees in 2024 or 2025", "fees in may 2023 and june 2024"]
)
def test_two_periods_are_none(text: str) -> None:
    assert take_span(text) is None
