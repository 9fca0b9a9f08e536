"""Whether two queries are the same but for names. The check of candidates drops rejected queries by
it, the tune compares queries by it where rows are no evidence.
"""

from __future__ import annotations

from sqlglot import exp

from mome.catalog import Catalog
from mome.sql_tree import parsed, sources, table_of


def same_but_for_names(sql: str, other: str, catalog: Catalog) -> bool:
    """Return whether both queries differ only in aliases and qualification of names; False if that
    is unclear.
    """
    one = _spelled_out(parsed(sql, catalog.dialect), catalog)
    two = _spelled_out(parsed(other, catalog.dialect), catalog)
    return one is not None and one == two


def _spelled_out(tree: exp.Expr | None, catalog: Catalog) -> exp.Expr | None:
    """Replace aliases and columns by catalog keys; None if a name is not from one of the catalog's
    tables.
    """
    if not isinstance(tree, exp.Query):
        return None
    # Inner SELECTs come first, so that an outer one finds no names of theirs any more.
    for select in reversed(list(tree.find_all(exp.Select))):
        if not _spell_out_select(select, catalog):
            return None
    return tree


def _spell_out_select(select: exp.Select, catalog: Catalog) -> bool:
    """Replace the names of one SELECT in place; return False if one of them is unclear."""
    tables = sources(select)
    keys = {node.alias_or_name.lower(): _key(node, catalog) for node in tables}
    scope = {alias: key for alias, key in keys.items() if key is not None}
    aliased = [shown for shown in select.expressions if isinstance(shown, exp.Alias)]
    aliases = {shown.alias.lower() for shown in aliased}
    columns = [column for column in select.find_all(exp.Column) if column.parent_select is select]
    # A bare name that is also an alias may mean either of them.
    unclear = any(not column.table and column.name.lower() in aliases for column in columns)
    # A table that occurs twice needs its aliases to tell the occurrences apart.
    if unclear or len(scope) < len(keys) or len(set(scope.values())) < len(tables):
        return False
    for column in columns:
        owner = _owner(column, scope, catalog)
        if owner is None:
            return False
        column.replace(exp.Var(this=f"{owner}.{column.name}".lower()))
    for node in tables:
        node.replace(exp.Var(this=scope[node.alias_or_name.lower()]))
    for shown in aliased:
        shown.replace(shown.this)
    return True


def _key(node: exp.Expr, catalog: Catalog) -> str | None:
    """Return the key of a plainly named table; None for anything else."""
    if not isinstance(node, exp.Table):
        return None
    # Anything else, such as TABLESAMPLE, changes which rows the name stands for.
    others = [value for name, value in node.args.items() if name not in ("this", "db", "alias")]
    if any(others):
        return None
    table = table_of(node, catalog)
    return None if table is None or node.alias_column_names else table.key


def _owner(column: exp.Column, scope: dict[str, str], catalog: Catalog) -> str | None:
    """Return the key of the one table that has the column; None if there are several."""
    if column.table:
        return scope.get(column.table.lower())
    tables = (catalog.table(key) for key in scope.values())
    owners = [table.key for table in tables if table is not None and table.column(column.name)]
    return owners[0] if len(owners) == 1 else None
