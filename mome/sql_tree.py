"""What a parsed query says of the catalog's tables, for code that reads SQL after the guard.

The guard resolves names with more care (scopes, CTEs, case) and does not use this.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from mome.catalog import Catalog, Table


def parsed(sql: str, dialect: str) -> exp.Expr | None:
    """Parse one statement; None if it does not parse."""
    try:
        return sqlglot.parse_one(sql, dialect=dialect)
    except (SqlglotError, RecursionError):
        return None


def sources(select: exp.Select) -> list[exp.Expr]:
    """Return the nodes in a SELECT's own FROM and JOIN clauses, in order: tables and subqueries."""
    clauses = [select.args.get("from_"), *(select.args.get("joins") or [])]
    return [clause.this for clause in clauses if clause is not None]


def table_of(node: exp.Expr, catalog: Catalog) -> Table | None:
    """Return the catalog's table that a node names; None if it names none."""
    if not isinstance(node, exp.Table):
        return None
    return catalog.table(f"{node.db}.{node.name}" if node.db else node.name)


def tables_in(select: exp.Select, catalog: Catalog) -> Iterator[tuple[str, Table]]:
    """Yield (lower-case alias, table) for the catalog's tables in a SELECT's own FROM and JOINs."""
    for node in sources(select):
        table = table_of(node, catalog)
        if table is not None:
            yield node.alias_or_name.lower(), table


def places(column: exp.Column, catalog: Catalog) -> list[tuple[str, str]]:
    """Return (table key, column) for the tables in the innermost enclosing query that have such a
    column.
    """
    alias = column.table.lower()
    select = column.find_ancestor(exp.Select)
    # Outwards, because a subquery may compare a column of the query around it.
    while select is not None:
        found = []
        for name, table in tables_in(select, catalog):
            owner = table.column(column.name)
            if alias in ("", name) and owner is not None:
                found.append((table.key, owner.name))
        if found:
            return found
        select = select.parent_select
    return []


def is_negated(node: exp.Expr) -> bool:
    """Return whether a predicate is negated: by NOT around it, or by sqlglot's flag of NOT LIKE and
    of IS NOT, which some dialects set.
    """
    return bool(node.args.get("negate")) or isinstance(node.parent, exp.Not)


def is_ordered(sql: str, dialect: str) -> bool:
    """Return whether the outermost query has an ORDER BY, so that row order is part of its
    result.
    """
    tree = parsed(sql, dialect)
    return tree is not None and tree.args.get("order") is not None
