"""Write the form of a title."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mome.answering.titles.columns import is_in_cents
from mome.answering.titles.dimensions import Division
from mome.answering.titles.figures import COUNT_PER, OF_PART, TitleFigure
from mome.answering.titles.from_clause import (
    START,
    JoinedPaths,
    date_conditions,
    name_of,
    row_conditions,
)
from mome.answering.titles.parts import TitleParts
from mome.answering.titles.paths import RowDate
from mome.answering.titles.restrictions import RowCondition
from mome.answering.titles.views import View
from mome.catalog import Table

_CALLS = {
    "": "{}",
    "year": "YEAR({})",
    "quarter": "TRUNC({}, 'quarter')",
    "month": "TRUNC({}, 'month')",
    "week": "TRUNC({}, 'week')",
    "day": "TRUNC({}, 'day')",
}
"""How a form writes a unit of time, as in the answers of the model."""
# Beside the year, and in a period of one year, a quarter is known by its number.
_QUARTER_OF_YEAR = "QUARTER({})"


_AGGREGATES = {
    "average": "AVG({})",
    "median": "MEDIAN({})",
    "minimum": "MIN({})",
    "maximum": "MAX({})",
    "percent": "PERCENT({})",
    "share": "SHARE({})",
}
"""How a form writes an aggregate; all others add up."""


def written(
    parts: TitleParts,
    figures: Sequence[TitleFigure],
    divisions: Sequence[Division],
    date: RowDate | None,
) -> str | None:
    """Return the form of a title; None if its order has nothing to go by, or if it does not have as
    many columns as the title lists.

    `figures`: those of the rows of one table, under the same conditions.
    """
    joins = JoinedPaths(figures[0].table, divisions[0].path if parts.keeps_all else ())
    is_per = figures[0].aggregates == (COUNT_PER,)
    groups = _Groups(parts, divisions[:-1] if is_per else divisions, joins)
    if is_per:
        numbers = [f"AVG(PER(COUNT(*), {_per(divisions[-1], parts, joins)}))"]
    elif parts.view.compared[0] and date is not None:
        numbers = _compared(parts.view.compared, figures[0], date, joins)
    else:
        numbers = list(_numbers(parts, figures, joins, is_plain=groups.is_plain))
    viewed = _viewed(parts.view, numbers, groups.within)
    columns = groups.shown if parts.hides_figure else [*groups.shown, *viewed]
    is_joint = parts.view.is_joint or bool(parts.view.compared[0])
    order = _order(parts, viewed[0] if is_joint else numbers[0], groups)
    if order is None or not columns or (parts.listed and len(parts.listed) != len(columns)):
        return None
    conditions = [
        *row_conditions(_common(figures), joins),
        *date_conditions(parts, figures[0], date, joins),
    ]
    if parts.keeps_all and conditions:
        # In the join: a thing none of whose rows fulfils them stays, with zero.
        joins.text += f" AND {' AND '.join(conditions)}"
        conditions = []
    if parts.only_filled:
        conditions += [f"{column} IS NOT NULL" for column in groups.shown]
    # After all paths have been joined.
    text = f"SELECT {', '.join(columns)} FROM {joins.text}"
    if conditions:
        text += f" WHERE {' AND '.join(conditions)}"
    if groups.keys and not groups.is_plain:
        text += f" GROUP BY {', '.join(groups.keys)}"
    if parts.having is not None:
        text += f" HAVING {numbers[0]} {parts.having.operator} {parts.having.number}"
    return text + order


def _viewed(view: View, numbers: Sequence[str], within: Sequence[str]) -> list[str]:
    """Return what a view shows of the figures.

    `within`: the columns in whose groups a whole lies.
    """
    if view.compared[0] or view.is_joint:
        return [call.format(*numbers) for call in view.templates]
    whole = ", ".join(within)
    return [call.format(number, within=whole) for number in numbers for call in view.templates]


def _per(one: Division, parts: TitleParts, joins: JoinedPaths) -> str:
    """Return by what the rows are counted before their number is averaged."""
    if one.date is not None:
        return _call(one, parts).format(name_of(joins.alias(one.path), one.columns[0]))
    return name_of(joins.alias(one.path[:-1]), one.path[-1].column)


class _Groups:
    """The columns by which a title divides its figure."""

    def __init__(
        self, parts: TitleParts, divisions: Sequence[Division], joins: JoinedPaths
    ) -> None:
        self.shown: list[str] = []
        self.keys: list[str] = []
        self.times: list[str] = []
        """The units of time among the shown columns."""
        self.within: list[str] = []
        """The columns in each group of which the rows are ranked, or add up to a whole."""
        self.is_plain = any(one.is_of_rows for one in divisions)
        for place, one in enumerate(divisions):
            alias = joins.alias(one.path)
            named = [_call(one, parts).format(name_of(alias, column)) for column in one.columns]
            self.shown += named
            self.keys += [name_of(alias, key) for key in one.key if key not in one.columns]
            self.keys += named
            self.times += named if one.date is not None else []
            self.within += named if place < max(parts.within, parts.view.within) else []


def _call(one: Division, parts: TitleParts) -> str:
    """Return how the form writes the columns of a division."""
    if one.size:
        return f"BUCKET({{}}, {one.size})"
    if one.unit == "quarter" and (parts.span.is_year or "year" in parts.dimensions):
        return _QUARTER_OF_YEAR
    if one.unit == "month" and "year" in parts.dimensions:
        return "MONTH({})"
    return _CALLS[one.unit]


def _numbers(
    parts: TitleParts, figures: Sequence[TitleFigure], joins: JoinedPaths, *, is_plain: bool
) -> Iterator[str]:
    """Yield the figures; the column itself for the `top 5 employees by salary`."""
    common = _common(figures)
    for figure in figures:
        for aggregate in figure.aggregates:
            own = [one for one in figure.rows if one not in common]
            number = _figure(figure, aggregate, joins, own, is_plain=is_plain)
            if parts.keeps_all and figure.measure is None:
                number = f"COUNT({name_of(START, _always(figure.table))})"
            elif parts.in_currency and figure.measure is not None and is_in_cents(figure.measure):
                number += " / 100.0"
            if parts.keeps_all and number.startswith("SUM("):
                number = f"COALESCE({number}, 0)"
            yield number


def _common(figures: Sequence[TitleFigure]) -> list[RowCondition]:
    """Return the conditions of all figures."""
    return [one for one in figures[0].rows if all(one in other.rows for other in figures)]


def _always(table: Table) -> str:
    """Return a column that no row leaves empty."""
    always = (*table.primary_key, *(c.name for c in table.columns if not c.nullable))
    return always[0] if always else table.columns[0].name


def _figure(
    figure: TitleFigure,
    aggregate: str,
    joins: JoinedPaths,
    own: Sequence[RowCondition],
    *,
    is_plain: bool,
) -> str:
    """Return one figure. `own`: conditions that not all figures of the title have."""
    call = _AGGREGATES.get(aggregate, "SUM({})")
    if figure.part and aggregate in OF_PART:
        return call.format(" AND ".join(row_conditions(figure.part, joins)))
    where = " AND ".join(row_conditions((*own, *figure.part), joins))
    if figure.things is not None:
        path, column = figure.things
        counted = name_of(joins.alias(path), column)
        return f"COUNT(DISTINCT {f'CASE WHEN {where} THEN {counted} END' if where else counted})"
    if where:
        return _conditional(figure, aggregate, where)
    if figure.measure is None:
        return "COUNT(*)"
    column = _measured(figure)
    return column if is_plain else call.format(column)


def _measured(figure: TitleFigure) -> str:
    assert figure.measure is not None, "rows have no column to be measured"
    column = name_of(START, figure.measure.name)
    if figure.until is not None:
        return f"ELAPSED({column}, {name_of(START, figure.until.name)}, 'day')"
    return column


def _conditional(figure: TitleFigure, aggregate: str, where: str) -> str:
    """Return a figure of those of its rows that fulfil a condition."""
    if figure.measure is None:
        return f"COUNT_IF({where})"
    column = _measured(figure)
    if aggregate == "average":
        return f"AVG_IF({column}, {where})"
    if aggregate in _AGGREGATES:
        return _AGGREGATES[aggregate].format(f"CASE WHEN {where} THEN {column} END")
    return f"SUM_IF({column}, {where})"


def _compared(
    periods: tuple[str, str], figure: TitleFigure, date: RowDate, joins: JoinedPaths
) -> list[str]:
    """Return a figure in each of two periods."""
    column = name_of(joins.alias(date.path), date.column.name)
    durings = [f"DURING({column}, '{period}')" for period in periods]
    return [_conditional(figure, figure.aggregates[0], during) for during in durings]


def _order(parts: TitleParts, number: str, groups: _Groups) -> str | None:
    """Return the clauses for the order and the number of rows; None if the title's order has
    nothing to go by.
    """
    if parts.within:
        return f" QUALIFY {_rank(parts, number, groups)}"
    order = _sorted(parts, number, groups)
    if order is not None and parts.limit:
        order += f" LIMIT {parts.limit}"
    if order is not None and parts.skipped:
        order += f" OFFSET {parts.skipped}"
    return order


def _rank(parts: TitleParts, number: str, groups: _Groups) -> str:
    """Return the condition on the rank of the rows in each of the first groups."""
    within = ", ".join(groups.within)
    if parts.skipped:
        call = "NTH" if parts.order == "down" else "NTH_LOWEST"
        return f"{call}({parts.skipped + 1}, {number}, {within})"
    call = "TOP" if parts.order == "down" else "BOTTOM"
    return f"{call}({parts.limit}, {number}, {within})"


def _sorted(parts: TitleParts, number: str, groups: _Groups) -> str | None:
    if parts.order in ("down", "up"):
        if not groups.shown:
            return None
        return f" ORDER BY {number} {'DESC' if parts.order == 'down' else 'ASC'}"
    if parts.order and not groups.times:
        return None
    if not groups.times:
        return ""
    ending = "DESC" if parts.order == "late" else "ASC"
    return f" ORDER BY {', '.join(f'{time} {ending}' for time in groups.times)}"
