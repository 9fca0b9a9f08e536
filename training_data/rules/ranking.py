"""Rules that order rows by a measure or a date and keep all of them or the first few."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlglot import exp

from training_data.drafts import Draft, draft
from training_data.language.subjects import Database, Subject
from training_data.language.words import split_name

if TYPE_CHECKING:
    from schemas.catalog import FullColumn

TOP = 5
"""Number of rows in a list of the highest or latest; the wordings also write it out as "five"."""
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
    sql = subject.sql
    many = subject.many
    for column in subject.measures if subject.label else ():
        amount = subject.amount(column)
        query = exp.select(*sql.columns(subject.label)).from_(sql.table(subject.table))
        yield draft(
            query.order_by(sql.ordered(sql.column(column), descending=False)),
            f"Show {subject.labels_of(f'all {many}')}, ordered by {amount}.",
            f"{many} sorted by {amount}",
            f"List the {many} in ascending order of their {amount}.",
            f"all {many} from the lowest to the highest {amount}",
        )


def row_with_highest(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the one row with the highest value of a measure."""
    one = subject.one
    for column in subject.measures if subject.label else ():
        amount = subject.amount(column)
        highest, _ = _superlatives(column)
        yield draft(
            _first_rows(subject, column, descending=True, limit=1),
            f"Which {one} has the highest {amount}?",
            f"{one} with the highest {amount}",
            f"What is the {subject.label_phrase()} of the {one} with the greatest {amount}?",
            f"Which {one} is the {highest}?" if highest else None,
            f"{highest} {one}" if highest else None,
        )


def row_with_lowest(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the one row with the lowest value of a measure."""
    one = subject.one
    for column in subject.measures if subject.label else ():
        amount = subject.amount(column)
        _, lowest = _superlatives(column)
        yield draft(
            _first_rows(subject, column, descending=False, limit=1),
            f"Which {one} has the lowest {amount}?",
            f"{one} with the lowest {amount}",
            f"What is the {subject.label_phrase()} of the {one} with the smallest {amount}?",
            f"Which {one} is the {lowest}?" if lowest else None,
            f"{lowest} {one}" if lowest else None,
        )


def top_rows(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the five rows with the highest values of a measure."""
    for column in subject.measures if subject.label else ():
        amount = subject.amount(column)
        highest, _ = _superlatives(column)
        yield draft(
            _first_rows(subject, column, descending=True, limit=TOP),
            f"Show the top {TOP} {subject.many} by {amount}.",
            f"{TOP} {subject.many} with the highest {amount}",
            f"Which five {subject.many} have the largest {amount}?",
            f"What are the five {highest} {subject.many}?" if highest else None,
        )


def latest_rows(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the five most recent rows."""
    if not subject.dates or not subject.label:
        return
    column = subject.dates[0]
    yield draft(
        _first_rows(subject, column, descending=True, limit=TOP, shown=(*subject.label, column)),
        f"Show the {TOP} most recent {subject.many}.",
        f"latest {TOP} {subject.many} by {subject.phrase(column)}",
        f"What are the five newest {subject.many}?",
        f"last {TOP} {subject.many}",
    )


def _first_rows(
    subject: Subject,
    column: FullColumn,
    *,
    descending: bool,
    limit: int,
    shown: tuple[FullColumn, ...] = (),
) -> exp.Select:
    """Return a query of the first rows in the order of a column.

    `shown`: the selected columns; the label if empty.
    """
    sql = subject.sql
    node = sql.column(column)
    query = exp.select(*sql.columns(shown or subject.label)).from_(sql.table(subject.table))
    # Some engines sort NULL first; it would take the place of the highest or lowest value.
    if column.nullable and sql.nulls_lead(descending=descending):
        query = query.where(exp.Not(this=exp.Is(this=node.copy(), expression=exp.Null())))
    return query.order_by(sql.ordered(node, descending=descending)).limit(limit)


def _superlatives(column: FullColumn) -> tuple[str, str]:
    """Return the superlatives for the highest and lowest value; empty if none fits."""
    return _EXTREMES.get(split_name(column.name)[-1], ("", ""))
