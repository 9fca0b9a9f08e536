"""What a title counts, adds up or averages: `tickets opened`, `tax amount on invoices`, `minutes
used`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mome.answering.titles.columns import adds_up, date_columns_of
from mome.answering.titles.naming import (
    Words,
    are_said,
    dated_parts,
    explained,
    guesses,
    measured_parts,
    parts_of,
)
from mome.answering.titles.paths import Paths
from mome.answering.titles.restrictions import NamedValue, RowCondition, happened, restricted
from mome.catalog import Catalog, Column, Table

AS_STORED = "as stored"
"""In the place of an aggregate: a column of single rows, which need not be one to be added up."""


@dataclass(frozen=True)
class TitleScope:
    """Where the words of one question are looked up."""

    catalog: Catalog
    paths: Paths
    measures: Mapping[str, Sequence[Column]]
    """Columns of numbers by the keys of their tables."""
    values: Sequence[NamedValue] = ()
    """Stored values that the question writes."""


@dataclass(frozen=True)
class TitleFigure:
    """A number over the rows of one table."""

    table: Table
    measure: Column | None = None
    """The column that is added up or averaged; None if rows are counted."""
    date: Column | None = None
    """The date that a participle names, as `opened` does; None if there is none."""
    rows: tuple[RowCondition, ...] = ()
    """Conditions on the rows."""
    has_other_date: bool = False
    """Whether a condition may as well be the date that is meant: `paid invoices in 2025`."""
    guessed: int = 0
    """Number of names that are abbreviations of what is said."""


def figures(words: Words, aggregate: str, scope: TitleScope) -> list[TitleFigure]:
    """Return what the head of a title may mean; every word of it is explained.

    `aggregate`: count, sum, average or `AS_STORED`; empty if the title does not say it.
    """
    found: list[TitleFigure] = []
    if not words:
        return found
    if aggregate != "count":
        for table in scope.catalog.tables:
            found += _measured(table, words, aggregate, scope)
    if aggregate not in ("average", AS_STORED):
        for table in tables_named(words, scope.catalog):
            # The `total payments` may be the sum of their amounts.
            if aggregate == "sum" and any(map(adds_up, scope.measures[table.key])):
                continue
            found += _explaining_rest(TitleFigure(table), words, parts_of(table.name), scope)
    return _surest(found)


def _surest(found: Sequence[TitleFigure]) -> list[TitleFigure]:
    """Return the figures with the fewest guesses and joins: the amount of open invoices is theirs,
    not that of their payments.
    """

    def cost(figure: TitleFigure) -> tuple[int, int, int]:
        joins = sum(len(one.path) for one in figure.rows)
        return figure.guessed, joins, len(figure.rows)

    return [figure for figure in found if cost(figure) == min(map(cost, found))]


def tables_named(words: Words, catalog: Catalog) -> list[Table]:
    """Return the tables that the words name: all parts of the name, or the last part of the only
    name that ends so, as `tickets` for `support_tickets`.
    """
    whole = [table for table in catalog.tables if are_said(parts_of(table.name), words)]
    longest = max((len(parts_of(table.name)) for table in whole), default=0)
    found = [table for table in whole if len(parts_of(table.name)) == longest]
    ending = [table for table in catalog.tables if are_said(parts_of(table.name)[-1:], words)]
    endings = Counter(parts_of(table.name)[-1] for table in ending)
    return found + [
        table for table in ending if table not in whole and endings[parts_of(table.name)[-1]] == 1
    ]


def _measured(
    table: Table, words: Words, aggregate: str, scope: TitleScope
) -> Iterator[TitleFigure]:
    """Yield the columns of numbers of a table that the words name."""
    for column in scope.measures[table.key]:
        parts = measured_parts(column, table)
        if not parts or not are_said(parts, words) or not (aggregate or adds_up(column)):
            continue
        named = (*parts_of(column.name), *parts_of(table.name))
        figure = TitleFigure(table, column, guessed=guesses(parts, words))
        yield from _explaining_rest(figure, words, named, scope)


def _explaining_rest(
    figure: TitleFigure, words: Words, named: Iterable[str], scope: TitleScope
) -> Iterator[TitleFigure]:
    """Yield the figure with what the words beside its names say: a date, a flag, a stored value.
    Nothing if a word says none of these.
    """
    taken = explained(words, tuple(named))
    rest = [word for word in words if word not in taken]
    rows = restricted(figure.table, rest, words[-1].text, scope.values, scope.paths)
    if rows is None:
        return
    guessed = guesses(parts_of(figure.table.name), words)
    date = None
    if rows.rest:
        dates = [c for c in date_columns_of(figure.table) if happened(c, figure.table, rows.rest)]
        if len(dates) != 1:
            return
        date = dates[0]
        guessed += guesses(dated_parts(date), rows.rest)
    yield replace(
        figure,
        date=date,
        rows=rows.restrictions,
        has_other_date=rows.may_be_dates and date is None,
        guessed=figure.guessed + guessed,
    )
