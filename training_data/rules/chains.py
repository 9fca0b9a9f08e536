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
"""The longest chain of foreign keys, in keys."""
VALUES = 2
"""Number of rows of each distant table that are asked about by name."""


def count_of_ancestor(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask how many rows belong to a named row two or three keys away."""
    many = subject.many
    for query, ancestor, value in _named_ancestors(database, subject):
        yield draft(
            query.select(count_all()),
            f"How many {many} are there for the {ancestor.one} {value}?",
            f"number of {many} of the {ancestor.one} {value}",
            f"Count the {many} that belong to the {ancestor.one} {value}.",
        )


def rows_of_ancestor(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the rows that belong to a named row two or three keys away."""
    many = subject.many
    for query, ancestor, value in _named_ancestors(database, subject) if subject.label else ():
        rows = f"{many} of the {ancestor.one} {value}"
        yield draft(
            query.select(*_labels(subject)),
            f"Show {subject.labels_of(f'all {rows}')}.",
            rows,
            f"Which {many} belong to the {ancestor.one} {value}?",
        )


def count_per_ancestor(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask, for each row two or three keys away, how many rows belong to it."""
    for ancestor in _ancestors(database, subject):
        query = source(database, [subject, ancestor])
        if query is None:
            continue
        yield draft(
            query.select(*_labels(ancestor), count_all()).group_by(*_groups(ancestor)),
            f"How many {subject.many} does each {ancestor.one} have?",
            f"number of {subject.many} per {ancestor.one}",
            f"For every {ancestor.one}, count its {subject.many}.",
        )


def total_per_ancestor(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask, for each row two or three keys away, for the sum of an additive measure."""
    many = subject.many
    for ancestor in _ancestors(database, subject):
        for column in filter(roles.is_additive, subject.measures):
            query = source(database, [subject, ancestor])
            if query is None:
                continue
            amount = subject.amount(column)
            total = exp.Sum(this=subject.sql.column(column, subject.table.name))
            yield draft(
                query.select(*_labels(ancestor), total).group_by(*_groups(ancestor)),
                f"What is the total {amount} of {many} for each {ancestor.one}?",
                f"total {amount} of {many} by {ancestor.one}",
                f"Show every {ancestor.one} with the sum of the {amount} of its {many}.",
            )


def rows_across(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask, over a table that links two others, for the rows of one linked to a named row."""
    for query, target, partner, value in _named_partners(database, subject):
        rows = f"{target.many} of the {partner.one} {value}"
        yield draft(
            query.select(*_labels(target)),
            f"Which {target.many} go with the {partner.one} {value}?",
            rows,
            f"Show {target.labels_of(f'the {rows}')}.",
            f"Find all {target.many} that have a {subject.one} for the {partner.one} {value}.",
        )


def count_across(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask, over a table that links two others, how many rows of one are linked to a named row."""
    for query, target, partner, value in _named_partners(database, subject):
        key = target.table.primary_key
        # COUNT(DISTINCT a, b) is not portable.
        if len(key) != 1:
            continue
        identity = target.sql.column(key[0], target.table.name)
        yield draft(
            query.select(exp.Count(this=exp.Distinct(expressions=[identity]))),
            f"How many {target.many} go with the {partner.one} {value}?",
            f"number of {target.many} of the {partner.one} {value}",
            f"Count the different {target.many} of the {partner.one} {value}.",
        )


def _ancestors(database: Database, subject: Subject) -> list[Subject]:
    """Return the tables with names of their own that lie at least two keys away."""
    parents = {link.parent.table.key for link in database.parents(subject)}
    distant = []
    for ancestor in ancestors(database, subject, DEPTH):
        if ancestor.table.key not in parents and ancestor.names:
            distant.append(ancestor)
    return distant


def _named_ancestors(
    database: Database, subject: Subject
) -> Iterator[tuple[exp.Select, Subject, object]]:
    """Yield a join with a distant table that is filtered by a name, the table and the name."""
    for ancestor in _ancestors(database, subject):
        for value in _stored_names(ancestor):
            query = source(database, [subject, ancestor])
            if query is not None:
                yield query.where(_has_name(ancestor, value)), ancestor, value


def _named_partners(
    database: Database, subject: Subject
) -> Iterator[tuple[exp.Select, Subject, Subject, object]]:
    """Yield a join across the subject, if the subject only links other tables.

    Gives the join, filtered by the partner's name; the target, whose rows are asked for; the
    partner; and the name.
    """
    # A table whose rows have a name is a thing of its own, not only a link.
    if subject.names:
        return
    # A question about home and away team would not say over which of the keys it goes.
    parents = [link.parent for link in database.parents(subject) if link.is_plain]
    # Both orders: the rows of each table linked to a named row of the other.
    for target, partner in permutations(parents, 2):
        if target.table.key == partner.table.key or not target.names:
            continue
        for value in _stored_names(partner):
            query = source(database, [subject, target, partner])
            if query is not None:
                yield query.where(_has_name(partner, value)), target, partner, value


def _stored_names(subject: Subject) -> tuple[object, ...]:
    """Return a few names of the table's rows; none if a name has several columns."""
    if len(subject.names) != 1:
        return ()
    return roles.askable(subject.names[0])[:VALUES]


def _has_name(subject: Subject, value: object) -> exp.Expr:
    """table.name = value"""
    return subject.has_value(subject.names[0], value, subject.table.name)


def _labels(subject: Subject) -> list[exp.Column]:
    return subject.sql.columns(subject.label, of=subject.table.name)


def _groups(subject: Subject) -> list[exp.Column]:
    return subject.sql.columns(subject.grouping(), of=subject.table.name)
