"""The periods, moments and numbers that follow from a question, and what its words are."""

from __future__ import annotations

import calendar

import pytest

from mome.backbones.bundled.said_literals import SaidLiterals
from mome.linking.names import question_words
from mome.linking.slice import Slice


def said(question: str) -> SaidLiterals:
    return SaidLiterals(Slice(question, question_words(question), (), (), 0.0))


def words_at(literals: SaidLiterals, places: frozenset[int]) -> list[str]:
    return [literals.slice.words[place].text for place in sorted(places)]


def test_a_year_gives_the_parts_of_itself_and_of_the_years_beside_it() -> None:
    periods = said("orders of 2024").periods
    assert {"2023", "2024", "2025", "2023-12", "2024-02-29", "2024-Q4", "2025-01-01"} <= periods
    assert not periods & {"2022", "2026", "2022-12-31", "2023-02-29", "2024-13", "2024-Q5"}
    days = sum(366 if calendar.isleap(year) else 365 for year in (2023, 2024, 2025))
    # With 12 months, 4 quarters and the year itself of each.
    assert len(periods) == days + 3 * (12 + 4 + 1)


def test_a_day_is_a_period_of_its_year() -> None:
    assert {"2024-05-17", "2024-05-18", "2023-01-01"} <= said("sold on 17 May 2024").periods


@pytest.mark.parametrize("question", ["names of singers", "more than 12 points", "room 12024"])
def test_without_a_year_there_is_no_period(question: str) -> None:
    literals = said(question)
    assert not literals.has_periods and not literals.periods and not literals.moments


def test_a_relative_period_is_one() -> None:
    literals = said("orders of the last 30 days")
    assert literals.has_periods and "last 30 days" in literals.periods


def test_moments_are_days_with_their_bounds_and_times_that_are_said() -> None:
    moments = said("calls after 2024-03-05T14:30 in 2024").moments
    day = "2024-03-05"
    assert {day, f"{day} 00:00:00", f"{day} 23:59:59", f"{day}t14:30"} <= moments
    assert not moments & {"2024", "2024-03", "2024-Q1", f"{day} 12:00:00"}


@pytest.mark.parametrize(
    ("question", "following", "others"),
    [
        ("more than 5", {"5", "6", "4", "5000", "5000000", "5000000000", "0.05"}, {"7", "50"}),
        ("above 2.5 million", {"2500000", "2500001", "2.5", "2500"}, {"25"}),
        ("over 20k", {"20000", "20", "19", "200"}, {"20500"}),
        ("at least thirty-one", {"31", "30", "32", "0.31"}, {"310"}),
        ("the sixth name", {"6", "5", "7"}, {"8"}),
        ("the 90th place", {"90", "91"}, {"9"}),
        ("a three-month notice", {"3", "4", "2"}, {"12"}),
        ("the lower quartile", {"0.25", "0.75"}, {"0.5", "25"}),
        ("names of singers", set(), {"0", "1"}),
    ],
)
def test_numbers_follow_from_those_that_are_said(
    question: str, following: set[str], others: set[str]
) -> None:
    numbers = said(question).numbers
    assert following <= numbers and not numbers & others


def test_a_number_behind_a_word_of_time_is_a_year() -> None:
    literals = said("in 2023 or March 2024 with 2025 points, since 12 from 1999")
    assert words_at(literals, literals.years_said) == ["2023", "2024", "1999"]


def test_articles_begin_no_value_but_in_quotes() -> None:
    literals = said("an email of the shop 'the Hague' or \u201cany day\u201d, not The Bell")
    assert words_at(literals, literals.articles) == ["an", "the"]


def test_a_phrase_is_as_it_is_written() -> None:
    literals = said("Who lives in  New\u00a0York?")
    assert literals.phrase(3, 4) == "New\u00a0York"
    assert literals.phrase(0, 0) == "Who"
    assert [literals.phrase(*places) for places in ((-1, 0), (2, 1), (0, 9))] == ["", "", ""]
