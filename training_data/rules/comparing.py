"""Rules that compare a measure with a number or the average, and rules on NULL and on variety."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlglot import exp

from training_data.drafts import Draft, draft
from training_data.language.column_roles import between, is_key
from training_data.language.subjects import Database, Subject
from training_data.language.words import is_plural, plural, split_name
from training_data.rules.joining import joined, label_of
from training_data.sql.builder import count_all

if TYPE_CHECKING:
    from schemas.catalog import FullColumn

_PAY = frozenset("salary wage wages pay income".split())
"""Measures of which people say "earn more"."""


def rows_above(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the rows whose measure is greater than a number."""
    for column, low, _ in _bounded(subject):
        phrase = subject.phrase(column)
        condition = exp.GT(this=subject.sql.column(column), expression=exp.convert(low))
        rows = f"the {subject.many} whose {phrase} {_is(phrase)} greater than {low}"
        yield draft(
            _labels_where(subject, condition),
            f"Which {subject.many} have {_more(phrase, low)}?",
            f"{subject.many} with {_more(phrase, low)}",
            f"Show {subject.labels_of(rows)}.",
            f"Find all {subject.many} with {phrase} over {low}.",
        )


def count_below(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask how many rows have a measure less than a number."""
    for column, _, high in _bounded(subject):
        phrase = subject.phrase(column)
        condition = exp.LT(this=subject.sql.column(column), expression=exp.convert(high))
        yield draft(
            exp.select(count_all()).from_(subject.sql.table(subject.table)).where(condition),
            f"How many {subject.many} have {_less(phrase, high)}?",
            f"number of {subject.many} with {phrase} below {high}",
            f"Count the {subject.many} whose {phrase} {_is(phrase)} less than {high}.",
        )


def rows_between(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the rows whose measure lies between two numbers."""
    for column, low, high in _bounded(subject):
        phrase = subject.phrase(column)
        condition = exp.Between(
            this=subject.sql.column(column), low=exp.convert(low), high=exp.convert(high)
        )
        rows = f"the {subject.many} whose {phrase} {_is(phrase)} between {low} and {high}"
        yield draft(
            _labels_where(subject, condition),
            f"Which {subject.many} have {phrase} between {low} and {high}?",
            f"{subject.many} with {phrase} from {low} to {high}",
            f"List {subject.labels_of(rows)}.",
        )


def rows_above_average(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the rows whose measure is greater than the average over all rows."""
    sql = subject.sql
    for column in subject.measures if subject.label else ():
        phrase = subject.phrase(column)
        mean = exp.select(exp.Avg(this=sql.column(column))).from_(sql.table(subject.table))
        condition = exp.GT(this=sql.column(column), expression=exp.Subquery(this=mean))
        rows = f"the {subject.many} whose {phrase} {_is(phrase)} higher than the average"
        yield draft(
            _labels_where(subject, condition),
            f"Which {subject.many} have more than the average {phrase}?",
            f"{subject.many} with above average {phrase}",
            f"Show {subject.labels_of(rows)}.",
        )


def rows_above_parent(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask, in a table that refers to itself, for the rows with more than the row referred to."""
    links = [link for link in database.parents(subject) if link.alias]
    for link in links if subject.label else ():
        if link.parent is not subject:
            continue
        for column in subject.measures:
            phrase = subject.phrase(column)
            own = subject.sql.column(column, link.child_name)
            other = subject.sql.column(column, link.parent_name)
            query = joined(link, label_of(link, child=True))
            rows = (
                f"the {subject.many} whose {phrase} {_is(phrase)} above that of their {link.role}"
            )
            is_paid = bool(set(split_name(column.name)) & _PAY)
            yield draft(
                query.where(exp.GT(this=own, expression=other)),
                f"Which {subject.many} have a higher {phrase} than their {link.role}?",
                f"{subject.many} with more {phrase} than their {link.role}",
                f"Show {subject.labels_of(rows)}.",
                f"Which {subject.many} earn more than their {link.role}?" if is_paid else None,
            )


def rows_without_entry(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the rows in which a column is NULL."""
    # A row without a label could not be named in the answer.
    for column in subject.table.columns if subject.label else ():
        if not column.nullable or column in subject.label or is_key(subject.table, column):
            continue
        phrase = subject.phrase(column)
        is_null = exp.Is(this=subject.sql.column(column), expression=exp.Null())
        rows = f"the {subject.many} whose {phrase} {_is(phrase)} not known"
        yield draft(
            _labels_where(subject, is_null),
            f"Which {subject.many} have no {phrase}?",
            f"{subject.many} without {phrase}",
            f"Show {subject.labels_of(rows)}.",
        )


def count_distinct(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask how many different values a column has."""
    for column in subject.groupings:
        many = plural(subject.phrase(column))
        counted = exp.Count(this=exp.Distinct(expressions=[subject.sql.column(column)]))
        yield draft(
            exp.select(counted).from_(subject.sql.table(subject.table)),
            f"How many different {many} do the {subject.many} have?",
            f"number of distinct {many} of {subject.many}",
            f"Count the different {many} among the {subject.many}.",
        )


def _bounded(subject: Subject) -> Iterator[tuple[FullColumn, int, int]]:
    """Yield every measure with two round numbers between its minimum and maximum."""
    for column in subject.measures if subject.label else ():
        bounds = between(column)
        if bounds is not None:
            yield column, *bounds


def _labels_where(subject: Subject, condition: exp.Expr) -> exp.Select:
    """SELECT label FROM table WHERE condition"""
    query = exp.select(*subject.sql.columns(subject.label))
    return query.from_(subject.sql.table(subject.table)).where(condition)


def _is(phrase: str) -> str:
    return "are" if is_plural(phrase) else "is"


def _more(phrase: str, number: int) -> str:
    if is_plural(phrase):
        return f"more than {number} {phrase}"
    return f"a {phrase} of more than {number}"


def _less(phrase: str, number: int) -> str:
    if is_plural(phrase):
        return f"fewer than {number} {phrase}"
    return f"a {phrase} of less than {number}"
