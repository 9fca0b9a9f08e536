"""Repair of conditions on the one period that a question names: a year, a quarter, a month, a range
of months. `composed` lists it.
"""

from __future__ import annotations

import re

from sqlglot import exp

from mome.answering.conditions import Comparison, Stored, comparisons, date_columns
from mome.answering.impossible import bounds, conjunction_of
from mome.catalog import Catalog
from mome.linking.periods import Period, periods, years
from mome.linking.values import ValueIndex


def take_period(tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex) -> list[str]:
    """Write the one period of the question as a range of the one column of dates it can be of."""
    asked = periods(question)
    if len(asked) != 1 or asked[0].year is None:
        return []
    (period,) = asked
    if _is_part(question, period):
        return []
    # Another year, as in `2023 or 2025`, would be a second period.
    if not all(year in period.text for year in years(question)):
        return []
    said = [c for c in comparisons(tree, catalog, values) if _of_period(c, period)]
    wheres = [conjunction_of(c.node) for c in said]
    if not said or not all(isinstance(where, exp.Where) for where in wheres):
        return []
    if len({id(where) for where in wheres}) != 1 or _is_range(said, period):
        return []
    column = _column_of_dates(said, wheres[0], catalog, values)
    if column is None:
        return []
    _replace([c.node for c in said], _range(column[0], period))
    return [f"{column[1].name} was read as {_in_words(period)}"]


_PARTS = frozenset("quarter half week day start beginning end middle".split())


def _is_part(question: str, period: Period) -> bool:
    """Return whether the question asks for a part of the period: `the third quarter of 2017`."""
    words = question[: question.find(period.text)].lower().split()
    # All quarters of a year are the whole year.
    is_each = words[-2:-1] in (["each"], ["every"], ["per"])
    return bool(words) and words[-1] in _PARTS and not is_each


def _of_period(comparison: Comparison, period: Period) -> bool:
    """Return whether a comparison may stand for the period: one of dates, or one of the year with
    what is no number of a year.
    """
    if comparison.stored.kind == "date":
        return True
    if comparison.sign == "LIKE" or comparison.stored.kind in ("number", "time"):
        is_year = [literal.name for literal in comparison.literals] == [str(period.year)]
        # `The total amount in 2025` compares no amount with 2025.
        is_figure = comparison.sign == "=" and _is_aggregated(comparison.column)
        return is_year and (comparison.stored.is_key or is_figure)
    return any(literal.name == str(period.year) for literal in comparison.literals) and (
        comparison.stored.kind in ("text", "boolean")
    )


def _is_aggregated(column: exp.Column) -> bool:
    """Return whether the query of a condition adds up or averages the same column."""
    select = column.find_ancestor(exp.Select)
    shown = select.expressions if select is not None else []
    return any(
        node.name.lower() == column.name.lower() and not isinstance(entry, exp.Column)
        for entry in shown
        for node in entry.find_all(exp.Column)
    )


def _is_range(said: list[Comparison], period: Period) -> bool:
    """Return whether the comparisons are the period's range already."""
    lows, highs = [], []
    for comparison in said:
        if comparison.stored.kind != "date":
            return False
        if any(not literal.is_string for literal in comparison.literals):
            return False
        low, high = bounds(comparison)
        if comparison.sign == "LIKE" and high is not None and low is not None:
            written = str(low[0]).rstrip("-")
            whole = period.low and period.high and period.low[:4] == written[:4]
            return bool(whole) and written == period.low[: 7 if period.month else 4]
        lows += [low] if low is not None else []
        highs += [high] if high is not None else []
    wanted_low = [(period.low, 0)] if period.low else []
    wanted_high = [(period.high, -1)] if period.high else []
    return lows == wanted_low and highs == wanted_high


def _column_of_dates(
    said: list[Comparison], where: exp.Expr | None, catalog: Catalog, values: ValueIndex
) -> tuple[exp.Column, Stored] | None:
    """Return the one column that the comparisons, or else the query's tables, name."""
    named = {c.column.sql().lower(): (c.column, c.stored) for c in said if c.stored.kind == "date"}
    if named:
        return next(iter(named.values())) if len(named) == 1 else None
    select = where.parent if where is not None else None
    if not isinstance(select, exp.Select):
        return None
    found = list(date_columns(select, catalog, values))
    if len(found) != 1:
        return None
    alias, stored = found[0]
    column = said[0].column.copy()
    quoted = bool(column.this.quoted) or not re.fullmatch(r"[a-z_][a-z0-9_]*", stored.column.name)
    column.set("this", exp.to_identifier(stored.column.name, quoted=quoted))
    if column.table and column.table.lower() != alias:
        column.set("table", exp.to_identifier(alias))
    return column, stored


def _range(column: exp.Column, period: Period) -> exp.Expr:
    parts: list[exp.Expr] = []
    if period.low:
        low = exp.Literal.string(period.low)
        parts.append(exp.GTE(this=column.copy(), expression=low))
    if period.high:
        high = exp.Literal.string(period.high)
        parts.append(exp.LT(this=column.copy(), expression=high))
    return exp.and_(*parts, copy=False)


def _replace(nodes: list[exp.Expr], new: exp.Expr) -> None:
    """Replace the first condition, and take the others out of their conjunction."""
    # Of `a AND a` the second goes first, so that the tree around the first stays as it is.
    for node in nodes[1:]:
        node.replace(exp.true())
    nodes[0].replace(new)
    root = new.find_ancestor(exp.Where)
    if root is not None:
        parts = root.this.flatten() if isinstance(root.this, exp.And) else [root.this]
        kept = [part for part in parts if part != exp.true()]
        root.set("this", exp.and_(*kept))


def _in_words(period: Period) -> str:
    low = f"from {period.low}" if period.low else ""
    high = f"before {period.high}" if period.high else ""
    return " to ".join(filter(None, (low, high)))
