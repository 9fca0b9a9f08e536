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
    for column in subject.groupings:
        phrase = subject.phrase(column)
        glossed = subject.glossed(column)
        yield draft(
            _grouped(subject, subject.sql.column(column), count_all()),
            f"How many {many} are there for each {phrase}?",
            f"number of {many} per {phrase}",
            f"{many} by {phrase}",
            f"Count the {many} of every {phrase}.",
            f"Show each {phrase} and how many {many} have it.",
            f"how many {many} by {glossed}" if glossed else None,
        )


def most_common_value(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the value that most rows have."""
    many = subject.many
    for column in subject.groupings:
        phrase = subject.phrase(column)
        groups = _grouped(subject, subject.sql.column(column))
        yield draft(
            groups.order_by(subject.sql.ordered(count_all(), descending=True)).limit(1),
            f"What is the most common {phrase} of {many}?",
            f"Which {phrase} do most {many} have?",
            f"most frequent {phrase} among the {many}",
            f"the {phrase} with the most {many}",
        )


def average_by_category(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the mean of a measure for each value of a category."""
    for measure, category, amount, phrase in _pairs(subject):
        yield draft(
            _grouped(subject, category, exp.Avg(this=measure)),
            f"What is the average {amount} of {subject.many} for each {phrase}?",
            f"average {amount} by {phrase}",
            f"mean {amount} of the {subject.many} per {phrase}",
            f"Show the average {amount} of the {subject.many} in each {phrase}.",
        )


def total_by_category(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the sum of an additive measure for each value of a category."""
    for measure, category, amount, phrase in _pairs(subject, additive=True):
        yield draft(
            _grouped(subject, category, exp.Sum(this=measure)),
            f"What is the total {amount} of {subject.many} for each {phrase}?",
            f"total {amount} by {phrase}",
            f"sum of the {amount} of {subject.many} per {phrase}",
            f"What {amount} do the {subject.many} of each {phrase} have in total?",
        )


def _pairs(
    subject: Subject, *, additive: bool = False
) -> Iterator[tuple[exp.Column, exp.Column, str, str]]:
    """Yield every measure with every category: both columns, then the words for both.

    `additive`: only measures of which a sum has a meaning.
    """
    for measure, category in product(subject.measures, subject.groupings):
        if measure == category or (additive and not is_additive(measure)):
            continue
        nodes = subject.sql.columns((measure, category))
        yield nodes[0], nodes[1], subject.amount(measure), subject.phrase(category)


def _grouped(subject: Subject, category: exp.Column, *aggregates: exp.AggFunc) -> exp.Select:
    """SELECT category, aggregates FROM table GROUP BY category"""
    query = exp.select(category, *aggregates).from_(subject.sql.table(subject.table))
    # A sqlglot node has one parent, so its second place in the tree needs a copy.
    return query.group_by(category.copy())
