"""Rules along two and three foreign keys, and across tables that link two others.

They write joins of three and four tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from sqlglot import exp

from training_data.drafts import Draft, draft
from training_data.language import column_roles as roles
from training_data.language.join_paths import ancestors, source
from training_data.language.subjects import Database, Subject
from training_data.sql.builder import count_all

DEPTH = 3
VALUES = 2
"""Number of rows of each distant table that are asked about by name."""


def count_of_ancestor(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask how many rows belong to a named row two or three keys away."""
    for query, far, value in _named_far(database, subject):
        yield draft(
            query.select(count_all()),
            f"How many {subject.many} are there for the {far.one} {value}?",
            f"number of {subject.many} of the {far.one} {value}",
            f"Count the {subject.many} that belong to the {far.one} {value}.",
        )


def rows_of_ancestor(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the rows that belong to a named row two or three keys away."""
    for query, far, value in _named_far(database, subject) if subject.label else ():
        yield draft(
            query.select(*_labels(subject)),
            f"Show {subject.labels_of(f'all {subject.many} of the {far.one} {value}')}.",
            f"{subject.many} of the {far.one} {value}",
            f"Which {subject.many} belong to the {far.one} {value}?",
        )


def count_per_ancestor(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask, for each row two or three keys away, how many rows belong to it."""
    for far in _far(database, subject):
        query = source(database, [subject, far])
        if query is not None:
            yield draft(
                query.select(*_labels(far), count_all()).group_by(*_groups(far)),
                f"How many {subject.many} does each {far.one} have?",
                f"number of {subject.many} per {far.one}",
                f"For every {far.one}, count its {subject.many}.",
            )


def total_per_ancestor(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask, for each row two or three keys away, for the sum of an additive measure."""
    for far in _far(database, subject):
        for column in filter(roles.is_additive, subject.measures):
            query = source(database, [subject, far])
            if query is not None:
                what, total = (
                    subject.amount(column),
                    exp.Sum(this=subject.sql.column(column, subject.table.name)),
                )
                yield draft(
                    query.select(*_labels(far), total).group_by(*_groups(far)),
                    f"What is the total {what} of {subject.many} for each {far.one}?",
                    f"total {what} of {subject.many} by {far.one}",
                    f"Show every {far.one} with the sum of the {what} of its {subject.many}.",
                )


def rows_across(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask, over a table that links two others, for the rows of one linked to a named row."""
    for query, one, other, value in _named_across(database, subject):
        yield draft(
            query.select(*_labels(one)),
            f"Which {one.many} go with the {other.one} {value}?",
            f"{one.many} of the {other.one} {value}",
            f"Show {one.labels_of(f'the {one.many} of the {other.one} {value}')}.",
            f"Find all {one.many} that have a {subject.one} for the {other.one} {value}.",
        )


def count_across(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask, over a table that links two others, how many rows of one are linked to a named row."""
    for query, one, other, value in _named_across(database, subject):
        key = one.table.primary_key
        if len(key) == 1:
            counted = exp.Count(
                this=exp.Distinct(expressions=[one.sql.column(key[0], one.table.name)])
            )
            yield draft(
                query.select(counted),
                f"How many {one.many} go with the {other.one} {value}?",
                f"number of {one.many} of the {other.one} {value}",
                f"Count the different {one.many} of the {other.one} {value}.",
            )


def _far(database: Database, subject: Subject) -> list[Subject]:
    """Tables with names of their own that lie at least two keys away."""
    near = {link.parent.table.key for link in database.parents(subject)}
    return [
        far
        for far in ancestors(database, subject, DEPTH)
        if far.table.key not in near and far.names
    ]


def _named_far(
    database: Database, subject: Subject
) -> Iterator[tuple[exp.Select, Subject, object]]:
    for far in _far(database, subject):
        for value in roles.askable(far.names[0])[:VALUES] if len(far.names) == 1 else ():
            query = source(database, [subject, far])
            if query is not None:
                yield query.where(_named(far, value)), far, value


def _named_across(
    database: Database, subject: Subject
) -> Iterator[tuple[exp.Select, Subject, Subject, object]]:
    for one, other in permutations([link.parent for link in database.parents(subject)], 2):
        if (
            one.table.key == other.table.key
            or not one.names
            or len(other.names) != 1
            or subject.names
        ):
            continue
        for value in roles.askable(other.names[0])[:VALUES]:
            query = source(database, [subject, one, other])
            if query is not None:
                yield query.where(_named(other, value)), one, other, value


def _named(subject: Subject, value: object) -> exp.Expression:
    return subject.sql.equals(subject.sql.column(subject.names[0], subject.table.name), value)


def _labels(subject: Subject) -> list[exp.Column]:
    return subject.sql.columns(subject.label, of=subject.table.name)


def _groups(subject: Subject) -> list[exp.Column]:
    return subject.sql.columns(subject.grouping(), of=subject.table.name)
