"""Write the form of a title."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mome.answering.titles.dimensions import Division
from mome.answering.titles.figures import TitleFigure
from mome.answering.titles.grammar import TitleParts
from mome.answering.titles.paths import Path
from mome.catalog import Column, Table

START = "t0"
"""What the form calls the table whose rows are counted or measured."""
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


def written(
    parts: TitleParts, figure: TitleFigure, divisions: Sequence[Division], date: Column | None
) -> str | None:
    """Return the form of a title; None if its order has nothing to go by."""
    joins = _JoinedPaths(figure.table)
    shown, keys = [], []
    for one in divisions:
        alias = joins.alias(one.path)
        named = [_call(one, parts).format(_name(alias, column)) for column in one.columns]
        shown += named
        keys += [_name(alias, key) for key in one.key if key not in one.columns]
        keys += named
    is_plain = any(one.is_of_rows for one in divisions)
    number = _figure(parts, figure, is_plain=is_plain)
    order = _order(parts, number, divisions)
    if order is None:
        return None
    conditions = [*_rows(figure, joins), *_dated(parts, figure, date)]
    # After all paths have been joined.
    text = f"SELECT {', '.join([*shown, number])} FROM {joins.text}"
    if conditions:
        text += f" WHERE {' AND '.join(conditions)}"
    if keys and not is_plain:
        text += f" GROUP BY {', '.join(keys)}"
    text += order
    return f"{text} LIMIT {parts.limit}" if parts.limit else text


def _call(one: Division, parts: TitleParts) -> str:
    """Return how the form writes the columns of a division."""
    if one.unit == "quarter" and (parts.span.is_year or "year" in parts.dimensions):
        return _QUARTER_OF_YEAR
    if one.unit == "month" and "year" in parts.dimensions:
        return "MONTH({})"
    return _CALLS[one.unit]


class _JoinedPaths:
    """The FROM clause, in which every path from the counted rows is joined once."""

    def __init__(self, table: Table) -> None:
        self.text = f"{_source(table)} AS {START}"
        self._aliases: dict[tuple[str, ...], str] = {(): START}

    def alias(self, path: Path) -> str:
        """Return what the form calls the table at the end of a path."""
        known: tuple[str, ...] = ()
        for hop in path:
            here = (*known, hop.column)
            if here not in self._aliases:
                alias = f"t{len(self._aliases)}"
                own, other = (
                    _name(self._aliases[known], hop.column),
                    _name(alias, hop.ref_column),
                )
                self.text += f" JOIN {_source(hop.target)} AS {alias} ON {own} = {other}"
                self._aliases[here] = alias
            known = here
        return self._aliases[known]


def _source(table: Table) -> str:
    names = [table.schema, table.name] if table.schema else [table.name]
    return ".".join(map(_quoted, names))


def _quoted(name: str) -> str:
    text = name.replace('"', '""')
    return f'"{text}"'


def _name(alias: str, column: str) -> str:
    return f"{alias}.{_quoted(column)}"


def _figure(parts: TitleParts, figure: TitleFigure, *, is_plain: bool) -> str:
    """Return the figure; the column itself for the `top 5 employees by salary`."""
    if figure.measure is None:
        return "COUNT(*)"
    column = _name(START, figure.measure.name)
    if is_plain:
        return column
    return f"AVG({column})" if parts.aggregate == "average" else f"SUM({column})"


def _rows(figure: TitleFigure, joins: _JoinedPaths) -> Iterator[str]:
    """Yield the conditions on the rows."""
    for one in figure.rows:
        yield f"{_name(joins.alias(one.path), one.column)} = {one.value}"


def _dated(parts: TitleParts, figure: TitleFigure, date: Column | None) -> Iterator[str]:
    """Yield the condition on the date, if there is one."""
    if parts.span.condition and date is not None:
        yield parts.span.condition.format(_name(START, date.name))
    elif figure.date is not None and figure.date.nullable:
        # `Churned accounts` are those with a date of churn.
        yield f"{_name(START, figure.date.name)} IS NOT NULL"


def _order(parts: TitleParts, number: str, divisions: Sequence[Division]) -> str | None:
    """Return the ORDER BY clause; empty for none, None if the title's order has nothing to go
    by.
    """
    times = [one for one in divisions if one.date is not None]
    if parts.order in ("down", "up"):
        if not divisions:
            return None
        return f" ORDER BY {number} {'DESC' if parts.order == 'down' else 'ASC'}"
    if parts.order and not times:
        return None
    if not times:
        return ""
    ending = "DESC" if parts.order == "late" else "ASC"
    named = [_call(one, parts).format(_name(START, one.columns[0])) for one in times]
    return f" ORDER BY {', '.join(f'{name} {ending}' for name in named)}"
