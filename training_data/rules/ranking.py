"""Rules that order rows by a measure or a date and keep all of them or the first few."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlglot import exp

from training_data.drafts import Draft, draft
from training_data.language.subjects import Database, Subject
from training_data.language.words import split_name

if TYPE_CHECKING:
    from schemas.catalog import Column

TOP = 5
# Last word of a measure's name -> the superlatives for its highest and lowest value.
_EXTREMES = {
    "price": ("most expensive", "cheapest"),
    "cost": ("most expensive", "cheapest"),
    "age": ("oldest", "youngest"),
    "height": ("tallest", "shortest"),
    "weight": ("heaviest", "lightest"),
    "length": ("longest", "shortest"),
    "duration": ("longest", "shortest"),
    "size": ("largest", "smallest"),
    "area": ("largest", "smallest"),
    "capacity": ("largest", "smallest"),
    "population": ("most populous", "least populous"),
    "salary": ("best paid", "worst paid"),
    "rating": ("best rated", "worst rated"),
    "speed": ("fastest", "slowest"),
}


def names_in_order(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the names of all rows, ordered by a measure."""
    sql, many = subject.sql, subject.many
    for column in subject.measures if subject.label else ():
        phrase = subject.amount(column)
        query = exp.select(*sql.columns(subject.label)).from_(sql.table(subject.table))
        yield draft(
            query.order_by(sql.ordered(sql.column(column), descending=False)),
            f"Show {subject.labels_of(f'all {many}')}, ordered by {phrase}.",
            f"{many} sorted by {phrase}",
            f"List the {many} in ascending order of their {phrase}.",
            f"all {many} from the lowest to the highest {phrase}",
        )


def row_with_highest(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the one row with the highest value of a measure."""
    for column in subject.measures if subject.label else ():
        phrase, (most, _) = subject.amount(column), _extremes(column)
        yield draft(
            _first(subject, column, descending=True, limit=1),
            f"Which {subject.one} has the highest {phrase}?",
            f"{subject.one} with the highest {phrase}",
            f"What is the {subject.label_phrase()} of the {subject.one} with the greatest {phrase}?",
            f"Which {subject.one} is the {most}?" if most else None,
            f"{most} {subject.one}" if most else None,
        )


def row_with_lowest(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the one row with the lowest value of a measure."""
    for column in subject.measures if subject.label else ():
        phrase, (_, least) = subject.amount(column), _extremes(column)
        yield draft(
            _first(subject, column, descending=False, limit=1),
            f"Which {subject.one} has the lowest {phrase}?",
            f"{subject.one} with the lowest {phrase}",
            f"What is the {subject.label_phrase()} of the {subject.one} with the smallest {phrase}?",
            f"Which {subject.one} is the {least}?" if least else None,
            f"{least} {subject.one}" if least else None,
        )


def top_rows(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the five rows with the highest values of a measure."""
    for column in subject.measures if subject.label else ():
        phrase, (most, _) = subject.amount(column), _extremes(column)
        yield draft(
            _first(subject, column, descending=True, limit=TOP),
            f"Show the top {TOP} {subject.many} by {phrase}.",
            f"{TOP} {subject.many} with the highest {phrase}",
            f"Which five {subject.many} have the largest {phrase}?",
            f"What are the five {most} {subject.many}?" if most else None,
        )


def latest_rows(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the five most recent rows."""
    if not subject.dates or not subject.label:
        return
    column = subject.dates[0]
    yield draft(
        _first(subject, column, descending=True, limit=TOP, shown=(*subject.label, column)),
        f"Show the {TOP} most recent {subject.many}.",
        f"latest {TOP} {subject.many} by {subject.phrase(column)}",
        f"What are the five newest {subject.many}?",
        f"last {TOP} {subject.many}",
    )


def _first(
    subject: Subject,
    column: Column,
    *,
    descending: bool,
    limit: int,
    shown: tuple[Column, ...] = (),
) -> exp.Select:
    """The label of the first rows in this order; NULL counts as no value, wherever the engine sorts it."""
    sql, node = subject.sql, subject.sql.column(column)
    query = exp.select(*sql.columns(shown or subject.label)).from_(sql.table(subject.table))
    # Some engines sort NULL first; it would take the place of the highest or lowest value.
    if column.nullable and sql.nulls_lead(descending=descending):
        query = query.where(exp.Not(this=exp.Is(this=node.copy(), expression=exp.Null())))
    return query.order_by(sql.ordered(node, descending=descending)).limit(limit)


def _extremes(column: Column) -> tuple[str, str]:
    """The words for most and least of this measure; empty where none fits."""
    return _EXTREMES.get(split_name(column.name)[-1], ("", ""))
