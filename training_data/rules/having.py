"""Rules on groups: groups with enough rows, with both or one of two values, totals and means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlglot import exp

from training_data.drafts import Draft, draft
from training_data.language import column_roles as roles
from training_data.language.subjects import Database, Link, Subject
from training_data.rules.joining import grouped, joined, label_of
from training_data.sql.builder import count_all

if TYPE_CHECKING:
    from schemas.catalog import FullColumn

LEAST = 2
"""The smallest group that is asked for; some wordings write it out as "two"."""


def parents_with_at_least(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the rows that at least two rows of another table refer to."""
    for link in database.children(subject) if subject.label else ():
        many = link.child.many
        query = grouped(link, []).having(_is_large_enough())
        if not link.is_plain:
            yield draft(
                query,
                f"Which {subject.many} are the {link.role} of at least {LEAST} {many}?",
                f"{subject.many} that are the {link.role} of two or more {many}",
                f"Find every {subject.one} that is the {link.role} of more than one of the {many}.",
            )
            continue
        rows = f"the {subject.many} with at least two {many}"
        yield draft(
            query,
            f"Which {subject.many} have at least {LEAST} {many}?",
            f"{subject.many} with two or more {many}",
            f"Show {subject.labels_of(rows)}.",
            f"Find the {subject.many} that have more than one of the {many}.",
        )


def values_with_at_least(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the values of a category that at least two rows have."""
    for column in subject.groupings:
        phrase = subject.phrase(column)
        node = subject.sql.column(column)
        query = exp.select(node).from_(subject.sql.table(subject.table)).group_by(node.copy())
        yield draft(
            query.having(_is_large_enough()),
            f"Which {phrase} do at least {LEAST} {subject.many} have?",
            f"each {phrase} with two or more {subject.many}",
            f"Show every {phrase} that at least two {subject.many} share.",
        )


def parents_with_both(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the rows that rows of another table with each of two values refer to."""
    for link, column, first, second in _value_pairs(database, subject):
        phrase = link.child.phrase(column)
        many = link.child.many
        labels = subject.labels_of(f"the {subject.many}")
        yield draft(
            exp.intersect(
                _parents_by_value(link, column, first), _parents_by_value(link, column, second)
            ),
            f"Which {subject.many} have both {many} with {phrase} {first} "
            f"and {many} with {phrase} {second}?",
            f"{subject.many} with {many} of {phrase} {first} as well as {second}",
            f"Show {labels} that have {many} with {phrase} {first} "
            f"and also with {phrase} {second}.",
        )


def parents_with_one_only(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the rows that rows with one value refer to and no rows with another value."""
    for link, column, first, second in _value_pairs(database, subject):
        phrase = link.child.phrase(column)
        many = link.child.many
        labels = subject.labels_of(f"the {subject.many}")
        yield draft(
            exp.except_(
                _parents_by_value(link, column, first), _parents_by_value(link, column, second)
            ),
            f"Which {subject.many} have {many} with {phrase} {first} "
            f"but none with {phrase} {second}?",
            f"{subject.many} with {many} of {phrase} {first} and not {second}",
            f"Show {labels} that have {many} with {phrase} {first} "
            f"but no {many} with {phrase} {second}.",
        )


def total_per_parent(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask, for each row, for the sum of an additive measure of the rows that refer to it."""
    for link in database.children(subject) if subject.label else ():
        many = link.child.many
        role = link.role
        label = subject.label_phrase()
        for column in filter(roles.is_additive, link.child.measures):
            amount = link.child.amount(column)
            total = exp.Sum(this=link.child.sql.column(column, link.child_name))
            yield draft(
                grouped(link, [total]),
                f"What is the total {amount} of the {many} of each {role}?",
                f"total {amount} of {many} per {role}",
                f"Show the {label} of each {role} with the sum of the {amount} of its {many}.",
            )


def average_per_parent(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask, for each row, for the mean of a measure of the rows that refer to it."""
    for link in database.children(subject) if subject.label else ():
        many = link.child.many
        role = link.role
        label = subject.label_phrase()
        for column in link.child.measures:
            amount = link.child.amount(column)
            mean = exp.Avg(this=link.child.sql.column(column, link.child_name))
            yield draft(
                grouped(link, [mean]),
                f"What is the average {amount} of the {many} of each {role}?",
                f"average {amount} of {many} by {role}",
                f"For every {role}, give the {label} and the mean {amount} of its {many}.",
            )


def _is_large_enough() -> exp.GTE:
    """COUNT(*) >= 2"""
    return exp.GTE(this=count_all(), expression=exp.Literal.number(LEAST))


def _value_pairs(
    database: Database, subject: Subject
) -> Iterator[tuple[Link, FullColumn, object, object]]:
    """Yield the first two values of each category of the tables that refer to this one.

    Keys of which only the role says which is meant are left out: the questions do not say it.
    """
    links = [link for link in database.children(subject) if link.is_plain]
    for link in links if subject.label else ():
        for column in link.child.categories:
            values = roles.askable(column)
            if len(values) > 1 and not roles.is_flag(column):
                yield link, column, values[0], values[1]


def _parents_by_value(link: Link, column: FullColumn, value: object) -> exp.Select:
    """Return the labels of the parents that rows with a value refer to."""
    condition = link.child.has_value(column, value, link.child_name)
    return joined(link, label_of(link, child=False)).where(condition)
