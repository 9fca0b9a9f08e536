"""Implausible queries: they run, but no question means them.

Examples are a column shown twice, equal sides of an INTERSECT, or text compared with a sum.
`candidates` lowers a candidate's rank for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from mome.catalog import Catalog, Column, Table, holds_numbers
from mome.linking.values import ValueIndex
from mome.sql_tree import parsed, tables_in

# Families of `Column.family` that are numbers, and those that are text.
_NUMERIC, _TEXT = frozenset({"integer", "number"}), frozenset({"text", "binary"})
# Functions whose result has the type of their argument.
_LIKE_ITS_ARGUMENT = (exp.Min, exp.Max, exp.Paren, exp.Distinct)


def flaws(sql: str, catalog: Catalog, values: ValueIndex | None = None) -> int:
    """Count the implausible parts of `sql`; 0 if it does not parse. A column counts as text if
    `values` or the catalog list text for it.
    """
    tree = parsed(sql, catalog.dialect)
    if tree is None:
        return 0
    found = sum(_same_sides(node) for node in tree.find_all(exp.SetOperation))
    for select in tree.find_all(exp.Select):
        tables = _tables(select, catalog)
        found += (
            _repeats(select)
            + _shows_literal(select)
            + _groups_single_rows(select, tables)
            + _conditions(select, tables, catalog, values)
        )
    return found


def _same_sides(node: exp.SetOperation) -> bool:
    return node.this == node.expression


def _repeats(select: exp.Select) -> int:
    """Count repeated output columns. The sides of a UNION may repeat a column as filler."""
    shown = [projection.unalias() for projection in select.expressions]
    shown = [node for node in shown if not isinstance(node, (exp.Literal, exp.Null))]
    return len(shown) - len(set(shown))


def _shows_literal(select: exp.Select) -> int:
    """Count literals beside other output columns. The sides of a UNION may use them as labels."""
    literals = sum(
        isinstance(projection.unalias(), exp.Literal) for projection in select.expressions
    )
    return (
        literals
        if len(select.expressions) > 1 and not isinstance(select.parent, exp.SetOperation)
        else 0
    )


def _groups_single_rows(select: exp.Select, tables: dict[str, Table]) -> bool:
    """Return whether groups of one row each are counted: a single table grouped by its key."""
    group, plain = (
        select.args.get("group"),
        not any(select.args.get(part) for part in ("joins", "laterals")),
    )
    if (
        group is None
        or not plain
        or len(tables) != 1
        or not all(isinstance(node, exp.Column) for node in group.expressions)
    ):
        return False
    (table,) = tables.values()
    by = {node.name.lower() for node in group.expressions}
    keys = [key for key in (table.primary_key, *table.unique) if key]
    counts = any(node.parent_select is select for node in select.find_all(exp.Count))
    return counts and any({name.lower() for name in key} <= by for key in keys)


def _conditions(
    select: exp.Select, tables: dict[str, Table], catalog: Catalog, values: ValueIndex | None
) -> int:
    where = select.args.get("where")
    parts = (
        ()
        if where is None
        else where.this.flatten()
        if isinstance(where.this, exp.And)
        else (where.this,)
    )
    given = [node.unnest() for node in parts]
    conditions = list(dict.fromkeys(given))
    found = len(given) - len(conditions)
    for node in conditions:
        if isinstance(node, (exp.Binary, exp.In)):
            found += (
                _compares_itself(node)
                or _other_kind(node, tables, catalog, values)
                or _always_true(node, tables, catalog)
            )
    equal = [
        node.this
        for node in conditions
        if isinstance(node, exp.EQ) and isinstance(node.expression, exp.Literal)
    ]
    return found + len(equal) - len(set(equal))


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
    if (
        not isinstance(query, exp.Select)
        or len(tables) != 1
        or len(query.expressions) != 1
        or not isinstance(node.this, exp.Column)
    ):
        return False
    plain = not any(query.args.get(part) for part in ("where", "joins", "having", "limit", "group"))
    read = [table.key for _, table in tables_in(query, catalog)]
    own = read == [table.key for table in tables.values()]
    shown = query.expressions[0].unalias()
    return (
        plain
        and own
        and isinstance(shown, exp.Column)
        and shown.name.lower() == node.this.name.lower()
    )


def _kind(node: exp.Expr, tables: dict[str, Table], values: ValueIndex | None) -> str:
    """Return number, text, or an empty string if unknown."""
    node = node.unalias()
    while isinstance(node, _LIKE_ITS_ARGUMENT):
        node = (
            node.expressions[0]
            if isinstance(node, exp.Distinct) and node.expressions
            else node.this
        )
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
    return (
        "text"
        if column.family in _TEXT
        and known
        and not holds_numbers(replace(column, values=tuple(known)))
        else ""
    )


def _tables(select: exp.Select, catalog: Catalog) -> dict[str, Table]:
    """Return the catalog's tables in the query's own FROM and JOINs, by lower-case alias."""
    return dict(tables_in(select, catalog))
