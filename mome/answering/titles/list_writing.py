"""Write the forms of lists: of columns, and of the best rows of each group."""

from __future__ import annotations

from collections.abc import Sequence

from mome.answering.titles.best_rows import BestRows
from mome.answering.titles.dimensions import Division
from mome.answering.titles.figures import TitleFigure
from mome.answering.titles.from_clause import (
    START,
    JoinedPaths,
    date_conditions,
    name_of,
    row_conditions,
)
from mome.answering.titles.listings import Listing
from mome.answering.titles.parts import TitleParts
from mome.answering.titles.paths import RowDate
from mome.catalog import Column


def listed(
    figure: TitleFigure,
    divisions: Sequence[Division],
    listing: Listing,
    date: RowDate | None,
    sorted_by: Column | None = None,
) -> str:
    """Return the form of a list of columns of the rows.

    `sorted_by`: the column of the rows by which they are ranked or put in order; None for none.
    """
    joins = JoinedPaths(figure.table)
    shown = [name_of(joins.alias(one.path), column) for one in divisions for column in one.columns]
    parts = TitleParts((), span=listing.span)
    conditions = [*row_conditions(figure.rows, joins), *date_conditions(parts, figure, date, joins)]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    text = f"SELECT {', '.join(shown)} FROM {joins.text}{where}"
    if sorted_by is not None:
        return text + _ordered(listing, sorted_by)
    if listing.order and date is not None:
        ending = "DESC" if listing.order == "late" else "ASC"
        text += f" ORDER BY {name_of(joins.alias(date.path), date.column.name)} {ending}"
    return text


def _ordered(listing: Listing, column: Column) -> str:
    """Return the clauses for the order and the number of rows."""
    name, rank = name_of(START, column.name), listing.rank
    if rank is None:
        return f" ORDER BY {name} {'DESC' if listing.order == 'down' else 'ASC'}"
    text = f" ORDER BY {name} {'DESC' if rank.is_high else 'ASC'} LIMIT {rank.count}"
    return f"{text} OFFSET {rank.skipped}" if rank.skipped else text


def best_of_each(
    figure: TitleFigure,
    divisions: Sequence[Division],
    group: Division,
    ranked: Column,
    best: BestRows,
    date: RowDate | None,
) -> str:
    """Return the form of columns of the best rows of each group."""
    joins = JoinedPaths(figure.table)
    shown = [name_of(joins.alias(one.path), column) for one in divisions for column in one.columns]
    within = [name_of(joins.alias(group.path), key) for key in group.key or group.columns]
    parts = TitleParts((), span=best.span)
    conditions = [*row_conditions(figure.rows, joins), *date_conditions(parts, figure, date, joins)]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    call = "TOP" if best.rank.is_high else "BOTTOM"
    rank = f"{call}({best.rank.count}, {name_of(START, ranked.name)}, {', '.join(within)})"
    return f"SELECT {', '.join(shown)} FROM {joins.text}{where} QUALIFY {rank}"
