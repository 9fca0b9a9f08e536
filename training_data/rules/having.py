"""Rules on groups: groups with enough rows, with both or one of two values, totals and means."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from training_data.drafts import Draft, draft
from training_data.language import column_roles as roles
from training_data.language.subjects import Database, Link, Subject
from training_data.rules.joining import grouped, joined, label_of
from training_data.sql.builder import count_all

LEAST = 2


def parents_with_at_least(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the rows that at least two rows of another table refer to."""
    for link in database.children(subject) if subject.label else ():
        many = link.child.many
        yield draft(
            grouped(link, []).having(
                exp.GTE(this=count_all(), expression=exp.Literal.number(LEAST))
            ),
            f"Which {subject.many} have at least {LEAST} {many}?",
            f"{subject.many} with two or more {many}",
            f"Show {subject.labels_of(f'the {subject.many} with at least two {many}')}.",
            f"Find the {subject.many} that have more than one of the {many}.",
        )


def values_with_at_least(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the values of a category that at least two rows have."""
    for column in subject.categories:
        phrase, node = subject.phrase(column), subject.sql.column(column)
        yield draft(
            exp.select(node)
            .from_(subject.sql.table(subject.table))
            .group_by(node.copy())
            .having(exp.GTE(this=count_all(), expression=exp.Literal.number(LEAST))),
            f"Which {phrase} do at least {LEAST} {subject.many} have?",
            f"each {phrase} with two or more {subject.many}",
            f"Show every {phrase} that at least two {subject.many} share.",
        )


def parents_with_both(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the rows that rows of another table with each of two values refer to."""
    for link, column, one, other in _two_values(database, subject):
        phrase, many = link.child.phrase(column), link.child.many
        yield draft(
            exp.intersect(_having(link, column, one), _having(link, column, other)),
            f"Which {subject.many} have both {many} with {phrase} {one} and {many} with {phrase} {other}?",
            f"{subject.many} with {many} of {phrase} {one} as well as {other}",
            f"Show {subject.labels_of(f'the {subject.many}')} that have {many} with {phrase} {one} and also with {phrase} {other}.",
        )


def parents_with_one_only(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the rows that rows with one value refer to and no rows with another value."""
    for link, column, one, other in _two_values(database, subject):
        phrase, many = link.child.phrase(column), link.child.many
        yield draft(
            exp.except_(_having(link, column, one), _having(link, column, other)),
            f"Which {subject.many} have {many} with {phrase} {one} but none with {phrase} {other}?",
            f"{subject.many} with {many} of {phrase} {one} and not {other}",
            f"Show {subject.labels_of(f'the {subject.many}')} that have {many} with {phrase} {one} but no {many} with {phrase} {other}.",
        )


def total_per_parent(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask, for each row, for the sum of an additive measure of the rows that refer to it."""
    for link in database.children(subject) if subject.label else ():
        for column in filter(roles.is_additive, link.child.measures):
            what, many = link.child.amount(column), link.child.many
            total = exp.Sum(this=link.child.sql.column(column, link.child_name))
            yield draft(
                grouped(link, [total]),
                f"What is the total {what} of the {many} of each {link.role}?",
                f"total {what} of {many} per {link.role}",
                f"Show the {subject.label_phrase()} of each {link.role} with the sum of the {what} of its {many}.",
            )


def average_per_parent(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask, for each row, for the mean of a measure of the rows that refer to it."""
    for link in database.children(subject) if subject.label else ():
        for column in link.child.measures:
            what, many = link.child.amount(column), link.child.many
            mean = exp.Avg(this=link.child.sql.column(column, link.child_name))
            yield draft(
                grouped(link, [mean]),
                f"What is the average {what} of the {many} of each {link.role}?",
                f"average {what} of {many} by {link.role}",
                f"For every {link.role}, give the {subject.label_phrase()} and the mean {what} of its {many}.",
            )


def _two_values(
    database: Database, subject: Subject
) -> Iterator[tuple[Link, object, object, object]]:
    for link in database.children(subject) if subject.label else ():
        for column in link.child.categories:
            values = roles.askable(column)
            if len(values) > 1 and not roles.is_flag(column):
                yield link, column, values[0], values[1]


def _having(link: Link, column: object, value: object) -> exp.Select:
    """The labels of the parents of rows with a value."""
    where = link.child.sql.equals(link.child.sql.column(column, link.child_name), value)
    return joined(link, label_of(link, child=False)).where(where)
