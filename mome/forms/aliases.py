"""Give the sources of compiled SQL their names: a table its own, an alias where two have the same.

The last step of a compilation. Columns are qualified where the query reads several sources, or one
of a query around it.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from mome.errors import NotExpressible
from mome.forms.context import Context
from mome.forms.nodes import FormColumn
from mome.forms.quoting import needs_quotes
from mome.forms.trees import direct_columns, nested_queries, sources


def name_sources(
    tree: exp.Query, context: Context, outer: Mapping[str, exp.Identifier] | None = None
) -> None:
    """Replace the ids of sources by names. Raises NotExpressible."""
    outer = outer or {}
    if not isinstance(tree, exp.Select):
        for query in nested_queries(tree):
            name_sources(query, context, outer)
        return
    inside = list(nested_queries(tree))
    nodes = sources(tree)
    for node in nodes:
        if isinstance(node, exp.Subquery):
            name_sources(node.this, context, outer)
    for entry in tree.expressions:
        if isinstance(entry, exp.Alias):
            entry.set("alias", _identifier(entry.alias, context))
    own = {node.alias for node in nodes}
    used = {column.table for column in tree.find_all(FormColumn)}
    taken = {outer[source].name.lower() for source in used - own if source in outer}
    names = {}
    for node in nodes:
        names[node.alias] = _name(node, taken, context)
        taken.add(names[node.alias].name.lower())
    for node in nodes:
        _write_source(node, names, context)
    is_alone = len(nodes) == 1 and not used & set(outer)
    visible = {**outer, **names}
    for column in list(direct_columns(tree)):
        column.replace(_written(column, visible, context, qualified=not is_alone))
    for query in inside:
        name_sources(query, context, visible)


def _name(node: exp.Expr, taken: set[str], context: Context) -> exp.Identifier:
    stem = context.name(node.alias)
    name, number = stem, 1
    while name.lower() in taken:
        number += 1
        name = f"{stem}_{number}"
    return _identifier(name, context)


def _write_source(node: exp.Expr, names: Mapping[str, exp.Identifier], context: Context) -> None:
    """Write a table with its schema, and its alias if that is not its name."""
    name = names[node.alias]
    table = context.table(node.alias)
    if table is not None:
        node.set("this", _identifier(table.name, context))
        node.set("db", _identifier(table.schema, context) if table.schema else None)
    is_alias = table is None or name.name != table.name
    node.set("alias", exp.TableAlias(this=name.copy()) if is_alias else None)


def _written(
    column: exp.Column, names: Mapping[str, exp.Identifier], context: Context, *, qualified: bool
) -> exp.Expr:
    if column.table not in names:
        raise NotExpressible("a column of no source")
    is_star = isinstance(column.this, exp.Star)
    table = names[column.table].copy() if qualified else None
    # A star that stands alone is no column.
    if is_star and table is None:
        return exp.Star()
    this = exp.Star() if is_star else _identifier(column.name, context)
    return exp.Column(this=this, table=table)


def _identifier(name: str, context: Context) -> exp.Identifier:
    return exp.to_identifier(name, quoted=needs_quotes(name, context.dialect))
