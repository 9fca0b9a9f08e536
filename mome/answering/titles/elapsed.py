"""Days between two dates of the rows of a table, as the figure of a title."""

from __future__ import annotations

from mome.answering.titles.columns import date_columns_of
from mome.answering.titles.figures import TitleFigure, TitleScope, tables_named
from mome.answering.titles.naming import dated_parts
from mome.answering.titles.said_words import Words, are_explained, are_said, parts_of
from mome.catalog import Column
from mome.forms.stored import DAYS, YEAR, date_kind


def days_between(first: Words, second: Words, rows: Words, scope: TitleScope) -> list[TitleFigure]:
    """Return the days between two dates of the rows of a table.

    `rows`: the words for the table; empty if the title does not name it.
    """
    tables = tables_named(rows, scope.catalog) if rows else scope.catalog.tables
    found = []
    for table in tables:
        dates = [c for c in date_columns_of(table) if date_kind(c) in DAYS - {YEAR}]
        starts = [c for c in dates if _is_date(c, first)]
        ends = [c for c in dates if _is_date(c, second)]
        if len(starts) == len(ends) == 1 and starts != ends:
            found.append(TitleFigure(table, starts[0], until=ends[0]))
    return found


def days_of(rows: Words, scope: TitleScope) -> list[TitleFigure]:
    """Return the days from the first to the second date of a table that has just these two, as the
    repair time of repairs that are reported and fixed.
    """
    found = []
    for table in tables_named(rows, scope.catalog):
        dates = date_columns_of(table)
        is_pair = [date.nullable for date in dates] == [False, True]
        is_explained = are_explained(rows, parts_of(table.name))
        if is_pair and is_explained and all(date_kind(date) in DAYS - {YEAR} for date in dates):
            found.append(TitleFigure(table, dates[0], until=dates[1]))
    return found


def _is_date(column: Column, words: Words) -> bool:
    """Return whether words name a date: `order date`, `ordering` and `ordered` for `ordered_on`."""
    parts = dated_parts(column)
    said = [word for word in words if word.text not in ("date", "day", "being")]
    return bool(said) and bool(parts) and are_said(parts, said) and are_explained(said, parts)
