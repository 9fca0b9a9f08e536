"""Periods that questions name, as forms write them."""

from __future__ import annotations

import pytest

from mome.linking.said_periods import MOST, said_periods

SAID = {
    "orders in May 2024": ("2024-05",),
    "orders from March to May 2024": ("2024-03", "2024-05"),
    "in January and February 2023": ("2023-01", "2023-02"),
    "Sept. 2012": ("2012-09",),
    "January, February and March 2024": ("2024-01", "2024-02", "2024-03"),
    "January and February 2023 or March and May 2024": (
        "2023-01",
        "2023-02",
        "2024-03",
        "2024-05",
    ),
    "Q1 to Q3 of 2024": ("2024-Q1", "2024-Q3"),
    "quarter 2 of 2024": ("2024-Q2",),
    "in the second half of 2024": ("2024-Q3", "2024-Q4"),
    "H1 2023 and 2024 H2": ("2023-Q1", "2023-Q2", "2024-Q3", "2024-Q4"),
    "between 15 January and 15 February 2024": ("2024-01-15", "2024-02-15"),
    "from March 1 to June 30, 2019": ("2019-03-01", "2019-06-30"),
    "from 31 February to 3 March 2024": ("2024-03-03",),
    "third-quarter 2023": ("2023-Q3",),
    "2010-2014": ("2010", "2014"),
    "the last month of 2023": ("2023",),
    "December of last year": (),
    "sales of last year": ("previous year",),
    "invoices of 5/2024": ("2024-05",),
    "since 2024-05": ("2024-05",),
    "Q2 2024 against 2023-Q1": ("2024-Q2", "2023-Q1"),
    "second quarter of 2023": ("2023-Q2",),
    "on 3 May 2024 or on 2024-05-17": ("2024-05-03", "2024-05-17"),
    "the last 30 days": ("last 30 days",),
    "in the past three months": ("last 3 months",),
    "last month and this year": ("previous month", "this year"),
    "the previous quarter": ("previous quarter",),
    "year to date": ("year to date",),
    "revenue YTD": ("year to date",),
    "singers of the 1990s": ("1990", "1999"),
    "built before 1850": ("1850",),
    "between 2010 and 2014": ("2010", "2014"),
    "2014 or 2014": ("2014",),
    "hired before 2002-06-21": ("2002-06-21",),
    "on 2023-02-30": (),
    "order 12345": (),
    "higher than 1800m": (),
    "version 2024.1": (),
    "the 30 days": (),
    "may they come": (),
}


@pytest.mark.parametrize("question", SAID)
def test_a_period_is_written_as_in_a_form(question: str) -> None:
    assert said_periods(question) == SAID[question]


def test_the_number_of_periods_is_bounded() -> None:
    assert len(said_periods(" ".join(map(str, range(2000, 2030))))) == MOST


@pytest.mark.parametrize(
    ("question", "periods"),
    [
        ("Parcels heavier than 1000 kg", ()),
        ("Employees with a salary of at least 2000", ()),
        ("Orders over 1500 euros in 2024", ("2024",)),
        ("Employees hired later than 2000", ("2000",)),
        ("Films released after 1990", ("1990",)),
    ],
)
def test_a_number_that_is_compared_or_has_a_unit_is_no_year(
    question: str, periods: tuple[str, ...]
) -> None:
    assert said_periods(question) == periods
