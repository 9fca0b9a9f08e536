"""Rules on one measure over all rows: average, total, lowest and highest. Keys are no measures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlglot import exp

from training_data.drafts import Draft, draft
from training_data.language.column_roles import is_additive
from training_data.language.subjects import Database, Subject

if TYPE_CHECKING:
    from schemas.catalog import FullColumn


def average(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the mean of a measure."""
    for column in subject.measures:
        amount = subject.amount(column)
        glossed = subject.glossed(column)
        yield draft(
            _aggregate(subject, exp.Avg, column),
            f"What is the average {amount} of all {subject.many}?",
            f"average {amount} of {subject.many}",
            f"mean {subject.one} {subject.phrase(column)}",
            f"What {amount} do {subject.many} have on average?",
            f"What is the average {glossed} of the {subject.many}?" if glossed else None,
        )


def total(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the sum of an additive measure."""
    for column in filter(is_additive, subject.measures):
        amount = subject.amount(column)
        glossed = subject.glossed(column)
        yield draft(
            _aggregate(subject, exp.Sum, column),
            f"What is the total {amount} of all {subject.many}?",
            f"total {amount} of {subject.many}",
            f"sum of the {amount} over all {subject.many}",
            f"Add up the {amount} of every {subject.one}.",
            f"What is the total {glossed} of the {subject.many}?" if glossed else None,
        )


def highest(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the largest value of a measure."""
    for column in subject.measures:
        amount = subject.amount(column)
        yield draft(
            _aggregate(subject, exp.Max, column),
            f"What is the highest {amount} of any {subject.one}?",
            f"maximum {amount} of {subject.many}",
            f"highest {subject.one} {subject.phrase(column)}",
            f"How high is the largest {amount} among the {subject.many}?",
        )


def lowest(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the smallest value of a measure."""
    for column in subject.measures:
        amount = subject.amount(column)
        yield draft(
            _aggregate(subject, exp.Min, column),
            f"What is the lowest {amount} of any {subject.one}?",
            f"minimum {amount} of {subject.many}",
            f"lowest {subject.one} {subject.phrase(column)}",
            f"How low is the smallest {amount} among the {subject.many}?",
        )


def range_of_measure(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the smallest and the largest value of a measure together."""
    for column in subject.measures:
        amount = subject.amount(column)
        node = subject.sql.column(column)
        # A sqlglot node has one parent, so its second place in the tree needs a copy.
        bounds = exp.select(exp.Min(this=node), exp.Max(this=node.copy()))
        yield draft(
            bounds.from_(subject.sql.table(subject.table)),
            f"What are the minimum and maximum {amount} of {subject.many}?",
            f"lowest and highest {amount} of the {subject.many}",
            f"What is the range of the {amount} among {subject.many}?",
            f"between which values does the {amount} of {subject.many} lie",
        )


def _aggregate(subject: Subject, function: type[exp.AggFunc], column: FullColumn) -> exp.Select:
    """SELECT function(column) FROM table"""
    aggregate = function(this=subject.sql.column(column))
    return exp.select(aggregate).from_(subject.sql.table(subject.table))
