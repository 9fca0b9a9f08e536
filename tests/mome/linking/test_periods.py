"""Years and months in questions, as ranges of days."""

from __future__ import annotations

import pytest

from mome.linking.periods import periods, years


@pytest.mark.parametrize(
    ("question", "low", "high"),
    [
        ("orders in 2024", "2024-01-01", "2025-01-01"),
        ("orders during the year 2024", "2024-01-01", "2025-01-01"),
        ("orders in March 2024", "2024-03-01", "2024-04-01"),
        ("orders of dec. 2023", "2023-12-01", "2024-01-01"),
        ("orders in 2024-02", "2024-02-01", "2024-03-01"),
        ("orders before 2024", "", "2024-01-01"),
        ("orders after March 2024", "2024-04-01", ""),
        ("orders since 2024", "2024-01-01", ""),
        ("orders until 2024", "", "2025-01-01"),
        ("orders between 2022 and 2024", "2022-01-01", "2025-01-01"),
        ("orders in march", "", ""),
        ("orders from July to December 2023", "2023-07-01", "2024-01-01"),
        ("orders between January and March 2024", "2024-01-01", "2024-04-01"),
        ("orders of March-May 2024", "2024-03-01", "2024-06-01"),
        ("orders from November 2023 to February 2024", "2023-11-01", "2024-03-01"),
        ("orders in the second half of 2024", "2024-07-01", "2025-01-01"),
        ("orders in the first quarter of 2024", "2024-01-01", "2024-04-01"),
        ("orders in the last quarter of 2024", "2024-10-01", "2025-01-01"),
        ("orders in Q3 2023", "2023-07-01", "2023-10-01"),
        ("orders since the third quarter of 2022", "2022-07-01", ""),
        ("orders before Q2 2024", "", "2024-04-01"),
        ("orders after the start of March 2024", "2024-03-01", ""),
        ("orders after the end of 2024", "2025-01-01", ""),
        ("orders since the beginning of 2024", "2024-01-01", ""),
        ("orders before the end of 2024", "", "2025-01-01"),
        ("orders before the start of 2024", "", "2024-01-01"),
        ("orders until the end of 2024", "", "2025-01-01"),
        ("orders for each year from 2024 on", "2024-01-01", ""),
        ("orders from 2024 onwards", "2024-01-01", ""),
        ("orders in 2024 or later", "2024-01-01", ""),
        ("orders in March 2024 or earlier", "", "2024-04-01"),
        ("orders in March 2024 on weekdays", "2024-03-01", "2024-04-01"),
    ],
)
def test_a_period_is_a_range_of_days(question: str, low: str, high: str) -> None:
    assert [(period.low, period.high) for period in periods(question)] == [(low, high)]


@pytest.mark.parametrize(
    "question", ["order 2024", "on May 5, 2023", "on 5 March 2024", "who may order", "from 2,024"]
)
def test_days_and_other_numbers_are_no_periods(question: str) -> None:
    assert periods(question) == []


def test_two_months_are_no_range() -> None:
    found = [(period.low, period.high) for period in periods("orders in March and May 2024")]
    assert found == [("2024-05-01", "2024-06-01"), ("", "")]


def test_the_years_of_a_question() -> None:
    assert years("orders in 2014 or 2015") == {"2014", "2015"}
    assert years("on May 5, 2023") == {"2023"}
    assert years("order 2024") == frozenset()
