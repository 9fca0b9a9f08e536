"""Read queries over branches as the form that `branches` writes so, and keep the joins of queries
that it would take apart.
"""

from __future__ import annotations

from sqlglot import exp

from mome.errors import NotExpressible
from mome.forms.attach import listed_tables
from mome.forms.branches import (
    COUNTS,
    branches,
    conditions_of,
    keys_of,
    tables_of,
    write_over,
)
from mome.forms.context import Context
from mome.forms.joins import ImpliedJoin, implied_joins
from mome.forms.language import write_form
from mome.forms.nodes import FormColumn, form_column, steps
from mome.forms.relations import joined
from mome.forms.roles import Handle
from mome.forms.trees import direct_columns, sources

Meanings = dict[tuple[str, str], exp.Expr]
"""The alias of a branch and the name of one of its columns -> what that is."""


def complete_branches(tree: exp.Query, context: Context) -> None:
    """Write the joins of queries that do count rows several times, so that they stay so. Raises
    NotExpressible.
    """
    for select in list(tree.find_all(exp.Select)):
        if branches(select, context):
            _complete(select, context)


def _complete(select: exp.Select, context: Context) -> None:
    handles = list(dict.fromkeys(steps(column) for column in direct_columns(select)))
    first, links = implied_joins(handles, *listed_tables(select), context)
    if any(len(link.handle) > 1 for link in links):
        raise NotExpressible("a join in a role that counts rows several times")
    select.set("from_", exp.From(this=_table(first)))
    select.set("joins", [_join(link) for link in links])


def _join(link: ImpliedJoin) -> exp.Join:
    side = "LEFT" if link.is_left else None
    return exp.Join(this=_table(link.handle), on=_on(link), side=side)


def _table(handle: Handle) -> exp.Table:
    return exp.Table(this=exp.to_identifier(handle[0], quoted=True))


def _on(link: ImpliedJoin) -> exp.Expr:
    parent, table = link.parent[0], link.handle[0]
    equal = []
    for left, right in link.pairs:
        this = form_column(parent, left)
        equal.append(exp.EQ(this=this, expression=form_column(table, right)))
    return joined(equal)


def read_branches(tree: exp.Query, context: Context) -> None:
    """Read queries over branches, the innermost first."""
    for select in reversed(list(tree.find_all(exp.Select))):
        found = sources(select)
        if len(found) < 2 or not all(isinstance(node, exp.Subquery) for node in found):
            continue
        merged = _merged(select)
        if merged is not None and _is_written(merged, select, context):
            select.replace(merged) if select.parent else _become(select, merged)


def _is_written(merged: exp.Select, select: exp.Select, context: Context) -> bool:
    """Return whether a query is what another one is written as."""
    written = merged.copy()
    holder = exp.Subquery(this=written)
    try:
        write_over(written, branches(written, context), "b")
    except (NotExpressible, IndexError):
        return False
    return _unnamed(holder.this) == _unnamed(select)


def _merged(select: exp.Select) -> exp.Select | None:
    """Return a query over several others as one query; None if one of them is not that simple."""
    merged = select.copy()
    first, *others = (node.this for node in sources(merged))
    inner = [first, *others]
    if not all(isinstance(query, exp.Select) for query in inner):
        return None
    if any(query.args.get("from_") for query in others):
        return None
    meanings: Meanings = {}
    parts: list[exp.Expr] = []
    for node in sources(merged):
        for entry in node.this.expressions:
            meanings[node.alias, entry.alias] = entry.unalias()
        parts += [part for part in conditions_of(node.this) if part not in parts]
    _read_from(merged, first, others)
    where = merged.args.get("where")
    merged.set("having", exp.Having(this=where.this) if where else None)
    if not _read_columns(merged, meanings):
        return None
    keys = [key.copy() for key in keys_of(first)]
    merged.set("where", exp.Where(this=joined(parts)) if parts else None)
    merged.set("group", exp.Group(expressions=keys) if keys else None)
    return merged


def _read_from(merged: exp.Select, first: exp.Select, others: list[exp.Select]) -> None:
    """Write the FROM clause: none, or LEFT JOINs if the first query is that of the groups."""
    joins = merged.args.get("joins") or []
    merged.set("from_", first.args.get("from_"))
    merged.set("joins", first.args.get("joins"))
    if not any(join.side for join in joins):
        return
    inside = set().union(*(tables_of(key) for key in keys_of(first)))
    if not merged.args.get("from_"):
        merged.set("from_", exp.From(this=_table((min(inside),))))
    inside |= {node.name for node in sources(merged)}
    for query in others:
        shown = [entry.unalias() for entry in query.expressions]
        tables = set().union(*(tables_of(node) for node in shown)) - inside
        for table in sorted(tables):
            merged.append("joins", exp.Join(this=_table((table,)), side="LEFT"))


def _read_columns(merged: exp.Select, meanings: Meanings) -> bool:
    """Replace the columns of the branches; return whether all are known."""
    for column in list(merged.find_all(FormColumn)):
        meaning = meanings.get((column.table, column.name))
        if meaning is None:
            return False
        around = column.parent
        is_zero = isinstance(around, exp.Coalesce) and isinstance(meaning, COUNTS)
        (around if is_zero else column).replace(meaning.copy())
    return True


def _unnamed(select: exp.Expr) -> str:
    """Return the text of a query, whatever its sources and their columns are called."""
    copy = select.copy()
    names: dict[str, str] = {}
    for node in copy.find_all(exp.Subquery):
        if node.alias:
            names.setdefault(node.alias, f"n{len(names)}")
            node.set("alias", exp.TableAlias(this=exp.to_identifier(names[node.alias])))
    for column in copy.find_all(FormColumn):
        if column.table in names:
            column.set("table", exp.to_identifier(names[column.table], quoted=True))
    return write_form(copy)


def _become(select: exp.Select, other: exp.Select) -> None:
    """Let a whole query say what another one says."""
    for name in list(select.args):
        select.set(name, None)
    for name, value in other.args.items():
        select.set(name, value)
