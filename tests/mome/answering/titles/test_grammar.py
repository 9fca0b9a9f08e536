"""The parts of titles, without a database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mome.answering.titles.grammar import title_parts
from mome.answering.titles.parts import FigurePhrase, Having, NumberBound, TitleParts
from mome.answering.titles.spans import NO_SPAN, TitleSpan
from mome.answering.titles.views import View

YEAR = TitleSpan("DURING({}, '2024')", is_year=True)


def of(
    head: str,
    aggregate: str,
    dimensions: tuple[str, ...],
    span: TitleSpan = NO_SPAN,
    **others: Any,
) -> TitleParts:
    """Parts with one figure and one aggregate."""
    phrase = FigurePhrase(head, (aggregate,))
    return TitleParts((phrase,), dimensions, span, **others)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Billed amount by plan in 2024", of("billed amount", "", ("plan",), YEAR)),
        (
            "How many jobs were there in each city?",
            of("jobs were there", "count", ("city",)),
        ),
        ("number of jobs by city and paper", of("jobs", "count", ("city", "paper"))),
        ("Jobs by city, by paper", of("jobs", "", ("city", "paper"))),
        ("total pages by city", of("pages", "sum", ("city",))),
        ("monthly fees", of("fees", "", ("month",))),
        ("fees by city, highest first", of("fees", "", ("city",), order="down")),
        ("fees by month, oldest first", of("fees", "", ("month",), order="early")),
        ("fees by city, top 3", of("fees", "", ("city",), order="down", limit=3)),
        (
            "fees by city, lowest first, top 3",
            of("fees", "", ("city",), order="up", limit=3),
        ),
        (
            "The top five cities by total fees",
            of("fees", "sum", ("cities",), order="down", limit=5),
        ),
        ("For each city, what is the average fee?", of("fee", "average", ("city",))),
        ("How many jobs did each city have?", of("jobs", "count", ("city",))),
        ("jobs that were ordered by city", of("jobs were ordered", "", ("city",))),
        ("fees per month", of("fees", "", ("month",), rates=("month",))),
        ("Show jobs by city", of("jobs", "", ("city",), is_listing=True)),
        (
            "What is the fee in 2024?",
            of("fee", "", (), YEAR, is_listing=True, is_lookup=True),
        ),
    ],
)
def test_a_title_is_taken_apart(question: str, expected: TitleParts) -> None:
    assert next(title_parts(question)) == expected


def bounded(name: str, operator: str, number: str) -> tuple[NumberBound, ...]:
    return (NumberBound(name, operator, number),)


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("average and highest fee by city", FigurePhrase("fee", ("average", "maximum"))),
        (
            "minimum, median and maximum fee by city",
            FigurePhrase("fee", ("minimum", "median", "maximum")),
        ),
        ("jobs above 10 by city", FigurePhrase("jobs", bounds=bounded("", ">", "10"))),
        (
            "number of jobs with at least two pages by city",
            FigurePhrase("jobs", ("count",), bounded("pages", ">=", "2")),
        ),
        (
            "jobs with a unit price below $1,500 by city",
            FigurePhrase("jobs", bounds=bounded("unit price", "<", "1500")),
        ),
        ("bills not yet paid by city", FigurePhrase("bills", absent=("paid",))),
        (
            "What percentage of jobs are open by city?",
            FigurePhrase("jobs", ("percent",), part="open"),
        ),
        (
            "share of jobs over 20 by city",
            FigurePhrase("jobs", ("share",), part_bounds=bounded("", ">", "20")),
        ),
    ],
)
def test_a_figure_has_aggregates_and_conditions(question: str, figure: FigurePhrase) -> None:
    assert (figure,) in [parts.figures for parts in title_parts(question)]


def test_several_figures_say_their_aggregates() -> None:
    listed = (FigurePhrase("jobs", ("count",)), FigurePhrase("fee", ("average",)))
    found = list(title_parts("number of jobs and average fee by city"))
    assert found[1].figures == listed
    # `Research and development` is one thing.
    assert all(len(parts.figures) == 1 for parts in title_parts("jobs and fees by city"))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which city has the most jobs?", of("jobs", "", ("city",), order="down", limit=1)),
        (
            "Which city had the second lowest total fees in 2024?",
            of("total fees", "", ("city",), YEAR, order="up", limit=1, skipped=1),
        ),
        (
            "cities with more than 3 jobs",
            of("jobs", "count", ("cities",), having=Having(">", "3")),
        ),
    ],
)
def test_only_what_has_most_of_it_is_shown(question: str, expected: TitleParts) -> None:
    found = next(title_parts(question))
    assert found.hides_figure
    assert replace(found, hides_figure=False, figures=()) == replace(expected, figures=())


def test_a_rank_may_be_one_within_each_group() -> None:
    first = next(title_parts("For each city, the paper with the most jobs"))
    assert (first.dimensions, first.within, first.limit) == (("city", "paper"), 1, 1)
    top = next(title_parts("top 3 papers by fees in each city"))
    assert (top.dimensions, top.within, top.limit) == (("city", "papers"), 1, 3)


@pytest.mark.parametrize(
    ("question", "templates", "dimensions"),
    [
        ("Running total of jobs by month", ("RUNNING({})",), ("month",)),
        ("jobs per month with the cumulative total", ("{}", "RUNNING({})"), ("month",)),
        ("cumulative jobs month by month", ("RUNNING({})",), ("month",)),
        ("three-month moving average of the monthly fees", ("MOVING({}, 3)",), ("month",)),
        ("month-over-month growth in fees", ("100 * GROWTH({})",), ("month",)),
        ("fees per year and the change to the year before", ("{}", "CHANGE({})"), ("year",)),
        ("yearly fees next to those of the year before", ("{}", "PREVIOUS({})"), ("year",)),
        ("share of fees by city", ("SHARE({})",), ("city",)),
        ("fees by city as a percentage of the total", ("PERCENT({})",), ("city",)),
        ("jobs over the months: month, jobs, total so far", ("{}",), ("month",)),
    ],
)
def test_a_view_is_taken_off(
    question: str, templates: tuple[str, ...], dimensions: tuple[str, ...]
) -> None:
    parts = next(title_parts(question))
    assert (parts.view.templates, parts.dimensions) == (templates, dimensions)


def test_two_periods_are_compared() -> None:
    view = View(("100 * GROWTH({}, {})",), compared=("2025", "2024"))
    for question in (
        "By how many percent did the fees grow from 2024 to 2025?",
        "Growth in fees from 2024 to 2025",
        "How many percent higher were the fees of 2025 than those of 2024?",
    ):
        parts = next(title_parts(question))
        assert (parts.figures[0].head, parts.view) == ("fees", view)


def test_a_view_needs_its_own_unit_of_time() -> None:
    title = "fees per month with the change to the year before"
    assert [parts.dimensions for parts in title_parts(title)] == [("year",)]


def test_things_without_rows_may_be_kept() -> None:
    assert next(title_parts("jobs by city, including those without any")).keeps_all


def test_what_stands_behind_per_may_belong_to_a_name() -> None:
    found = [
        (parts.figures[0].head, parts.dimensions) for parts in title_parts("price per seat by plan")
    ]
    assert found == [
        ("price", ("seat", "plan")),
        ("price per seat", ("plan",)),
    ]


@pytest.mark.parametrize("question", ["", "jobs", "jobs in 2024 and in 2025 by city", "top by"])
def test_what_has_no_parts_is_no_title(question: str) -> None:
    assert list(title_parts(question)) == []
