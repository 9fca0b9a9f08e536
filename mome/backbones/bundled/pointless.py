"""Refuse compiled queries that run and that no question means: they read no table, a range in them
holds nothing, or a column is sought among its own values.
"""

from __future__ import annotations

import re
from datetime import date

from sqlglot import exp

from mome.errors import NotExpressible
from mome.forms.trees import direct_nodes

_DAY = re.compile(r"(\d{4}-\d\d-\d\d)([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?")
_LOWER, _UPPER = (exp.GT, exp.GTE), (exp.LT, exp.LTE)


def refuse_pointless(tree: exp.Expr) -> None:
    """Raise NotExpressible for a query that no question means."""
    if tree.find(exp.Table) is None:
        raise NotExpressible("a query that reads no table")
    for select in tree.find_all(exp.Select):
        reads = select.args.get("from_") is not None
        if not reads and next(direct_nodes(select, (exp.AggFunc, exp.Star)), None):
            raise NotExpressible("an aggregate of no table")
        _refuse_empty_ranges(select)
        _refuse_own_values(select)


def _refuse_own_values(select: exp.Select) -> None:
    """Raise NotExpressible if a column is sought in itself: id IN (SELECT id FROM ...), where
    nothing but the column restricts the same table.
    """
    for node in direct_nodes(select, (exp.In,)):
        query = node.args.get("query")
        inner = query.unnest() if query is not None else None
        if not isinstance(inner, exp.Select) or not isinstance(node.this, exp.Column):
            continue
        if inner.args.get("having") or inner.args.get("limit") or len(inner.expressions) != 1:
            continue
        sought = inner.expressions[0]
        restricting = inner.find(exp.Where) or exp.Where()
        names = {column.name for column in (sought, *restricting.find_all(exp.Column))}
        # Values of the own table, but not those of a row that a join or another query leads to.
        own = _only_table(select) == _only_table(inner) != ""
        if own and isinstance(sought, exp.Column) and names == {node.this.name}:
            raise NotExpressible("a column that is sought among its own values")


def _only_table(select: exp.Select) -> str:
    """Return the name of the only table that a query reads; empty if it reads several or none."""
    tables = list(direct_nodes(select, (exp.Table,)))
    return tables[0].name if len(tables) == 1 else ""


def _refuse_empty_ranges(select: exp.Select) -> None:
    """Raise NotExpressible if bounds of one column, joined by AND, leave no value between them."""
    for node in direct_nodes(select, (exp.Between,)):
        if _leaves_nothing(node.args["low"], node.args["high"], inclusive=True):
            raise NotExpressible("a range that holds nothing")
    for empty in direct_nodes(select, (exp.Is,)):
        for filled in direct_nodes(select, (exp.Not,)):
            # NOT x IS NULL is how a form writes that x is filled.
            conjunction = _conjunction(filled)
            if filled.this == empty and conjunction is not None:
                if conjunction is _conjunction(empty):
                    raise NotExpressible("a column that is both empty and filled")
    for lower in direct_nodes(select, _LOWER):
        for upper in direct_nodes(select, _UPPER):
            conjunction = _conjunction(lower)
            if conjunction is None or conjunction is not _conjunction(upper):
                continue
            if lower.this != upper.this:
                continue
            inclusive = isinstance(lower, exp.GTE) and isinstance(upper, exp.LTE)
            if _leaves_nothing(lower.expression, upper.expression, inclusive=inclusive):
                raise NotExpressible("a range that holds nothing")


def _conjunction(node: exp.Expr) -> exp.Expr | None:
    """Return the outermost node that joins a condition to others by AND alone."""
    parent = node.parent
    while isinstance(parent, exp.And | exp.Paren):
        node, parent = parent, parent.parent
    return node if isinstance(node, exp.And | exp.Paren) else None


def _leaves_nothing(lower: exp.Expr, upper: exp.Expr, *, inclusive: bool) -> bool:
    if not isinstance(lower, exp.Literal) or not isinstance(upper, exp.Literal):
        return False
    if lower.is_string != upper.is_string:
        return False
    if lower.is_string:
        # Days in ISO form sort as texts; the order of other texts depends on the collation.
        if not _is_day(lower.this) or not _is_day(upper.this):
            return False
        first, last = lower.this, upper.this
        return first > last or (first == last and not inclusive)
    low, high = float(lower.this), float(upper.this)
    return low > high or (low == high and not inclusive)


def _is_day(text: str) -> bool:
    """Return whether a text is a real day in ISO form, with or without a time."""
    match = _DAY.fullmatch(text)
    if match is None:
        return False
    try:
        date.fromisoformat(match[1])
    except ValueError:
        return False
    return True
