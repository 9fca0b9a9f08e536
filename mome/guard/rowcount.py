"""Bound the rows of FROM and of a SELECT, for aggregates that make one value of many rows.

A table counts as `limits.TABLE_ROWS` rows, tables that an equality joins as the largest of them.
Tables that nothing joins multiply.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod

from sqlglot import exp

from mome.guard.limits import GROUP_ROWS, MAX_ROUNDS, TABLE_ROWS
from mome.guard.literals import number_of
from mome.guard.scope import Scope

_EQUALITIES = (exp.EQ, exp.NullSafeEQ, exp.Between, exp.In, exp.Like, exp.ILike)
_SETS = frozenset(
    """
    unnest generate_series generate_subscripts json_array_elements json_array_elements_text
    json_each json_each_text json_object_keys jsonb_array_elements jsonb_array_elements_text
    jsonb_each jsonb_each_text jsonb_object_keys jsonb_path_query regexp_matches
    regexp_split_to_table string_to_table
    """.split()
)
"""Functions that make several rows of one in a select list."""
_TOTALS = frozenset("count sum avg min max total median".split())


def rows_in_a_group(rows: float) -> float:
    """Return how many of this many rows an aggregate combines into one value."""
    return max(min(rows, GROUP_ROWS), rows * GROUP_ROWS / TABLE_ROWS)


def from_rows(scope: Scope) -> float:
    """Return the rows of all FROM items together, computed once for each number of items."""
    count = len(scope.sources)
    if count not in scope.rows:
        scope.rows[count] = _from_rows(scope)
    return scope.rows[count]


def _from_rows(scope: Scope) -> float:
    groups = [{place} for place in range(len(scope.sources))]
    for link in _links(scope):
        joined = [group for group in groups if group & link]
        groups = [group for group in groups if not group & link]
        groups.append(set().union(*joined))
    return prod(max(scope.sources[place].relation.rows for place in group) for group in groups)


def select_rows(node: exp.Select, scope: Scope) -> float:
    """Return the rows of a SELECT."""
    rows = 1.0 if _is_one_row(node) else from_rows(scope)
    for item in node.expressions:
        rows *= _rows_of_item(item)
    return limited_rows(node, _correlated(node, scope, rows))


def _rows_of_item(item: exp.Expr) -> float:
    """Return how many rows an item of a select list makes of one."""
    for node in item.walk(prune=lambda part: isinstance(part, exp.Query)):
        if isinstance(node, exp.Anonymous) and node.name.lower() in _SETS:
            # The elements of a column are a group.
            return GROUP_ROWS if node.find(exp.Column) else MAX_ROUNDS
        if isinstance(node, exp.Unnest):
            return GROUP_ROWS if node.find(exp.Column) else MAX_ROUNDS
    return 1.0


def _correlated(node: exp.Select, scope: Scope, rows: float) -> float:
    """Return the rows of a SELECT that an equality ties to the enclosing query: a group."""
    where = node.args.get("where")
    if where is None or scope.outer is None:
        return rows
    for condition in _conditions(where.this):
        if not isinstance(condition, exp.EQ):
            continue
        sides = (condition.this, condition.expression)
        if all(isinstance(side, exp.Column) for side in sides):
            places = [scope.place_of(side) for side in sides]
            if None in places and places != [None, None]:
                return rows_in_a_group(rows)
    return rows


def _conditions(node: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the conditions that AND joins."""
    stack = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, (exp.And, exp.Paren)):
            stack.extend(part.iter_expressions())
        else:
            yield part


def limited_rows(node: exp.Expr, rows: float) -> float:
    """Return the rows that a literal LIMIT leaves."""
    limit = node.args.get("limit")
    most = number_of(limit.expression) if isinstance(limit, exp.Limit) else None
    # In SQLite a negative LIMIT is none.
    return rows if most is None or most < 0 else min(rows, most)


def _is_one_row(node: exp.Select) -> bool:
    """Return whether the select list is a plain aggregate without GROUP BY."""
    if node.args.get("group") or not node.expressions:
        return False
    first = node.expressions[0].unalias()
    if not isinstance(first, exp.Anonymous) or first.name.lower() not in _TOTALS:
        return False
    # SQLite's min and max of several values are no aggregates.
    return len(first.expressions) == 1


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
    first, *others = condition.iter_expressions()
    left = _places(first, scope)
    right = {place for other in others for place in _places(other, scope)}
    # `a.x + b.x = a.x + b.x` joins nothing.
    if left & right:
        return set()
    return {frozenset(pair) for pair in product(left, right)}


def _places(node: exp.Expr, scope: Scope) -> set[int]:
    """Return the FROM items whose columns an expression reads."""
    places = set()
    # Columns inside of a subquery belong to its own tables.
    for part in node.walk(prune=lambda part: isinstance(part, exp.Query)):
        place = scope.place_of(part) if isinstance(part, exp.Column) else None
        if place is not None:
            places.add(place)
    return places
