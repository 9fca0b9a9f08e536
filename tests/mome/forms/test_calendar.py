"""Periods by their names, and the names of periods."""

from __future__ import annotations

from datetime import date

import pytest

from mome.errors import NotExpressible
from mome.forms.calendar import Recent, Span, name_of, recent_of, span_of, start_name

SPANS = {
    "2024": (date(2024, 1, 1), date(2025, 1, 1)),
    "2024-Q4": (date(2024, 10, 1), date(2025, 1, 1)),
    "2024-02": (date(2024, 2, 1), date(2024, 3, 1)),
    "2024-12": (date(2024, 12, 1), date(2025, 1, 1)),
    "2024-02-29": (date(2024, 2, 29), date(2024, 3, 1)),
}


@pytest.mark.parametrize(("name", "days"), SPANS.items(), ids=SPANS)
def test_a_name_stands_for_days(name: str, days: tuple[date, date]) -> None:
    assert span_of(name) == Span(*days)
    assert name_of(Span(*days)) == name


@pytest.mark.parametrize("text", ["", "24", "2024-13", "2023-02-29", "2024-Q5", "0000", "2024-1"])
def test_other_texts_are_no_periods(text: str) -> None:
    with pytest.raises(NotExpressible):
        span_of(text)


def test_days_that_are_no_period_have_no_name() -> None:
    assert name_of(Span(date(2024, 1, 1), date(2024, 2, 2))) is None


@pytest.mark.parametrize(
    ("text", "recent"),
    [
        ("last 30 days", Recent("last", "day", 30)),
        ("last 1 year", Recent("last", "year", 1)),
        ("previous quarter", Recent("previous", "quarter")),
        ("month to date", Recent("to date", "month")),
        ("last 3 quarters", None),
        ("next month", None),
    ],
)
def test_periods_that_depend_on_today(text: str, recent: Recent | None) -> None:
    assert recent_of(text) == recent


def test_the_longest_unit_that_starts_on_a_day() -> None:
    days = [date(2024, 1, 1), date(2024, 5, 1), date(2024, 5, 2)]
    assert [start_name(day) for day in days] == ["2024", "2024-05", "2024-05-02"]
