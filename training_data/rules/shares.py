"""Rules that compare counts or rows: shares, differences, and the first row of each group."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from training_data.drafts import Draft, draft
from training_data.language import column_roles as roles
from training_data.language.subjects import Database, Subject

VALUES = 2


def share_of_value(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the percentage of all rows that have a stored value."""
    for column in subject.categories:
        for value in roles.askable(column)[:VALUES] if not roles.is_flag(column) else ():
            phrase, many = subject.phrase(column), subject.many
            part = exp.Mul(
                this=exp.Literal.number("100.0"), expression=_counted(subject, column, value)
            )
            share = exp.Div(this=part, expression=exp.Count(this=exp.Star()))
            yield draft(
                exp.select(share).from_(subject.sql.table(subject.table)),
                f"What percentage of {many} have {phrase} {value}?",
                f"share of {many} with {phrase} {value} in percent",
                f"What is the percentage of the {many} whose {phrase} is {value}?",
            )


def difference_of_counts(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask how many more rows have one stored value than another."""
    for column in subject.categories:
        values = roles.askable(column)
        if len(values) > 1 and not roles.is_flag(column):
            phrase, many = subject.phrase(column), subject.many
            one, other = (_counted(subject, column, value) for value in values[:2])
            yield draft(
                exp.select(exp.Sub(this=one, expression=other)).from_(
                    subject.sql.table(subject.table)
                ),
                f"How many more {many} have {phrase} {values[0]} than {values[1]}?",
                f"difference between the number of {many} with {phrase} {values[0]} and with {phrase} {values[1]}",
                f"By how many do {many} with {phrase} {values[0]} outnumber those with {phrase} {values[1]}?",
            )


def leader_of_each_group(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask, for each value of a category, for the rows with the highest measure."""
    for measure in subject.measures[:1] if subject.label else ():
        for category in subject.categories:
            if category != measure:
                what, by = subject.amount(measure), subject.phrase(category)
                yield draft(
                    _leaders(subject, measure.name, category.name),
                    f"Which {subject.one} has the highest {what} in each {by}?",
                    f"{subject.one} with the highest {what} per {by}",
                    f"For every {by}, show the {subject.one} with the most {what}.",
                )


def _counted(subject: Subject, column: object, value: object) -> exp.Sum:
    """SUM(CASE WHEN column = value THEN 1 ELSE 0 END)"""
    case = (
        exp.Case()
        .when(subject.sql.equals(subject.sql.column(column), value), exp.Literal.number(1))
        .else_(exp.Literal.number(0))
    )
    return exp.Sum(this=case)


def _leaders(subject: Subject, measure: str, category: str) -> exp.Select:
    sql, table = subject.sql, subject.table
    alias = "rival" if table.name.lower() != "rival" else "other"
    same = exp.EQ(this=sql.column(category, alias), expression=sql.column(category, table.name))
    best = (
        exp.select(exp.Max(this=sql.column(measure, alias)))
        .from_(sql.table(table, alias))
        .where(same)
    )
    shown = sql.columns(
        [category, *(column.name for column in subject.label), measure], of=table.name
    )
    where = exp.EQ(this=sql.column(measure, table.name), expression=exp.Subquery(this=best))
    return exp.select(*shown).from_(sql.table(table)).where(where)
