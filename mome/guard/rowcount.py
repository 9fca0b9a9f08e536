"""Bound the rows of FROM and of a SELECT, for aggregates that make one value of many rows.

A table counts as `limits.TABLE_ROWS` rows, tables that an equality joins as the largest of them.
Tables that nothing joins multiply.
"""

from __future__ import annotations

from itertools import combinations
from math import prod

from sqlglot import exp

from mome.guard.limits import GROUP_ROWS, TABLE_ROWS
from mome.guard.literals import number_of
from mome.guard.scope import Scope

_EQUALITIES = (exp.EQ, exp.NullSafeEQ, exp.Between, exp.In, exp.Like, exp.ILike)
_TOTALS = frozenset("count sum avg min max total median".split())


def rows_in_a_group(rows: float) -> float:
    """Return how many of this many rows an aggregate combines into one value."""
    return max(min(rows, GROUP_ROWS), rows * GROUP_ROWS / TABLE_ROWS)


def from_rows(scope: Scope) -> float:
    """Return the rows of all FROM items together."""
    groups = [{place} for place in range(len(scope.sources))]
    for link in _links(scope):
        joined = [group for group in groups if group & link]
        groups = [group for group in groups if not group & link]
        groups.append(set().union(*joined))
    return prod(max(scope.sources[place].relation.rows for place in group) for group in groups)


def select_rows(node: exp.Select, scope: Scope) -> float:
    """Return the rows of a SELECT."""
    rows = 1.0 if _is_one_row(node) else from_rows(scope)
    return limited_rows(node, rows)


def limited_rows(node: exp.Expr, rows: float) -> float:
    """Return the rows that a literal LIMIT leaves."""
    limit = node.args.get("limit")
    most = number_of(limit.expression) if isinstance(limit, exp.Limit) else None
    return rows if most is None else min(rows, max(most, 0.0))


def _is_one_row(node: exp.Select) -> bool:
    """Return whether the select list is a plain aggregate without GROUP BY."""
    if node.args.get("group") or not node.expressions:
        return False
    first = node.expressions[0].unalias()
    return isinstance(first, exp.Anonymous) and first.name.lower() in _TOTALS


def _links(scope: Scope) -> list[set[int]]:
    """Return sets of places in `scope.sources` that are joined to each other."""
    links = list(scope.links)
    for condition in (*scope.conditions, scope.where):
        if condition is not None:
            links.extend(set(pair) for pair in linked(condition, scope))
    return links


def linked(condition: exp.Expr, scope: Scope) -> set[frozenset[int]]:
    """Return the pairs of FROM items that a condition joins in every case."""
    match condition:
        case exp.Paren() | exp.Where():
            return linked(condition.this, scope)
        case exp.And():
            return linked(condition.this, scope) | linked(condition.expression, scope)
        case exp.Or():
            return linked(condition.this, scope) & linked(condition.expression, scope)
    if not isinstance(condition, _EQUALITIES):
        return set()
    places = set()
    # Columns inside of a subquery belong to its own tables.
    for node in condition.walk(prune=lambda part: isinstance(part, exp.Query)):
        place = scope.place_of(node) if isinstance(node, exp.Column) else None
        if place is not None:
            places.add(place)
    return {frozenset(pair) for pair in combinations(sorted(places), 2)}
