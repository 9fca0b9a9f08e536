"""The tables of a title's form, its names and its conditions. What writes forms calls this."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mome.answering.titles.figures import TitleFigure
from mome.answering.titles.parts import TitleParts
from mome.answering.titles.paths import Path, RowDate
from mome.answering.titles.restrictions import RowCondition
from mome.catalog import Table

TEXT_CALLS = ("CONTAINS", "STARTS", "ENDS")
"""Operators that a form writes as calls."""
START = "t0"
"""What the form calls the table whose rows are counted or measured."""


class JoinedPaths:
    """The FROM clause, in which every path from the counted rows is joined once.

    `kept`: a path of one key to things that stay where they have no rows; none for no such path.
    `start`: what the table is called; other tables are then called after it.
    """

    def __init__(self, table: Table, kept: Path = (), start: str = START) -> None:
        self.text = f"{source(table)} AS {start}"
        self._aliases: dict[tuple[str, ...], str] = {(): start}
        self._prefix = "t" if start == START else f"{start}_"
        if kept:
            key, ref = name_of(START, kept[0].column), name_of("t1", kept[0].ref_column)
            self.text = (
                f"{source(kept[0].target)} AS t1 LEFT JOIN {source(table)} AS {START}"
                f" ON {ref} = {key}"
            )
            self._aliases[(kept[0].column,)] = "t1"

    def alias(self, path: Path) -> str:
        """Return what the form calls the table at the end of a path."""
        known: tuple[str, ...] = ()
        for hop in path:
            here = (*known, hop.column)
            if here not in self._aliases:
                alias = f"{self._prefix}{len(self._aliases)}"
                own, other = (
                    name_of(self._aliases[known], hop.column),
                    name_of(alias, hop.ref_column),
                )
                self.text += f" JOIN {source(hop.target)} AS {alias} ON {own} = {other}"
                self._aliases[here] = alias
            known = here
        return self._aliases[known]


def source(table: Table) -> str:
    """Return a table as a form names it."""
    names = [table.schema, table.name] if table.schema else [table.name]
    return ".".join(map(_quoted, names))


def _quoted(name: str) -> str:
    text = name.replace('"', '""')
    return f'"{text}"'


def name_of(alias: str, column: str) -> str:
    """Return a column of a table as a form names it."""
    return f"{alias}.{_quoted(column)}"


def row_conditions(conditions: Sequence[RowCondition], joins: JoinedPaths) -> Iterator[str]:
    """Yield the conditions on the rows."""
    for one in conditions:
        column = name_of(joins.alias(one.path), one.column)
        if one.operator in TEXT_CALLS:
            yield f"{one.operator}({column}, {one.value})"
        else:
            yield f"{column} {one.operator} {one.value}"


def date_conditions(
    parts: TitleParts, figure: TitleFigure, date: RowDate | None, joins: JoinedPaths
) -> Iterator[str]:
    """Yield the condition on the date, if there is one."""
    if parts.span.condition and date is not None:
        yield parts.span.condition.format(name_of(joins.alias(date.path), date.column.name))
    elif figure.date is not None and figure.date.nullable:
        # `Churned accounts` are those with a date of churn.
        yield f"{name_of(joins.alias(()), figure.date.name)} IS NOT NULL"
