"""Rules along one foreign key, declared or inferred, from either of its two tables.

Through these rules the memory learns which tables are joined on which columns. `having` uses the
query builders of this module too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from training_data.drafts import Draft, draft
from training_data.language import column_roles as roles
from training_data.language.subjects import Database, Link, Subject
from training_data.language.words import PLACES, with_article
from training_data.sql.builder import count_all

VALUES_A_KEY = 4
"""Number of referenced rows that are asked about by name, for each key."""
MAKERS = frozenset(
    "author writer artist composer director singer band painter designer architect producer "
    "manufacturer maker".split()
)
"""Nouns whose works are "by" them: "books by Ann Smith"."""


def rows_with_parent(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for every row with the name of the row that it refers to."""
    for link in database.parents(subject):
        if not link.parent.names or not subject.label:
            continue
        shown = [*label_of(link, child=True), *label_of(link, child=False)]
        own = subject.label_phrase()
        parents = link.parent.label_phrase()
        theirs = f"{link.role} {parents}"
        yield draft(
            joined(link, shown),
            f"Show the {own} of each {subject.one} and the {parents} of its {link.role}.",
            f"{subject.many} with their {link.role}",
            f"List all {subject.many} with the {theirs}.",
            f"Which {link.role} does each {subject.one} have?",
            f"{own} and {theirs} for every {subject.one}",
        )


def rows_of_parent(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the rows that refer to a named row."""
    for link, value, condition in _named_parents(database, subject) if subject.label else ():
        first, second = _row_phrases(link, value)
        rows = f"the {subject.many} whose {link.role} is {value}"
        yield draft(
            joined(link, label_of(link, child=True)).where(condition),
            f"Show {subject.labels_of(f'the {first}')}.",
            f"Which {first} are there?",
            f"list all {second}",
            second,
            f"What are {subject.labels_of(rows)}?",
        )


def count_of_parent(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask how many rows refer to a named row."""
    for link, value, condition in _named_parents(database, subject):
        first, second = _row_phrases(link, value)
        yield draft(
            joined(link, [count_all()]).where(condition),
            f"How many {first} are there?",
            f"number of {first}",
            f"Count the {second}.",
            f"How many {subject.many} does {value} have?" if link.is_plain else None,
            f"how many {second}",
        )


def count_per_parent(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask how many rows of another table refer to each row; rows without any are omitted."""
    for link in database.children(subject) if subject.label else ():
        many = link.child.many
        role = link.role
        yield draft(
            grouped(link, [count_all()]),
            f"How many {many} does each {role} have?",
            f"number of {many} per {role}",
            f"{many} by {role}",
            f"Show the {subject.label_phrase()} of each {role} and the number of its {many}.",
            f"Count the {many} of every {role}.",
        )


def parent_with_most(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the row that most rows of another table refer to."""
    for link in database.children(subject) if subject.label else ():
        many = link.child.many
        role = link.role
        label = subject.label_phrase()
        by_count = subject.sql.ordered(count_all(), descending=True)
        yield draft(
            grouped(link, []).order_by(by_count).limit(1),
            f"Which {role} has the most {many}?",
            f"{role} with the most {many}",
            f"What is the {label} of the {role} with the largest number of {many}?",
            f"the {role} that most {many} belong to",
        )


def parents_without(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the rows that no row of another table refers to."""
    parents = subject.many
    for link in database.children(subject) if subject.label else ():
        children = link.child.many
        child = with_article(link.child.one)
        unrelated = f"Find every {subject.one} that is not the {link.role} of {child}."
        if not link.is_plain:
            yield draft(
                _without_children(link),
                f"Which {parents} are the {link.role} of no {children}?",
                f"{parents} that are the {link.role} of no {link.child.one}",
                unrelated,
            )
            continue
        yield draft(
            _without_children(link),
            f"Which {parents} have no {children}?",
            f"{parents} without {children}",
            f"Show {subject.labels_of(parents)} that do not have any {children}.",
            unrelated,
        )


def _named_parents(database: Database, subject: Subject) -> Iterator[tuple[Link, str, exp.Expr]]:
    """Yield, for every key, a few names of referenced rows and the condition that selects each.

    Keys to tables without a name, or with a first and a last name, are skipped.
    """
    for link in database.parents(subject):
        if len(link.parent.names) != 1:
            continue
        column = link.parent.names[0]
        for value in roles.askable(column)[:VALUES_A_KEY]:
            name = subject.sql.column(column, link.parent_name)
            yield link, str(value), subject.sql.equals(name, value)


def _row_phrases(link: Link, value: str) -> tuple[str, str]:
    """Return two phrases for "the rows that refer to the row of this name"."""
    many = link.child.many
    noun = link.role.split()[-1]
    if not link.is_plain:
        return f"{many} with {link.role} {value}", f"{many} with {value} as the {link.role}"
    if noun in PLACES:
        return f"{many} in {value}", f"{many} from {value}"
    preposition = "by" if noun in MAKERS else "of"
    return f"{many} {preposition} {value}", f"{many} with {link.role} {value}"


def label_of(link: Link, *, child: bool) -> list[exp.Column]:
    """Return the label columns of the child or the parent of a join."""
    if child:
        return link.child.sql.columns(link.child.label, of=link.child_name)
    return link.parent.sql.columns(link.parent.label, of=link.parent_name)


def joined(link: Link, shown: Sequence[exp.Expr]) -> exp.Select:
    """SELECT shown FROM child JOIN parent ON the key"""
    sql = link.child.sql
    parent = sql.table(link.parent.table, link.alias)
    condition = _condition(link, link.child_name, link.parent_name)
    return exp.select(*shown).from_(sql.table(link.child.table)).join(parent, on=condition)


def grouped(link: Link, aggregates: list[exp.Expr]) -> exp.Select:
    """Return the parents' labels and the aggregates over the join, one group for each parent."""
    # Labels alone may repeat: two people of one name would become one group.
    by = link.parent.grouping(link.key.ref_columns)
    query = joined(link, [*label_of(link, child=False), *aggregates])
    return query.group_by(*link.parent.sql.columns(by, of=link.parent_name))


def _without_children(link: Link) -> exp.Select:
    """Return the parents that no child refers to.

    With NOT IN, or with NOT EXISTS where NOT IN cannot be written: for keys of several columns,
    and for a table that refers to itself.
    """
    if len(link.key.columns) > 1 or link.alias:
        return _without_children_by_exists(link)
    sql = link.child.sql
    parent = link.parent
    column = link.child_columns[0]
    referring = exp.select(sql.column(column)).from_(sql.table(link.child.table))
    # A single NULL in the list of NOT IN makes the condition unknown for every row.
    if column.nullable:
        is_null = exp.Is(this=sql.column(column), expression=exp.Null())
        referring = referring.where(exp.Not(this=is_null))
    is_referred_to = exp.In(
        this=sql.column(link.key.ref_columns[0]), query=exp.Subquery(this=referring)
    )
    query = exp.select(*sql.columns(parent.label)).from_(sql.table(parent.table))
    return query.where(exp.Not(this=is_referred_to))


def _without_children_by_exists(link: Link) -> exp.Select:
    sql = link.child.sql
    parent = link.parent
    outer = parent.table.name
    # A table that refers to itself needs another name in the inner query.
    alias = f"{link.child_name}_2" if link.alias else None
    inner = exp.select(exp.Literal.number(1)).from_(sql.table(link.child.table, alias))
    inner = inner.where(_condition(link, alias or link.child_name, outer))
    query = exp.select(*sql.columns(parent.label, of=outer)).from_(sql.table(parent.table))
    return query.where(exp.Not(this=exp.Exists(this=inner)))


def _condition(link: Link, child: str, parent: str) -> exp.Expr:
    """Return the join condition, for the names that the query gives child and parent."""
    sql = link.child.sql
    pairs = []
    for own, theirs in zip(link.key.columns, link.key.ref_columns, strict=True):
        pairs.append((sql.column(own, child), sql.column(theirs, parent)))
    return sql.on(pairs)
