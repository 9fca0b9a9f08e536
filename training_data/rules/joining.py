"""Rules along one foreign key, declared or inferred, from either of its two tables.

Through these rules the memory learns which tables are joined on which columns. `having` uses the
query builders of this module too.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from training_data.drafts import Draft, draft
from training_data.language import column_roles as roles
from training_data.language.subjects import Database, Link, Subject
from training_data.language.words import PLACES, with_article
from training_data.sql.builder import count_all

VALUES_A_KEY = 4
MAKERS = frozenset(
    "author writer artist composer director singer band painter designer architect producer manufacturer maker".split()
)


def rows_with_parent(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for every row with the name of the row that it refers to."""
    for link in database.parents(subject):
        if not link.parent.names or not subject.label:
            continue
        shown = [*label_of(link, child=True), *label_of(link, child=False)]
        own, theirs = subject.label_phrase(), f"{link.role} {link.parent.label_phrase()}"
        yield draft(
            joined(link, shown),
            f"Show the {own} of each {subject.one} and the {link.parent.label_phrase()} of its {link.role}.",
            f"{subject.many} with their {link.role}",
            f"List all {subject.many} with the {theirs}.",
            f"Which {link.role} does each {subject.one} have?",
            f"{own} and {theirs} for every {subject.one}",
        )


def rows_of_parent(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the rows that refer to a named row."""
    for link, value, where in _named_parents(database, subject) if subject.label else ():
        first, second = _told(link, value)
        yield draft(
            joined(link, label_of(link, child=True)).where(where),
            f"Show {subject.labels_of(f'the {first}')}.",
            f"Which {first} are there?",
            f"list all {second}",
            f"{second}",
            f"What are {subject.labels_of(f'the {subject.many} whose {link.role} is {value}')}?",
        )


def count_of_parent(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask how many rows refer to a named row."""
    for link, value, where in _named_parents(database, subject):
        first, second = _told(link, value)
        yield draft(
            joined(link, [count_all()]).where(where),
            f"How many {first} are there?",
            f"number of {first}",
            f"Count the {second}.",
            f"How many {subject.many} does {value} have?",
            f"how many {second}",
        )


def count_per_parent(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask how many rows of another table refer to each row; rows without any are omitted."""
    for link in database.children(subject):
        if not subject.label:
            continue
        many, role = link.child.many, link.role
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
    for link in database.children(subject):
        if not subject.label:
            continue
        many, role = link.child.many, link.role
        yield draft(
            grouped(link, []).order_by(subject.sql.ordered(count_all(), descending=True)).limit(1),
            f"Which {role} has the most {many}?",
            f"{role} with the most {many}",
            f"What is the {subject.label_phrase()} of the {role} with the largest number of {many}?",
            f"the {role} that most {many} belong to",
        )


def parents_without(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the rows that no row of another table refers to."""
    for link in database.children(subject):
        if not subject.label:
            continue
        them, many = subject.many, link.child.many
        yield draft(
            _absent(link),
            f"Which {them} have no {many}?",
            f"{them} without {many}",
            f"Show {subject.labels_of(them)} that do not have any {many}.",
            f"Find every {subject.one} that is not the {link.role} of {with_article(link.child.one)}.",
        )


def _named_parents(
    database: Database, subject: Subject
) -> Iterator[tuple[Link, str, exp.Expression]]:
    """Yield, for every key, a few names of referenced rows and the condition that selects each.

    Keys to tables without a name, or with a first and a last name, are skipped.
    """
    for link in database.parents(subject):
        names = link.parent.names
        for value in roles.askable(names[0])[:VALUES_A_KEY] if len(names) == 1 else ():
            yield (
                link,
                str(value),
                subject.sql.equals(subject.sql.column(names[0], link.parent_name), value),
            )


def _told(link: Link, value: str) -> tuple[str, str]:
    """Two ways to say `the rows that refer to it`."""
    many, noun = link.child.many, link.role.split()[-1]
    if noun in PLACES:
        return f"{many} in {value}", f"{many} from {value}"
    return f"{many} {'by' if noun in MAKERS else 'of'} {value}", f"{many} with {link.role} {value}"


def label_of(link: Link, *, child: bool) -> list[exp.Column]:
    """Return the label columns of the child or the parent of a join."""
    subject, name = (link.child, link.child_name) if child else (link.parent, link.parent_name)
    return subject.sql.columns(subject.label, of=name)


def joined(link: Link, shown: list[exp.Expression]) -> exp.Select:
    """SELECT shown FROM child JOIN parent ON the key"""
    sql = link.child.sql
    parent = sql.table(link.parent.table, link.alias)
    condition = _condition(link, link.child_name, link.parent_name)
    return exp.select(*shown).from_(sql.table(link.child.table)).join(parent, on=condition)


def grouped(link: Link, aggregates: list[exp.Expression]) -> exp.Select:
    """Return the parents' labels and the aggregates over the join, one group for each parent."""
    by = link.parent.grouping(link.key.ref_columns)
    query = joined(link, [*label_of(link, child=False), *aggregates])
    return query.group_by(*link.parent.sql.columns(by, of=link.parent_name))


def _absent(link: Link) -> exp.Select:
    """The parents that no child refers to: by NOT IN without the NULLs that would empty it, by NOT EXISTS where that cannot be written."""
    if len(link.key.columns) > 1 or link.alias:
        return _absent_by_exists(link)
    sql, parent, own = link.child.sql, link.parent, link.child_columns[0]
    inner = exp.select(sql.column(own)).from_(sql.table(link.child.table))
    if own.nullable:
        inner = inner.where(exp.Not(this=exp.Is(this=sql.column(own), expression=exp.Null())))
    holds = exp.In(this=sql.column(link.key.ref_columns[0]), query=exp.Subquery(this=inner))
    return (
        exp.select(*sql.columns(parent.label))
        .from_(sql.table(parent.table))
        .where(exp.Not(this=holds))
    )


def _absent_by_exists(link: Link) -> exp.Select:
    sql, parent = link.child.sql, link.parent
    outer, alias = parent.table.name, f"{link.child_name}_2" if link.alias else None
    inner = (
        exp.select(exp.Literal.number(1))
        .from_(sql.table(link.child.table, alias))
        .where(_condition(link, alias or link.child_name, outer))
    )
    query = exp.select(*sql.columns(parent.label, of=outer)).from_(sql.table(parent.table))
    return query.where(exp.Not(this=exp.Exists(this=inner)))


def _condition(link: Link, child: str, parent: str) -> exp.Expression:
    """Return the join condition, for the names that the query gives child and parent."""
    sql, key = link.child.sql, link.key
    pairs = zip(key.columns, key.ref_columns, strict=True)
    return sql.on([(sql.column(own, child), sql.column(theirs, parent)) for own, theirs in pairs])
