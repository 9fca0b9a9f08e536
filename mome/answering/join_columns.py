"""Which columns of which tables a SELECT sets equal, and what else `fan_out` and `grouping` read of
its FROM clause.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from mome.catalog import Table

Named = tuple[str, str]
"""(alias, column), both in lower case."""


def equal_columns(select: exp.Select, tables: dict[str, Table]) -> Iterator[tuple[Named, Named]]:
    """Yield the pairs of columns of two tables that joins or WHERE set equal.

    `tables`: those of the SELECT by lower-case alias.
    """
    for node in _conditions(select):
        for equality in node.find_all(exp.EQ):
            one, other = (_column(side, tables) for side in (equality.this, equality.expression))
            if one and other and one[0] != other[0]:
                yield one, other
    for join in select.args.get("joins") or []:
        for name in join.args.get("using") or []:
            yield from _shared(join.this.alias_or_name.lower(), name.name, tables)


def _column(node: exp.Expr, tables: dict[str, Table]) -> Named | None:
    return column_of(node, tables) if isinstance(node, exp.Column) else None


def _conditions(select: exp.Select) -> Iterator[exp.Expr]:
    """Yield the conditions of the joins, and WHERE, in which a comma join has its condition."""
    for join in select.args.get("joins") or []:
        if join.args.get("on") is not None:
            yield join.args["on"]
    if select.args.get("where") is not None:
        yield select.args["where"]


def _shared(joined: str, name: str, tables: dict[str, Table]) -> Iterator[tuple[Named, Named]]:
    """Yield a column of USING, which the joined table shares with one before it."""
    for alias, table in tables.items():
        if alias == joined:
            break
        if table.column(name) is not None:
            yield (alias, name.lower()), (joined, name.lower())


def column_of(column: exp.Column, tables: dict[str, Table]) -> Named | None:
    """Return the column that a node names; None if no table or several have it."""
    if column.table:
        alias = column.table.lower()
        return (alias, column.name.lower()) if alias in tables else None
    owners = [alias for alias, table in tables.items() if table.column(column.name) is not None]
    return (owners[0], column.name.lower()) if len(owners) == 1 else None


def keys_of(table: Table) -> Iterator[tuple[str, ...]]:
    """Yield the columns of each key by which a row is unique."""
    for key in (table.primary_key, *table.unique):
        if key:
            yield key


def rows_only(select: exp.Select) -> exp.Select:
    """Return a query of the literal 1 over the rows that a SELECT reads."""
    query = exp.select("1")
    for part in ("from_", "joins", "where"):
        query.set(part, _copied(select.args.get(part)))
    return query


def _copied(part: exp.Expr | list[exp.Expr] | None) -> exp.Expr | list[exp.Expr] | None:
    if isinstance(part, list):
        return [node.copy() for node in part]
    return part.copy() if part is not None else None


def written_out(node: exp.Expr, select: exp.Select) -> exp.Expr:
    """Return the expression that a GROUP BY position or alias stands for."""
    if (
        isinstance(node, exp.Literal)
        and node.is_int
        and 0 < int(node.name) <= len(select.expressions)
    ):
        return select.expressions[int(node.name) - 1].unalias().copy()
    if isinstance(node, exp.Column) and not node.table:
        for shown in select.expressions:
            if isinstance(shown, exp.Alias) and shown.alias == node.name:
                return shown.this.copy()
    return node.copy()
