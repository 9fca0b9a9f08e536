"""Rules on one measure over all rows: average, total, lowest and highest. Keys are no measures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlglot import exp

from training_data.drafts import Draft, draft
from training_data.language.column_roles import is_additive
from training_data.language.subjects import Database, Subject

if TYPE_CHECKING:
    from schemas.catalog import Column


def average(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the mean of a measure."""
    for column in subject.measures:
        phrase, glossed = subject.amount(column), subject.glossed(column)
        yield draft(
            _aggregate(subject, exp.Avg, column),
            f"What is the average {phrase} of all {subject.many}?",
            f"average {phrase} of {subject.many}",
            f"mean {subject.one} {subject.phrase(column)}",
            f"What {phrase} do {subject.many} have on average?",
            f"What is the average {glossed} of the {subject.many}?" if glossed else None,
        )


def total(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the sum of an additive measure."""
    for column in filter(is_additive, subject.measures):
        phrase, glossed = subject.amount(column), subject.glossed(column)
        yield draft(
            _aggregate(subject, exp.Sum, column),
            f"What is the total {phrase} of all {subject.many}?",
            f"total {phrase} of {subject.many}",
            f"sum of the {phrase} over all {subject.many}",
            f"Add up the {phrase} of every {subject.one}.",
            f"What is the total {glossed} of the {subject.many}?" if glossed else None,
        )


def highest(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the largest value of a measure."""
    for column in subject.measures:
        phrase = subject.amount(column)
        yield draft(
            _aggregate(subject, exp.Max, column),
            f"What is the highest {phrase} of any {subject.one}?",
            f"maximum {phrase} of {subject.many}",
            f"highest {subject.one} {subject.phrase(column)}",
            f"How high is the largest {phrase} among the {subject.many}?",
        )


def lowest(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the smallest value of a measure."""
    for column in subject.measures:
        phrase = subject.amount(column)
        yield draft(
            _aggregate(subject, exp.Min, column),
            f"What is the lowest {phrase} of any {subject.one}?",
            f"minimum {phrase} of {subject.many}",
            f"lowest {subject.one} {subject.phrase(column)}",
            f"How low is the smallest {phrase} among the {subject.many}?",
        )


def range_of_measure(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the smallest and the largest value of a measure together."""
    for column in subject.measures:
        phrase, node = subject.amount(column), subject.sql.column(column)
        yield draft(
            exp.select(exp.Min(this=node), exp.Max(this=node.copy())).from_(
                subject.sql.table(subject.table)
            ),
            f"What are the minimum and maximum {phrase} of {subject.many}?",
            f"lowest and highest {phrase} of the {subject.many}",
            f"What is the range of the {phrase} among {subject.many}?",
            f"between which values does the {phrase} of {subject.many} lie",
        )


def _aggregate(subject: Subject, function: type[exp.AggFunc], column: Column) -> exp.Select:
    return exp.select(function(this=subject.sql.column(column))).from_(
        subject.sql.table(subject.table)
    )
