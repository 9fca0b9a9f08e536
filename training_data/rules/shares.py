"""Rules that compare counts or rows: shares, differences, and the first row of each group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlglot import exp

from training_data.drafts import Draft, draft
from training_data.language import column_roles as roles
from training_data.language.subjects import Database, Subject

if TYPE_CHECKING:
    from schemas.catalog import FullColumn

VALUES = 2
"""Number of values of one column that are asked about."""


def share_of_value(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the percentage of all rows that have a stored value."""
    many = subject.many
    for column in subject.categories:
        if roles.is_flag(column):
            continue
        phrase = subject.phrase(column)
        for value in roles.askable(column)[:VALUES]:
            # 100.0 keeps the division from being one of integers.
            hundred = exp.Literal.number("100.0")
            part = exp.Mul(this=hundred, expression=_count_of(subject, column, value))
            share = exp.Div(this=part, expression=exp.Count(this=exp.Star()))
            yield draft(
                exp.select(share).from_(subject.sql.table(subject.table)),
                f"What percentage of {many} have {phrase} {value}?",
                f"share of {many} with {phrase} {value} in percent",
                f"What is the percentage of the {many} whose {phrase} is {value}?",
            )


def difference_of_counts(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask how many more rows have one stored value than another."""
    many = subject.many
    for column in subject.categories:
        values = roles.askable(column)
        if len(values) < 2 or roles.is_flag(column):
            continue
        phrase = subject.phrase(column)
        first, second = values[:2]
        difference = exp.Sub(
            this=_count_of(subject, column, first), expression=_count_of(subject, column, second)
        )
        yield draft(
            exp.select(difference).from_(subject.sql.table(subject.table)),
            f"How many more {many} have {phrase} {first} than {second}?",
            f"difference between the number of {many} with {phrase} {first} "
            f"and with {phrase} {second}",
            f"By how many do {many} with {phrase} {first} outnumber those with {phrase} {second}?",
        )


def leader_of_each_group(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask, for each value of a category, for the rows with the highest measure."""
    for measure in subject.measures[:1] if subject.label else ():
        amount = subject.amount(measure)
        for category in subject.groupings:
            if category == measure:
                continue
            phrase = subject.phrase(category)
            yield draft(
                _leaders(subject, measure.name, category.name),
                f"Which {subject.one} has the highest {amount} in each {phrase}?",
                f"{subject.one} with the highest {amount} per {phrase}",
                f"For every {phrase}, show the {subject.one} with the most {amount}.",
            )


def _count_of(subject: Subject, column: FullColumn, value: object) -> exp.Sum:
    """SUM(CASE WHEN column = value THEN 1 ELSE 0 END)"""
    condition = subject.has_value(column, value)
    case = exp.Case().when(condition, exp.Literal.number(1)).else_(exp.Literal.number(0))
    return exp.Sum(this=case)


def _leaders(subject: Subject, measure: str, category: str) -> exp.Select:
    """Return the rows whose measure equals the maximum over the rows of the same category.

    SELECT category, label, measure FROM table
    WHERE measure = (SELECT MAX(measure) FROM table AS rival WHERE the categories are equal)
    """
    sql = subject.sql
    table = subject.table
    # The inner query refers to the outer row, so the table needs a second name in it.
    alias = "rival" if table.name.lower() != "rival" else "other"
    same_group = exp.EQ(
        this=sql.column(category, alias), expression=sql.column(category, table.name)
    )
    maximum = exp.Max(this=sql.column(measure, alias))
    best = exp.select(maximum).from_(sql.table(table, alias)).where(same_group)
    label = [column.name for column in subject.label]
    shown = sql.columns([category, *label, measure], of=table.name)
    is_best = exp.EQ(this=sql.column(measure, table.name), expression=exp.Subquery(this=best))
    return exp.select(*shown).from_(sql.table(table)).where(is_best)
