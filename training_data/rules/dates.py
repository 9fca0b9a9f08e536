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
    from schemas.catalog import Column

YEARS_A_COLUMN = 3


def count_in_year(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask how many rows have a date in a year."""
    many, sql = subject.many, subject.sql
    for column in subject.dates:
        for year in years(column)[:YEARS_A_COLUMN]:
            sentence, noun = _told(subject, column, f"in {year}")
            yield draft(
                exp.select(count_all())
                .from_(sql.table(subject.table))
                .where(sql.within_year(sql.column(column), year)),
                f"How many {sentence}?",
                f"number of {noun}",
                f"Count the {noun}.",
                f"how many {noun}",
                f"How many {many} were there in {year}?" if _is_main(subject, column) else None,
                f"{many} in {year}: how many" if _is_main(subject, column) else None,
            )


def count_by_year(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask how many rows there are of each year."""
    many, sql = subject.many, subject.sql
    for column in subject.dates:
        if len(years(column)) > 1:
            year, phrase = sql.year(sql.column(column)), subject.phrase(column)
            yield draft(
                exp.select(year, count_all()).from_(sql.table(subject.table)).group_by(year.copy()),
                f"How many {_told(subject, column, 'in each year')[0]}?",
                f"number of {many} per year by {phrase}",
                f"Count the {many} by the year of the {phrase}.",
                f"{_told(subject, column, 'per year')[1]}",
                f"{many} per year" if _is_main(subject, column) else None,
                f"How many {many} were there in each year?" if _is_main(subject, column) else None,
            )


def count_by_month(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask how many rows there are of each month of the last year that the column covers."""
    sql = subject.sql
    for column in subject.dates:
        for year in years(column)[:1]:
            month, phrase = sql.month(sql.column(column)), subject.phrase(column)
            counted = (
                exp.select(month, count_all())
                .from_(sql.table(subject.table))
                .where(sql.within_year(sql.column(column), year))
            )
            yield draft(
                counted.group_by(month.copy()),
                f"How many {_told(subject, column, f'in each month of {year}')[0]}?",
                f"number of {subject.many} per month of {year} by {phrase}",
                _told(subject, column, f"per month in {year}")[1],
                f"Count the {subject.many} by the month of the {phrase}, for {year}.",
            )


def rows_in_last_days(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the rows of the last 30 days, counted from the day of the question."""
    sql, many = subject.sql, subject.many
    for column in subject.dates[:1]:
        reduced = _told(subject, column, "in the last 30 days")[1]
        yield draft(
            exp.select(exp.Star())
            .from_(sql.table(subject.table))
            .where(sql.within_last(sql.column(column), 30)),
            f"Show the {reduced}.",
            f"list all {many} of the last 30 days by {subject.phrase(column)}",
            f"Which {_told(subject, column, 'within the last 30 days')[0]}?",
            f"recent {many}: {subject.phrase(column)} in the past 30 days",
        )


def latest_day(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the latest date in a column."""
    for column in subject.dates:
        phrase = subject.phrase(column)
        yield draft(
            exp.select(exp.Max(this=subject.sql.column(column))).from_(
                subject.sql.table(subject.table)
            ),
            f"What is the latest {phrase} of any {subject.one}?",
            f"most recent {phrase} among {subject.many}",
            f"When was the last {_told_of_one(subject, column)}?",
            f"last {phrase} over all {subject.many}",
        )


def earliest_day(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the earliest date in a column."""
    for column in subject.dates:
        phrase = subject.phrase(column)
        yield draft(
            exp.select(exp.Min(this=subject.sql.column(column))).from_(
                subject.sql.table(subject.table)
            ),
            f"What is the earliest {phrase} of any {subject.one}?",
            f"oldest {phrase} among {subject.many}",
            f"When was the first {_told_of_one(subject, column)}?",
            f"first {phrase} over all {subject.many}",
        )


def count_of_year_number(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask how many rows there are of each year, if a column holds the year as a number."""
    sql = subject.sql
    for column in filter(is_year, subject.table.columns):
        phrase, node = subject.phrase(column), sql.column(column)
        yield draft(
            exp.select(node, count_all()).from_(sql.table(subject.table)).group_by(node.copy()),
            f"How many {subject.many} are there for each {phrase}?",
            f"number of {subject.many} per {phrase}",
            f"{subject.many} by {phrase}",
            f"Count the {subject.many} of every {phrase}.",
        )


def _is_main(subject: Subject, column: Column) -> bool:
    """Return True if "orders in 2024" means this date.

    That is the first date of rows that are events: they have no name. A book has one, and
    "books in 2024" could mean any of its dates.
    """
    return not subject.names and column == subject.dates[0] and not is_audit(column)


def _done(subject: Subject, column: Column) -> str:
    """What was done to the rows on that day: `shipped`; `made` where it would only repeat the noun; empty for names such as `due_date`."""
    done = participle(column.name)
    return "made" if done.startswith(subject.one) else done


def _told(subject: Subject, column: Column, when: str) -> tuple[str, str]:
    """The same as a sentence and as a noun: `orders were shipped in 2024`, `orders shipped in 2024`."""
    done = _done(subject, column)
    if not done:
        day = with_article(subject.phrase(column))
        return f"{subject.many} have {day} {when}", f"{subject.many} with {day} {when}"
    reduced = f"{subject.many} {done} {when}"
    return (reduced if " " in done else f"{subject.many} were {done} {when}"), reduced


def _told_of_one(subject: Subject, column: Column) -> str:
    done = _done(subject, column)
    return f"{subject.one} {done}" if done else f"{subject.phrase(column)} of {subject.many}"
