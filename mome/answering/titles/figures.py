"""What a title counts, adds up or averages: `tickets opened`, `tax amount on invoices`, `minutes
used`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mome.answering.titles.columns import (
    adds_up,
    date_columns_of,
    shown_columns,
)
from mome.answering.titles.naming import (
    dated_parts,
    measured_parts,
    own_parts,
    said_parts,
    says_measure,
)
from mome.answering.titles.paths import Path, Paths
from mome.answering.titles.phrases import COUNT_PER
from mome.answering.titles.restrictions import (
    HAPPENING,
    NamedValue,
    RowCondition,
    happened,
    restricted,
)
from mome.answering.titles.said_words import (
    SaidWord,
    Words,
    are_said,
    explained,
    guesses,
    parts_of,
)
from mome.catalog import Catalog, Column, Table

AS_STORED = "as stored"
"""In the place of an aggregate: a column of single rows, which need not be one to be added up."""
OF_ROWS = ("count", "percent", "share", COUNT_PER)
"""Aggregates of rows; all others are of a column of numbers."""
OF_PART = ("percent", "share")
"""Those of rows of which only a part is meant."""
OF_NUMBERS = ("average", "median", "minimum", "maximum", AS_STORED)
"""Aggregates of a column of numbers whatever it measures; only some columns are added up."""


_KINDS = frozenset("type typ kind category cat class segment group role".split())
_STATES = frozenset("status state stat result outcome stage".split())
COUNTS = frozenset("qty quantity cnt count number num no".split())
"""Parts of the name of a column that holds a number of things."""
AMOUNTS = frozenset("amount amt total tot value".split())
_MONEY = frozenset("revenue turnover income takings proceeds volume worth".split())
_SUMS = frozenset("expense expenses cost costs expenditure expenditures spending sales".split())
"""Names of tables whose rows are amounts of money."""


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
    aggregates: tuple[str, ...] = ("",)
    """As in `FigurePhrase`."""
    until: Column | None = None
    """The second of two dates, the days between which are measured; `measure` is the first one."""
    things: tuple[Path, str] | None = None
    """The way to a column whose different values are counted; None if rows are counted."""
    part: tuple[RowCondition, ...] = ()
    """The conditions whose share of the rows is asked for; none for no share of rows."""


def figures(words: Words, aggregate: str, scope: TitleScope) -> list[TitleFigure]:
    """Return what the head of a title may mean; every word of it is explained.

    `aggregate`: as in `FigurePhrase`, or `AS_STORED`.
    """
    found: list[TitleFigure] = []
    if not words:
        return found
    if aggregate not in OF_ROWS:
        for table in scope.catalog.tables:
            found += _measured(table, words, aggregate, scope)
    if aggregate not in OF_NUMBERS:
        for table in tables_named(words, scope.catalog):
            # The `total payments` may be the sum of their amounts.
            if aggregate == "sum" and any(map(adds_up, scope.measures[table.key])):
                continue
            figure = TitleFigure(table)
            if not aggregate and parts_of(table.name)[-1] in _SUMS:
                # Expenses by category are those of money, not their number.
                amounts = plain_amounts(table, scope)
                if len(amounts) != 1:
                    continue
                figure = TitleFigure(table, amounts[0])
            found += _explaining_rest(figure, words, parts_of(table.name), scope)
    if not found and aggregate in OF_NUMBERS and aggregate != AS_STORED:
        # The average donation is that of their amounts.
        for table in tables_named(words, scope.catalog):
            amounts = plain_amounts(table, scope)
            if len(amounts) == 1 and set(own_parts(amounts[0], table)) <= AMOUNTS | {"cents"}:
                figure = TitleFigure(table, amounts[0])
                found += _explaining_rest(figure, words, parts_of(table.name), scope)
    if not found and aggregate in ("", "count"):
        found += _stored_counts(words, scope)
    if not found and aggregate not in OF_NUMBERS:
        found += _of_values(words, aggregate, scope)
    return _surest(found)


def _stored_counts(words: Words, scope: TitleScope) -> Iterator[TitleFigure]:
    """Yield the columns that hold a number of things: a `dock_cnt` is the number of docks."""
    for table in scope.catalog.tables:
        for column in scope.measures[table.key]:
            parts = own_parts(column, table)
            things = [part for part in parts if part not in COUNTS]
            # Seats are a number of them, as a `seat_cnt` is.
            is_number = len(things) < len(parts) or parts[-1:] != tuple(map(_singular, parts[-1:]))
            if things and is_number and are_said(things, words):
                named = (*parts_of(column.name), *parts_of(table.name))
                yield from _explaining_rest(TitleFigure(table, column), words, named, scope)


def _singular(part: str) -> str:
    return part.removesuffix("s")


def _of_values(words: Words, aggregate: str, scope: TitleScope) -> Iterator[TitleFigure]:
    """Yield the rows of a table that stored values stand for: `vans` are vehicles of this kind, and
    Ann Lee is a person of this name.
    """
    said = {word.text for word in words}
    matches = [(texts, match) for texts, match in scope.values if said.issuperset(texts)]
    # The number of no-shows is that of the rows in this state; bookings may be all of them.
    states = {
        one.table
        for texts, one in matches
        if set(texts) == said and not one.is_meant and _STATES.intersection(parts_of(one.column))
    }
    states = states if aggregate == "count" and len(states) == 1 else set()
    kinds = {one.table for _, one in matches if _KINDS.intersection(parts_of(one.column))}
    for table in scope.catalog.tables:
        labels = [column.name for column in shown_columns(table)]
        names = {
            text
            for texts, match in matches
            if match.table == table.key and match.column in labels
            for text in texts
        }
        if kinds == {table.key} or said == names or table.key in states:
            yield from _explaining_rest(TitleFigure(table), words, (), scope)


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
    named = [(table, said_parts(table, catalog)) for table in catalog.tables]
    whole = [(table, parts) for table, parts in named if are_said(parts, words)]
    longest = max((len(parts) for _, parts in whole), default=0)
    found = [table for table, parts in whole if len(parts) == longest]
    ending = [(table, parts[-1]) for table, parts in named if are_said(parts[-1:], words)]
    endings = Counter(last for _, last in ending)
    others = [table for table, last in ending if endings[last] == 1]
    return found + [table for table in others if table not in [one for one, _ in whole]]


def _measured(
    table: Table, words: Words, aggregate: str, scope: TitleScope
) -> Iterator[TitleFigure]:
    """Yield the columns of numbers of a table that the words name."""
    for column in scope.measures[table.key]:
        parts = measured_parts(column, table)
        if not (aggregate or adds_up(column)):
            continue
        kind = [part for part in parts if part not in AMOUNTS | {"cents"}]
        if len(kind) < len(parts) and are_said(kind, words) and _are_worth(words, table, kind):
            # The revenue from payments is the sum of their amounts, the net sales are their
            # `net_amount`.
            words = [word for word in words if word.text not in _MONEY]
            parts = tuple(kind)
        elif not says_measure(column, table, words):
            continue
        named = (*parts_of(column.name), *parts_of(table.name))
        figure = TitleFigure(table, column, guessed=guesses(parts, words))
        yield from _explaining_rest(figure, words, named, scope)


def _are_worth(words: Words, table: Table, kind: Sequence[str]) -> bool:
    """Return whether words ask for what rows are worth: the revenue from payments, the net revenue
    of a table of sales, where `net` is the `kind` of their amounts.
    """
    last = parts_of(table.name)[-1:]
    if kind and set(last) <= _SUMS and (are_said(last, words) or _said_money(words)):
        return True
    return _said_money(words) and are_said(last, [w for w in words if w.text not in _MONEY])


def _said_money(words: Words) -> bool:
    return any(word.text in _MONEY for word in words)


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
    said = [word for word in rows.rest if not _happens(word, figure.table)]
    if said:
        dates = [c for c in date_columns_of(figure.table) if happened(c, figure.table, said)]
        if len(dates) != 1:
            return
        date = dates[0]
        guessed += guesses(dated_parts(date), said)
    yield replace(
        figure,
        date=date,
        rows=rows.restrictions,
        has_other_date=rows.may_be_dates and date is None,
        guessed=figure.guessed + guessed,
    )


def _happens(word: SaidWord, table: Table) -> bool:
    """Return whether a word only says that a row came about, as `placed` of orders does where
    nothing of the table is called so.
    """
    parts = {part for column in table.columns for part in parts_of(column.name)}
    return word.text in HAPPENING and not parts.intersection(word.closeness)


def plain_amounts(table: Table, scope: TitleScope) -> list[Column]:
    """Return the columns that may be what a row is worth: a bill above 100 has an amount above it,
    not a tax amount.
    """
    columns = [column for column in scope.measures[table.key] if adds_up(column)]
    plain = [column for column in columns if set(own_parts(column, table)) <= AMOUNTS]
    return plain or columns
