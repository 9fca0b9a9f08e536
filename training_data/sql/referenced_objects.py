"""Which tables and columns a query rests on, so that a changed schema finds the facts to train again; works on any SQL, verified too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope

if TYPE_CHECKING:
    from schemas.catalog import Catalog, Table


def objects_of(tree: exp.Expression, catalog: Catalog) -> frozenset[str]:
    """The `table` and `table.column` keys in the tree. `*` rests on its table; names that the catalog does not hold are left out."""
    tables = {table.key.lower(): table for table in catalog.tables}
    found: set[str] = set()
    try:
        scopes = traverse_scope(tree)
    except SqlglotError:
        return frozenset(key for node in tree.find_all(exp.Table) if (key := _key(node)) in tables)
    for scope in scopes:
        found |= {table.key for table in _sources(scope, tables).values()}
        for column in scope.columns:
            found |= _columns(column, scope, tables)
    return frozenset(found)


def _key(node: exp.Table) -> str:
    return f"{node.db}.{node.name}".lower() if node.db else node.name.lower()


def _sources(scope: Scope, tables: dict[str, Table]) -> dict[str, Table]:
    """The catalog's tables by the names that this scope gives them, in lower case."""
    nodes = {
        name.lower(): source
        for name, source in scope.sources.items()
        if isinstance(source, exp.Table)
    }
    return {name: tables[_key(node)] for name, node in nodes.items() if _key(node) in tables}


def _columns(column: exp.Column, scope: Scope, tables: dict[str, Table]) -> set[str]:
    """The keys of the columns that this name can mean, looked up from its own scope outwards."""
    while scope is not None:
        sources = _sources(scope, tables)
        searched = (
            [sources[column.table.lower()]]
            if column.table.lower() in sources
            else []
            if column.table
            else list(sources.values())
        )
        found = {
            f"{table.key}.{own.name}"
            for table in searched
            for own in table.columns
            if own.name.lower() == column.name.lower()
        }
        if found:
            return found
        scope = scope.parent
    return set()
