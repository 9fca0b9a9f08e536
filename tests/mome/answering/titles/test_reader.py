"""Titles of reports on a real database: their rows, and near misses that are no titles."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mome.answering.titles.reader import Title

RowsOf = Callable[[str], list[tuple] | None]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # Rows are counted, or a column is added up that can be.
        ("Clients by sector", [("office", 2), ("retail", 2)]),
        ("How many clients do we have in each sector?", [("office", 2), ("retail", 2)]),
        ("shop jobs by paper and status", None),
        ("Billed amount by sector", [("office", 60.0), ("retail", 480.0)]),
        ("tax amount by sector in 2024", [("office", 12.0), ("retail", 70.0)]),
        ("page quantity by paper", [("glossy", 70), ("matte", 140)]),
        ("Average unit price by paper", [("glossy", 3.5), ("matte", 3.0)]),
        ("average unit price per job for each paper", [("glossy", 3.5), ("matte", 3.0)]),
        # Two clerks have one name.
        ("Jobs per accepting clerk", [("Ada", "Berg", 2), ("Ada", "Berg", 1), ("Nils", "Dahl", 2)]),
        ("Clients per adviser", [("Ada", "Berg", 1), ("Ada", "Berg", 2)]),
        ("Clerks per branch", [("Harbour", 1), ("Old Town", 2)]),
        # The date is the one of what happened, or else the main one.
        ("jobs ordered per month in 2024", None),
        ("jobs per year", [(2024, 3), (2025, 2)]),
        ("jobs printed per year", [(2024, 2), (2025, 1)]),
        ("Billed amount per quarter of 2024", [(1, 350.0), (2, 60.0)]),
        ("tax amount on bills since May 2025", [(10.0,)]),
        ("How many jobs were ordered in 2024?", [(3,)]),
        ("How many bills were paid in 2025?", [(2,)]),
        ("Clients who left per year", [(2024, 1), (2025, 1)]),
        ("clerks hired per year, newest first", [(2021, 1), (2020, 1), (2019, 1)]),
        ("refunds granted in 2025 by client", [("Acme", 1)]),
        # Flags and stored values, its own and those of what it refers to.
        ("public clients by sector", [("office", 2)]),
        ("open jobs by paper", [("glossy", 1), ("matte", 1)]),
        ("jobs of retail clients by paper", [("glossy", 2), ("matte", 2)]),
        ("paid bills by sector", [("office", 1), ("retail", 2)]),
        ("Billed amount for Acme by year", [(2024, 350.0)]),
        # Ends of an order.
        ("Top 2 clients by billed amount", [("Acme", 350.0), ("Borealis", 130.0)]),
        ("Top 1 branches by annual budget", [("Harbour", 900.0)]),
        (
            "page quantity per client, highest first",
            [("Acme", 150), ("City Hall", 30), ("Borealis", 30)],
        ),
        ("Billed amount by client, lowest first, top 1", [("City Hall", 60.0)]),
        ("Billed amount from 2024 on by sector", [("office", 60.0), ("retail", 480.0)]),
        ("yearly billed amount", [(2024, 410.0), (2025, 130.0)]),
        ("For each sector, the number of clients", [("office", 2), ("retail", 2)]),
        ("How many clients are there?", [(4,)]),
        # Several numbers.
        ("Lowest and highest unit price by paper", [("glossy", 3.0, 4.0), ("matte", 2.0, 5.0)]),
        ("Median page quantity by paper", [("glossy", 35.0), ("matte", 30.0)]),
        (
            "number of jobs and average page quantity by paper",
            [("glossy", 2, 35.0), ("matte", 3, 140 / 3)],
        ),
        ("What is the median unit price of all jobs?", [(3.0,)]),
        # Conditions on numbers, and what has not happened.
        ("jobs with at least 30 pages by paper", [("glossy", 1), ("matte", 2)]),
        ("number of bills with a tax amount above 12 by sector", [("retail", 3)]),
        ("How many bills were there in 2024 not yet paid?", [(1,)]),
        ("Jobs not yet printed by paper", [("glossy", 1), ("matte", 1)]),
        # The most, the second most, more than a number of them.
        ("Which client has the most jobs?", [("Acme",)]),
        ("Which client had the second highest billed amount?", [("Borealis",)]),
        ("Which paper had the most jobs in 2025, and how many?", None),
        ("Clients with more than one job", [("Acme",), ("Borealis",)]),
        ("Branches with exactly one clerk", [("Harbour",)]),
        ("For each paper, the client with the most jobs", None),
        # Over time.
        ("Running total of jobs per year", [(2024, 3), (2025, 5)]),
        ("jobs per year and the change to the year before", [(2024, 3, None), (2025, 2, -1)]),
        (
            "Billed amount per year with the growth over the previous year",
            [(2024, 410.0, None), (2025, 130.0, 100 * (130 - 410) / 410)],
        ),
        ("By how many percent did the number of jobs change from 2024 to 2025?", [(100 * -1 / 3,)]),
        # Shares.
        ("Share of clients by sector", [("office", 0.5), ("retail", 0.5)]),
        ("What percentage of jobs are open?", [(40.0,)]),
        ("Percentage of jobs that were printed by paper", [("glossy", 50.0), ("matte", 200 / 3)]),
        # Things with rows, things without, and their number for each of something.
        ("Clients without jobs", [("Delta",)]),
        ("clients with no jobs in 2025", [("Acme",), ("City Hall",), ("Delta",)]),
        ("How many different clients had a job in 2024?", [(2,)]),
        ("Average number of jobs per client", [(5 / 3,)]),
        ("How many jobs do we get per year on average?", [(2.5,)]),
        ("average number of jobs per year by paper", [("glossy", 1.0), ("matte", 1.5)]),
        # Days between two dates, and the date of what a row belongs to.
        ("Average number of days from ordering to printing by paper", None),
        ("open and done jobs by paper", [("glossy", 1, 1), ("matte", 1, 2)]),
        # Lists of columns.
        (
            "Jobs ordered in 2025: job id, paper, client",
            [(4, "glossy", "Borealis"), (5, "matte", "Borealis")],
        ),
        ("Bills not yet paid: bill id, amount", [(2, 150.0), (4, 80.0)]),
        ("bill id and tax amount of the bills above 100", [(1, 40.0), (2, 30.0)]),
        # What has not come to an end, and what is left out.
        ("How many of our clients are still with us?", [(2,)]),
        ("jobs by paper, leaving out the open ones", [("glossy", 1), ("matte", 2)]),
        ("jobs by paper, excluding printed ones", [("glossy", 1), ("matte", 1)]),
        ("Revenue from bills by sector", [("office", 60.0), ("retail", 480.0)]),
        ("bills by sector, in euros", [("office", 60.0), ("retail", 480.0)]),
        ("jobs by city of the checking clerk's branch", None),
        (
            "all clients with how many jobs they had in 2025, also those with none",
            [("Acme", 0), ("Borealis", 2), ("City Hall", 0), ("Delta", 0)],
        ),
        ("Jobs printed in 2024, oldest first: job id, date printed", None),
        ("Average bill by sector, ignoring paid ones", [("retail", 115.0)]),
        (
            "All clients with the number of jobs since 2025, zero included",
            [("Acme", 0), ("Borealis", 2), ("City Hall", 0), ("Delta", 0)],
        ),
        ("Clients who have not had any job", [("Delta",)]),
        (
            "Top 1 clients per sector by billed amount",
            [("office", "City Hall", 60.0), ("retail", "Acme", 350.0)],
        ),
        ("Bills not yet paid, bill id and amount", [(2, 150.0), (4, 80.0)]),
        # What rows lack, what `which` asks for, and figures under conditions of their own.
        ("How many clients have no adviser?", [(1,)]),
        ("Which clients have no adviser yet?", [("Delta",)]),
        ("Which clients joined in 2024?", [("Borealis",), ("Delta",)]),
        (
            "Number of jobs and number of open jobs by paper",
            [("glossy", 2, 1), ("matte", 3, 1)],
        ),
        ("Average bill time in days by sector", [("office", 199.0), ("retail", 15.5)]),
        # Steps of a number, and things without rows.
        ("Number of jobs by page quantity in steps of 50", [(0, 3), (50, 1), (100, 1)]),
        (
            "Jobs by client, including those without any",
            [("Acme", 2), ("Borealis", 2), ("City Hall", 1), ("Delta", 0)],
        ),
    ],
)
def test_a_title_gets_the_rows_of_all_its_words(
    question: str, expected: list[tuple] | None, rows_of: RowsOf
) -> None:
    rows = rows_of(question)
    assert rows is not None
    if expected is not None:
        is_ordered = "first" in question or "top" in question.lower()
        found, wanted = _rounded(rows), _rounded(expected)
        assert (found if is_ordered else sorted(found, key=repr)) == (
            wanted if is_ordered else sorted(wanted, key=repr)
        )


def _rounded(rows: list[tuple]) -> list[tuple]:
    return [
        tuple(round(cell, 9) if isinstance(cell, float) else cell for cell in row) for row in rows
    ]


def test_months_are_first_days_as_in_the_answers_of_the_model(rows_of: RowsOf) -> None:
    assert rows_of("jobs ordered per month in 2024") == [
        ("2024-01-01", 1),
        ("2024-02-01", 1),
        ("2024-05-01", 1),
    ]


@pytest.mark.parametrize(
    "question",
    [
        # A word that is no name, value or period.
        "Profit by sector",
        "Late jobs by paper",
        "Forecasted billed amount by sector",
        "Billed amount by competitor",
        "clients by sector without jobs",
        # Words that ask for something else than a sum over groups.
        "Share of open jobs by paper",
        "Growth of the billed amount by year",
        # Two columns, dates or keys that fit equally well.
        "amount by sector",
        "refunds per month",
        "jobs per clerk",
        "paid bills per month",
        "total bills by sector",
        # No date says when: the one that there is has to be named.
        "clerks per year",
        # A client has many jobs: its rows would be repeated.
        "clients by paper",
        "annual budget by sector",
        # An average of rows, or of months.
        "average tax amount per month",
        # Shares of each team's own, or of all.
        "Percentage of open jobs by paper",
        # The best rank is the lowest one; no one says of what.
        # A list of what the rows refer to alone, and one of a column that they do not have.
        "client name of jobs ordered in 2025",
        "Jobs ordered in 2025: job id, colour",
        "clients with more than two jobs by sector",
        # Rows are asked for, or one stored number.
        "Show the jobs of 2024",
        "jobs in 2024",
        "fees per month with the change to the year before",
        "What is the tax amount of bills in 2024?",
        # Two periods, or none of the parts of a title.
        "Billed amount by sector in 2024 and 2025",
        "unit price by paper",
        "clients by sector, newest first",
        "",
    ],
)
def test_what_is_not_clear_word_by_word_is_left_to_the_model(
    question: str, rows_of: RowsOf
) -> None:
    assert rows_of(question) is None


def test_the_note_says_what_is_measured_and_by_which_date(
    read: Callable[[str], Title | None],
) -> None:
    title = read("Billed amount by sector in 2024")
    assert title is not None
    told = "read word by word, as the title of a report on amount of bill, dated by billDt"
    assert title.note == told
    counted = read("Clients by sector")
    assert counted is not None
    assert counted.note == "read word by word, as the title of a report on the rows of client"
