"""Rules that count or measure rows by a column with few values."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from sqlglot import exp

from training_data.drafts import Draft, draft
from training_data.language.column_roles import is_additive
from training_data.language.subjects import Database, Subject
from training_data.sql.builder import count_all


def count_by_category(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask how many rows there are of each value."""
    many = subject.many
    for column in subject.categories:
        phrase, glossed, node = (
            subject.phrase(column),
            subject.glossed(column),
            subject.sql.column(column),
        )
        yield draft(
            exp.select(node, count_all())
            .from_(subject.sql.table(subject.table))
            .group_by(node.copy()),
            f"How many {many} are there for each {phrase}?",
            f"number of {many} per {phrase}",
            f"{many} by {phrase}",
            f"Count the {many} of every {phrase}.",
            f"Show each {phrase} and how many {many} have it.",
            f"how many {many} by {glossed}" if glossed else None,
        )


def most_common_value(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the value that most rows have."""
    many, sql = subject.many, subject.sql
    for column in subject.categories:
        phrase, node = subject.phrase(column), sql.column(column)
        yield draft(
            exp.select(node)
            .from_(sql.table(subject.table))
            .group_by(node.copy())
            .order_by(sql.ordered(count_all(), descending=True))
            .limit(1),
            f"What is the most common {phrase} of {many}?",
            f"Which {phrase} do most {many} have?",
            f"most frequent {phrase} among the {many}",
            f"the {phrase} with the most {many}",
        )


def average_by_category(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the mean of a measure for each value of a category."""
    for measure, category, what, by in _pairs(subject):
        yield draft(
            _measured(subject, exp.Avg(this=measure), category),
            f"What is the average {what} of {subject.many} for each {by}?",
            f"average {what} by {by}",
            f"mean {what} of the {subject.many} per {by}",
            f"Show the average {what} of the {subject.many} in each {by}.",
        )


def total_by_category(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the sum of an additive measure for each value of a category."""
    for measure, category, what, by in _pairs(subject, additive=True):
        yield draft(
            _measured(subject, exp.Sum(this=measure), category),
            f"What is the total {what} of {subject.many} for each {by}?",
            f"total {what} by {by}",
            f"sum of the {what} of {subject.many} per {by}",
            f"What {what} do the {subject.many} of each {by} have in total?",
        )


def _pairs(
    subject: Subject, *, additive: bool = False
) -> Iterator[tuple[exp.Column, exp.Column, str, str]]:
    for measure, category in product(subject.measures, subject.categories):
        if measure != category and (is_additive(measure) or not additive):
            nodes = subject.sql.columns((measure, category))
            yield nodes[0], nodes[1], subject.amount(measure), subject.phrase(category)


def _measured(subject: Subject, aggregate: exp.AggFunc, category: exp.Column) -> exp.Select:
    return (
        exp.select(category, aggregate)
        .from_(subject.sql.table(subject.table))
        .group_by(category.copy())
    )
