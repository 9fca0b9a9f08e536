"""Implausible queries: they run, but no question means them.

Examples are a column shown twice, equal sides of an INTERSECT or of a difference, a condition that
stands twice, or text compared with a sum.
`candidates` lowers a candidate's rank for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from sqlglot import exp

from mome.catalog import Catalog, Column, Table, holds_numbers
from mome.linking.values import ValueIndex
from mome.sql_tree import tables_in

# Families of `Column.family` that are numbers, and those that are text.
_NUMERIC, _TEXT = frozenset({"integer", "number"}), frozenset({"text", "binary"})
# Functions whose result has the type of their argument.
_LIKE_ITS_ARGUMENT = (exp.Min, exp.Max, exp.Paren, exp.Distinct)


def flaws(tree: exp.Expr, catalog: Catalog, values: ValueIndex | None = None) -> int:
    """Count the implausible parts of a query. A column counts as text if `values` or the catalog
    list text for it.
    """
    found = sum(_same_sides(node) for node in tree.find_all(exp.SetOperation))
    found += sum(_repeated_parts(node) for node in tree.find_all(exp.And, exp.Or))
    found += sum(_same_branches(node) for node in tree.find_all(exp.Case))
    found += sum(node.this == node.expression for node in tree.find_all(exp.Sub, exp.Div))
    for select in tree.find_all(exp.Select):
        tables = _tables(select, catalog)
        found += (
            _repeats(select)
            + _shows_literal(select)
            + _groups_single_rows(select, tables)
            + _aggregates_of_groups(select)
            + _aggregates_of_constants(select)
            + _conditions(select, tables, catalog, values)
        )
    return found


def _same_sides(node: exp.SetOperation) -> bool:
    return node.this == node.expression


def _repeated_parts(node: exp.Connector) -> int:
    """Count conditions that stand in one AND or OR already."""
    if isinstance(node.parent, type(node)):
        return 0
    parts = [part.unnest() for part in node.flatten()]
    return len(parts) - len(set(parts))


def _same_branches(case: exp.Case) -> bool:
    """Return whether two neighbouring branches of a CASE show the same."""
    shown = [branch.args["true"] for branch in case.args["ifs"]]
    shown += [case.args["default"]] if case.args.get("default") else []
    return any(one == other for one, other in pairwise(shown))


def _repeats(select: exp.Select) -> int:
    """Count repeated output columns. The sides of a UNION may repeat a column as filler."""
    shown = []
    for projection in select.expressions:
        node = projection.unalias()
        if not isinstance(node, (exp.Literal, exp.Null)):
            shown.append(node)
    return len(shown) - len(set(shown))


def _shows_literal(select: exp.Select) -> int:
    """Count literals beside other output columns. The sides of a UNION may use them as labels."""
    # A literal alone is the usual form of EXISTS (SELECT 1 ...).
    if len(select.expressions) < 2 or isinstance(select.parent, exp.SetOperation):
        return 0
    shown = (projection.unalias() for projection in select.expressions)
    return sum(isinstance(node, exp.Literal) for node in shown)


def _groups_single_rows(select: exp.Select, tables: dict[str, Table]) -> bool:
    """Return whether groups of one row each are counted: a single table grouped by its key."""
    group = select.args.get("group")
    if group is None or len(tables) != 1:
        return False
    # A join may give a key several rows, which are worth counting.
    if any(select.args.get(part) for part in ("joins", "laterals")):
        return False
    if not all(isinstance(node, exp.Column) for node in group.expressions):
        return False
    (table,) = tables.values()
    by = {node.name.lower() for node in group.expressions}
    keys = [key for key in (table.primary_key, *table.unique) if key]
    counts = any(node.parent_select is select for node in select.find_all(exp.Count))
    return counts and any({name.lower() for name in key} <= by for key in keys)


def _aggregates_of_groups(select: exp.Select) -> int:
    """Count the sums, means and extremes of a column by which the query groups: it has one value in
    each group.
    """
    group = select.args.get("group")
    by = set(group.expressions) if group is not None else set()
    nodes = select.find_all(exp.Min, exp.Max, exp.Avg, exp.Sum)
    return sum(node.this in by and node.parent_select is select for node in nodes)


def _aggregates_of_constants(select: exp.Select) -> int:
    """Count the sums, means and extremes of a column that WHERE compares with one value."""
    equal = {
        node.this
        for node in _conjuncts(select)
        if isinstance(node, exp.EQ) and isinstance(node.expression, (exp.Literal, exp.Boolean))
    }
    nodes = select.find_all(exp.Min, exp.Max, exp.Avg, exp.Sum)
    return sum(node.this in equal and node.parent_select is select for node in nodes)


def _conditions(
    select: exp.Select, tables: dict[str, Table], catalog: Catalog, values: ValueIndex | None
) -> int:
    # What stands twice is counted once, by another rule.
    conditions = list(dict.fromkeys(_conjuncts(select)))
    found = 0
    for node in conditions:
        if isinstance(node, (exp.Binary, exp.In)):
            # One flaw a condition, however many rules it breaks.
            found += (
                _compares_itself(node)
                or _other_kind(node, tables, catalog, values)
                or _always_true(node, tables, catalog)
            )
    # A column that must equal two literals at once.
    equal = []
    for node in conditions:
        if isinstance(node, exp.EQ) and isinstance(node.expression, exp.Literal):
            equal.append(node.this)
    return found + len(equal) - len(set(equal))


def _conjuncts(select: exp.Select) -> list[exp.Expr]:
    """Return the conditions that WHERE joins by AND, without parentheses."""
    where = select.args.get("where")
    if where is None:
        return []
    parts = where.this.flatten() if isinstance(where.this, exp.And) else [where.this]
    return [node.unnest() for node in parts]


def _compares_itself(node: exp.Expr) -> bool:
    return (
        isinstance(node, exp.Binary)
        and isinstance(node.this, exp.Column)
        and node.this == node.expression
    )


def _other_kind(
    node: exp.Expr, tables: dict[str, Table], catalog: Catalog, values: ValueIndex | None
) -> bool:
    """Return whether text is compared with a subquery that returns numbers, or the reverse."""
    query = node.args.get("query") if isinstance(node, exp.In) else node.expression
    query = query.unnest() if isinstance(query, exp.Expression) else None
    if not isinstance(query, exp.Select) or len(query.expressions) != 1:
        return False
    kinds = {
        _kind(node.this, tables, values),
        _kind(query.expressions[0], _tables(query, catalog), values),
    }
    return kinds == {"number", "text"}


def _always_true(node: exp.Expr, tables: dict[str, Table], catalog: Catalog) -> bool:
    """Return whether a column is looked up among all its own values."""
    query = node.args.get("query") if isinstance(node, exp.In) else None
    query = query.unnest() if query is not None else None
    if not isinstance(query, exp.Select) or not isinstance(node.this, exp.Column):
        return False
    if len(tables) != 1 or len(query.expressions) != 1:
        return False
    # Each of these may leave values out, so that the look-up says something.
    if any(query.args.get(part) for part in ("where", "joins", "having", "limit", "group")):
        return False
    read = [table.key for _, table in tables_in(query, catalog)]
    if read != [table.key for table in tables.values()]:
        return False
    shown = query.expressions[0].unalias()
    return isinstance(shown, exp.Column) and shown.name.lower() == node.this.name.lower()


def _kind(node: exp.Expr, tables: dict[str, Table], values: ValueIndex | None) -> str:
    """Return number, text, or an empty string if unknown."""
    node = node.unalias()
    while isinstance(node, _LIKE_ITS_ARGUMENT):
        # DISTINCT keeps its columns in a list, the other functions their one argument in `this`.
        listed = isinstance(node, exp.Distinct) and node.expressions
        node = node.expressions[0] if listed else node.this
    if isinstance(node, (exp.Count, exp.Sum, exp.Avg)):
        return "number"
    if not isinstance(node, exp.Column):
        return ""
    owners = [tables.get(node.table.lower())] if node.table else [*tables.values()]
    for table in owners:
        column = None if table is None else table.column(node.name)
        if table is None or column is None:
            continue
        stored = values.of(table.key, column.name) if values else ()
        return _kind_of(column, column.values or stored)
    return ""


def _kind_of(column: Column, known: Sequence[object]) -> str:
    if column.family in _NUMERIC:
        return "number"
    # A text column whose values are unknown may hold numbers, so that nothing is said of it.
    if column.family not in _TEXT or not known:
        return ""
    return "" if holds_numbers(replace(column, values=tuple(known))) else "text"


def _tables(select: exp.Select, catalog: Catalog) -> dict[str, Table]:
    """Return the catalog's tables in the query's own FROM and JOINs, by lower-case alias."""
    return dict(tables_in(select, catalog))
