"""When one query may stand for another: both give the same rows, and where these say nothing, both are the same but for names."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from mome.answering.row_comparison import same_rows
from mome.catalog import Catalog
from mome.errors import ExecutionError, Refused
from mome.execution import Executor
from mome.guard import guard
from mome.sql_tree import is_ordered, parsed, sources, table_of

SAME_ROWS = 2000
"""Rows that are compared between a verified pair's SQL and the way the backbone writes it."""


def gives_same_rows(sql: str, other: str, catalog: Catalog, executor: Executor) -> bool:
    """True where guard and database let both pass, and both give the same rows, all of which were looked at.

    They are compared in their order where `sql` orders them. Rows that say nothing are no evidence: there, both have to be the
    same query but for aliases. What the columns are called is not compared.
    """
    try:
        one, two = (executor.run(guard(text, catalog), max_rows=SAME_ROWS) for text in (sql, other))
    except (Refused, ExecutionError):
        return False
    if one.truncated or two.truncated:
        return False
    if not same_rows(one.rows, two.rows, ordered=is_ordered(sql, catalog.dialect)):
        return False
    return not blank(one.rows) or same_but_for_names(sql, other, catalog)


def blank(rows: Iterable[tuple]) -> bool:
    """Whether these rows say nothing: there are none, or they hold what counts and sums of no rows are."""
    return all(value is None or value == 0 for row in rows for value in row)


def same_but_for_names(sql: str, other: str, catalog: Catalog) -> bool:
    """Whether both are the same but for aliases and for how fully tables and columns are named; False where that is not plain."""
    one, two = (_spelled_out(parsed(text, catalog.dialect), catalog) for text in (sql, other))
    return one is not None and one == two


def _spelled_out(tree: exp.Expression | None, catalog: Catalog) -> exp.Expression | None:
    """The query with every column under its table's key and without aliases; None where a name is not one of the catalog's tables' own."""
    if not isinstance(tree, exp.Query):
        return None
    for select in reversed(list(tree.find_all(exp.Select))):
        tables = sources(select)
        scope = {node.alias_or_name.lower(): _key(node, catalog) for node in tables}
        aliases = {e.alias.lower() for e in select.expressions if isinstance(e, exp.Alias)}
        columns = [
            column for column in select.find_all(exp.Column) if column.parent_select is select
        ]
        unclear = any(not column.table and column.name.lower() in aliases for column in columns)
        if unclear or None in scope.values() or len(set(scope.values())) < len(tables):
            return None
        for column in columns:
            owner = _owner(column, scope, catalog)
            if owner is None:
                return None
            column.replace(exp.Var(this=f"{owner}.{column.name}".lower()))
        for node in tables:
            node.replace(exp.Var(this=scope[node.alias_or_name.lower()]))
        for shown in [e for e in select.expressions if isinstance(e, exp.Alias)]:
            shown.replace(shown.this)
    return tree


def _key(node: exp.Expression, catalog: Catalog) -> str | None:
    """The key of the table that is plainly named here."""
    if not isinstance(node, exp.Table) or any(
        value for name, value in node.args.items() if name not in ("this", "db", "alias")
    ):
        return None
    table = table_of(node, catalog)
    return None if table is None or node.alias_column_names else table.key


def _owner(column: exp.Column, scope: dict[str, str], catalog: Catalog) -> str | None:
    """The key of the one table that the column is of; None where that is not plain."""
    if column.table:
        return scope.get(column.table.lower())
    owners = [key for key in scope.values() if catalog.table(key).column(column.name)]
    return owners[0] if len(owners) == 1 else None
