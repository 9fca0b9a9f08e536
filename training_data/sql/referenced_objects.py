"""The tables and columns that a query refers to.

Facts store them, so that after a change of the schema only the facts that it affects are trained
again. Works on any SQL that sqlglot parses, verified pairs included.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope

if TYPE_CHECKING:
    from schemas.catalog import FullCatalog, FullTable


def objects_of(tree: exp.Expr, catalog: FullCatalog) -> frozenset[str]:
    """Return the `table` and `table.column` keys in the tree.

    `*` refers to its table alone. Names that are not in the catalog are left out. Where sqlglot
    cannot resolve the scopes of the query, only tables are returned.
    """
    tables = {table.key.lower(): table for table in catalog.tables}
    try:
        scopes = traverse_scope(tree)
    except SqlglotError:
        keys = map(_key, tree.find_all(exp.Table))
        return frozenset(key for key in keys if key in tables)
    found: set[str] = set()
    for scope in scopes:
        found |= {table.key for table in _sources(scope, tables).values()}
        for column in scope.columns:
            found |= _columns(column, scope, tables)
    return frozenset(found)


def _key(node: exp.Table) -> str:
    return f"{node.db}.{node.name}".lower() if node.db else node.name.lower()


def _sources(scope: Scope, tables: dict[str, FullTable]) -> dict[str, FullTable]:
    """Return the catalog's tables by their names or aliases in this scope, in lower case."""
    found: dict[str, FullTable] = {}
    for name, source in scope.sources.items():
        if isinstance(source, exp.Table) and _key(source) in tables:
            found[name.lower()] = tables[_key(source)]
    return found


def _columns(column: exp.Column, scope: Scope | None, tables: dict[str, FullTable]) -> set[str]:
    """Return the keys of the columns that a name can mean.

    The name is looked up in its own scope and then outwards, as in a correlated subquery.
    """
    while scope is not None:
        keys = {
            f"{table.key}.{own.name}"
            for table in _searched(column, _sources(scope, tables))
            for own in table.columns
            if own.name.lower() == column.name.lower()
        }
        if keys:
            return keys
        scope = scope.parent
    return set()


def _searched(column: exp.Column, sources: dict[str, FullTable]) -> list[FullTable]:
    """Return the tables in which to look for a column: the one that it names, else all."""
    if not column.table:
        return list(sources.values())
    table = sources.get(column.table.lower())
    return [table] if table else []
