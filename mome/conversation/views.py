"""Views by their definitions: `only for Germany` after rows of a view whose columns name no country
is asked of the tables that the view reads.

Covered: plain columns of one view whose definition is one SELECT. Not covered: conditions, groups
and figures over a view's rows, which its definition may have grouped already.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from mome.catalog import Catalog
from mome.sql_tree import parsed, table_of


def unfolded(sql: str, catalog: Catalog) -> str | None:
    """Return the definition of the view that a query shows columns of, with these columns alone;
    None if it shows something else.
    """
    query = parsed(sql, catalog.dialect)
    if not isinstance(query, exp.Select) or any(query.args.get(part) for part in _MORE):
        return None
    view = table_of(query.args["from_"].this, catalog) if query.args.get("from_") else None
    definition = None if view is None else _definition(view.definition, catalog.dialect)
    if definition is None:
        return None
    _name_as_catalog(definition, catalog)
    columns = {entry.alias_or_name.lower(): entry for entry in definition.selects}
    shown = [_unrounded(columns.get(name.lower())) for name in _names(query)]
    if not shown or any(entry is None for entry in shown):
        return None
    definition.set("expressions", shown)
    definition.set("order", _order(query, columns))
    return definition.sql(catalog.dialect)


# What of a query over a view makes more of its rows than to show them.
_MORE = ("joins", "where", "group", "having", "limit", "offset", "distinct", "qualify", "with_")


def _definition(text: str | None, dialect: str) -> exp.Select | None:
    """Return a view's SELECT; None if it has none, or more than that."""
    try:
        tree = sqlglot.parse_one(text, dialect=dialect) if text else None
    except SqlglotError:
        return None
    if isinstance(tree, exp.Create):
        tree = tree.expression
    return tree if isinstance(tree, exp.Select) else None


def _name_as_catalog(definition: exp.Select, catalog: Catalog) -> None:
    """Leave out the name of the default schema, which the catalog does not name."""
    for node in definition.find_all(exp.Table):
        if node.db and table_of(node, catalog) is None and catalog.table(node.name) is not None:
            node.set("db", None)


def _names(query: exp.Select) -> list[str]:
    """Return the names of the columns that a query shows; empty if it shows anything else."""
    shown = [entry.unalias() for entry in query.selects]
    are_columns = all(isinstance(entry, exp.Column) for entry in shown)
    return [entry.name for entry in shown] if are_columns else []


def _unrounded(entry: exp.Expr | None) -> exp.Expr | None:
    """Return a column without ROUND around its figure, which the glossary writes without it."""
    inner = entry.unalias() if entry is not None else None
    if not isinstance(inner, exp.Round) or not isinstance(entry, exp.Alias):
        return entry
    return exp.alias_(inner.this.copy(), entry.args["alias"].copy())


def _order(query: exp.Select, columns: Mapping[str, exp.Expr]) -> exp.Order | None:
    """Return the order of a query in the words of the definition; None if it has none."""
    order = query.args.get("order")
    if order is None:
        return None
    written = order.copy()
    for column in list(written.find_all(exp.Column)):
        known = columns.get(column.name.lower())
        if known is None:
            return None
        column.replace(known.unalias().copy())
    return written
