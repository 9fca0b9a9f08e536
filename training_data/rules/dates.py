"""Rules on dates and years: counts by year and month, recent rows, the first and last date."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlglot import exp

from training_data.drafts import Draft, draft
from training_data.language.column_roles import is_audit, is_year, years
from training_data.language.subjects import Database, Subject
from training_data.language.words import participle, with_article
from training_data.sql.builder import count_all

if TYPE_CHECKING:
    from schemas.catalog import FullColumn

YEARS_A_COLUMN = 3
"""Number of years of one column that are asked about, the latest first."""


def count_in_year(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask how many rows have a date in a year."""
    for column in subject.dates:
        for year in years(column)[:YEARS_A_COLUMN]:
            yield _count_in_year(subject, column, year)


def _count_in_year(subject: Subject, column: FullColumn, year: int) -> Draft:
    sql = subject.sql
    many = subject.many
    is_main = _is_main(subject, column)
    sentence, noun = _dated(subject, column, f"in {year}")
    query = exp.select(count_all()).from_(sql.table(subject.table))
    return draft(
        query.where(sql.within_year(sql.column(column), year)),
        f"How many {sentence}?",
        f"number of {noun}",
        f"Count the {noun}.",
        f"how many {noun}",
        f"How many {many} were there in {year}?" if is_main else None,
        f"{many} in {year}: how many" if is_main else None,
    )


def count_by_year(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask how many rows there are of each year."""
    sql = subject.sql
    many = subject.many
    for column in subject.dates:
        if len(years(column)) < 2:
            continue
        year = sql.year(sql.column(column))
        phrase = subject.phrase(column)
        is_main = _is_main(subject, column)
        sentence, _ = _dated(subject, column, "in each year")
        _, noun = _dated(subject, column, "per year")
        query = exp.select(year, count_all()).from_(sql.table(subject.table))
        yield draft(
            query.group_by(year.copy()),
            f"How many {sentence}?",
            f"number of {many} per year by {phrase}",
            f"Count the {many} by the year of the {phrase}.",
            noun,
            f"{many} per year" if is_main else None,
            f"How many {many} were there in each year?" if is_main else None,
        )


def count_by_month(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask how many rows there are of each month of the last year that the column covers."""
    sql = subject.sql
    for column in subject.dates:
        for year in years(column)[:1]:
            month = sql.month(sql.column(column))
            phrase = subject.phrase(column)
            sentence, _ = _dated(subject, column, f"in each month of {year}")
            _, noun = _dated(subject, column, f"per month in {year}")
            query = exp.select(month, count_all()).from_(sql.table(subject.table))
            query = query.where(sql.within_year(sql.column(column), year))
            yield draft(
                query.group_by(month.copy()),
                f"How many {sentence}?",
                f"number of {subject.many} per month of {year} by {phrase}",
                noun,
                f"Count the {subject.many} by the month of the {phrase}, for {year}.",
            )


def rows_in_last_days(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the rows of the last 30 days, counted from the day of the question."""
    sql = subject.sql
    many = subject.many
    # The first date is the one that a row is about; creation and update times come last.
    for column in subject.dates[:1]:
        phrase = subject.phrase(column)
        _, noun = _dated(subject, column, "in the last 30 days")
        sentence, _ = _dated(subject, column, "within the last 30 days")
        query = exp.select(exp.Star()).from_(sql.table(subject.table))
        yield draft(
            query.where(sql.within_last(sql.column(column), 30)),
            f"Show the {noun}.",
            f"list all {many} of the last 30 days by {phrase}",
            f"Which {sentence}?",
            f"recent {many}: {phrase} in the past 30 days",
        )


def latest_day(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the latest date in a column."""
    for column in subject.dates:
        phrase = subject.phrase(column)
        latest = exp.Max(this=subject.sql.column(column))
        yield draft(
            exp.select(latest).from_(subject.sql.table(subject.table)),
            f"What is the latest {phrase} of any {subject.one}?",
            f"most recent {phrase} among {subject.many}",
            f"When was the last {_event(subject, column)}?",
            f"last {phrase} over all {subject.many}",
        )


def earliest_day(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the earliest date in a column."""
    for column in subject.dates:
        phrase = subject.phrase(column)
        earliest = exp.Min(this=subject.sql.column(column))
        yield draft(
            exp.select(earliest).from_(subject.sql.table(subject.table)),
            f"What is the earliest {phrase} of any {subject.one}?",
            f"oldest {phrase} among {subject.many}",
            f"When was the first {_event(subject, column)}?",
            f"first {phrase} over all {subject.many}",
        )


def count_of_year_number(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask how many rows there are of each year, if a column holds the year as a number."""
    for column in filter(is_year, subject.table.columns):
        phrase = subject.phrase(column)
        node = subject.sql.column(column)
        query = exp.select(node, count_all()).from_(subject.sql.table(subject.table))
        yield draft(
            query.group_by(node.copy()),
            f"How many {subject.many} are there for each {phrase}?",
            f"number of {subject.many} per {phrase}",
            f"{subject.many} by {phrase}",
            f"Count the {subject.many} of every {phrase}.",
        )


def _is_main(subject: Subject, column: FullColumn) -> bool:
    """Return True if "orders in 2024" means this date.

    That is the first date of rows that are events: they have no name. A book has one, and
    "books in 2024" could mean any of its dates.
    """
    return not subject.names and column == subject.dates[0] and not is_audit(column)


def _verb(subject: Subject, column: FullColumn) -> str:
    """Return the participle in the column's name: "shipped" for `shipped_at`.

    "made" if the participle repeats the noun ("orders ordered"); empty if the name holds none,
    such as `due_date`.
    """
    verb = participle(column.name)
    return "made" if verb.startswith(subject.one) else verb


def _dated(subject: Subject, column: FullColumn, when: str) -> tuple[str, str]:
    """Return a clause and a noun phrase for the rows of a time.

    "orders were shipped in 2024" and "orders shipped in 2024".
    """
    many = subject.many
    verb = _verb(subject, column)
    if not verb:
        date = with_article(subject.phrase(column))
        return f"{many} have {date} {when}", f"{many} with {date} {when}"
    noun = f"{many} {verb} {when}"
    # A verb of several words is a clause already, without "were".
    clause = noun if " " in verb else f"{many} were {verb} {when}"
    return clause, noun


def _event(subject: Subject, column: FullColumn) -> str:
    """Return the words for one row as an event: "order shipped"."""
    verb = _verb(subject, column)
    if verb:
        return f"{subject.one} {verb}"
    return f"{subject.phrase(column)} of {subject.many}"
