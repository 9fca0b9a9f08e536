"""Whether a title can only mean what its parts were read as. `reader` asks."""

from __future__ import annotations

from collections.abc import Sequence

from mome.answering.titles.columns import is_link, is_rank, label_columns
from mome.answering.titles.dimensions import Division
from mome.answering.titles.figures import COUNT_PER, OF_ROWS, TitleFigure
from mome.answering.titles.grammar import UNITS
from mome.answering.titles.parts import TitleParts
from mome.answering.titles.said_words import parts_of


def are_of_same_rows(figures: Sequence[TitleFigure]) -> bool:
    """Return whether the figures are those of the rows of one table, each perhaps under conditions
    of its own: `number of jobs and number of open jobs`.
    """
    first = figures[0]
    is_one = all(one.table is first.table and one.date == first.date for one in figures)
    is_same = all(one.rows == first.rows for one in figures)
    can_differ = all(len(one.aggregates) == 1 for one in figures)
    # What follows the last of several columns may be said of all: `population and area in Asia`.
    measured = [one for one in figures if one.measure is not None]
    is_last_alone = len(measured) > 1 and bool(figures[-1].rows) and not first.rows
    return is_one and (is_same or (can_differ and not is_last_alone))


def is_unclear(parts: TitleParts, figure: TitleFigure) -> bool:
    """Return whether the words may mean something else than the figure."""
    if figure.measure is None:
        is_listing = parts.is_listing and figure.aggregates[0] not in OF_ROWS
        return is_listing or _counts_something_else(parts, figure)
    if {"minimum", "maximum"}.intersection(figure.aggregates) and is_rank(figure.measure):
        return True
    if parts.is_lookup and figure.aggregates == ("",):
        return True
    # `Average amount per month` may be that of the rows or that of the months.
    return figure.aggregates == ("average",) and any(phrase in UNITS for phrase in parts.rates)


def _counts_something_else(parts: TitleParts, figure: TitleFigure) -> bool:
    """Return whether the rows may not be what is counted: one row that a name picks, or the pairs
    of a table that only links two others.
    """
    own = [one.column for one in figure.rows if not one.path]
    labels = [column.name for column in label_columns(figure.table)]
    ending = parts_of(figure.table.name)[-1:]
    if any(column in labels or parts_of(column) == ending for column in own):
        return True
    is_bare = not (parts.dimensions or figure.rows or parts.span.condition)
    return is_bare and is_link(figure.table)


def _has_happened(figure: TitleFigure) -> bool:
    """Return whether only rows to which something has happened are counted: `closed tickets`."""
    return figure.date is not None and figure.date.nullable


def can_show(parts: TitleParts, figure: TitleFigure, divisions: Sequence[Division]) -> bool:
    """Return whether the groups are those that the view and the conditions need."""
    times = [one for one in divisions if one.date is not None]
    if parts.view.over == "time":
        return len(times) == 1
    if parts.view.over == "groups":
        # The share of open tickets by team: of all open ones, or of each team's.
        is_of_all = not (figure.rows or figure.part or _has_happened(figure))
        return len(divisions) == 1 and is_of_all
    if parts.view.over == "each":
        return len(divisions) == 1 + parts.view.within and not figure.part
    if parts.within:
        return len(divisions) == 2
    if figure.aggregates == (COUNT_PER,):
        return bool(divisions) and (divisions[-1].date is not None or bool(divisions[-1].path))
    if parts.keeps_all:
        is_thing = len(divisions) == 1 and len(divisions[0].path) == 1 and divisions[0].key
        # A condition on another table would need its join.
        is_near = not any(one.path for one in figure.rows)
        return bool(is_thing) and is_near
    return bool(divisions) or not (parts.having or parts.limit)
