"""Aggregate before joining where a join would count rows several times.

`SUM(orders.total), SUM(payment.amount)` by customer: joined first, each order would be counted once
for each payment. Each aggregate gets a query of its own over its table, and these are joined.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from mome.errors import NotExpressible
from mome.forms.attach import is_complete, listed_tables
from mome.forms.context import Context
from mome.forms.joins import ImpliedJoin, implied_joins
from mome.forms.language import write_form
from mome.forms.nodes import Every, FormColumn, Has, HasNo, Per, Series, form_column, steps
from mome.forms.relations import joined
from mome.forms.roles import Handle, pairs_of, usable_keys
from mome.forms.trees import direct_columns, direct_nodes, sources

_KEPT_TOGETHER = (Has, HasNo, Every, Per, Series, exp.Window, exp.Query)
"""What says something of the query's rows as a whole, so that they are not taken apart."""


@dataclass(frozen=True)
class Branch:
    """The aggregates over one table."""

    table: str
    aggregates: tuple[exp.Expr, ...]
    conditions: tuple[exp.Expr, ...]


def write_branches(tree: exp.Query, context: Context) -> None:
    """Write the queries that need it as queries over their branches. Raises NotExpressible."""
    for number, select in enumerate(list(tree.find_all(exp.Select)), 1):
        found = branches(select, context)
        if found and any(join.side for join in select.args.get("joins") or []):
            raise NotExpressible("aggregates over two tables of LEFT JOIN, which would be counted")
        if found:
            _write(select, found, f"b{number}_")


def branches(select: exp.Select, context: Context) -> list[Branch]:
    """Return the branches of a query; none if its joins count no row several times."""
    if is_complete(select) or next(_inside(select), None) is not None:
        return []
    aggregates = list(dict.fromkeys(_outermost(select)))
    if len(aggregates) < 2:
        return []
    try:
        above = _tables_above(select, context)
    except NotExpressible:
        return []
    grains = {aggregate: _grain(aggregate, above) for aggregate in aggregates}
    tables = list(dict.fromkeys(grain for grain in grains.values() if grain is not None))
    is_safe = all(other in above[table] for table in tables for other in tables)
    if is_safe or None in grains.values():
        return []
    conditions, keys = _conditions(select), _keys(select)
    if not all(_tables(key) <= above[table] for key in keys for table in tables):
        return []
    found = []
    for table in tables:
        own = tuple(part for part in conditions if _tables(part) <= above[table])
        # Rows with parts of which a condition is true: that takes the join.
        if any(_is_below(part, table, above) for part in conditions if part not in own):
            return []
        chosen = tuple(node for node in aggregates if grains[node] == table)
        found.append(Branch(table, chosen, own))
    used = [part for branch in found for part in branch.conditions]
    return found if all(part in used for part in conditions) else []


def _is_below(part: exp.Expr, table: str, above: Mapping[str, set[str]]) -> bool:
    """Return whether a condition is on rows of which a table's row may have several."""
    return any(table in above[other] for other in _tables(part))


def _inside(select: exp.Select) -> Iterator[exp.Expr]:
    """Yield what stands in the way of taking a query apart."""
    yield from direct_nodes(select, _KEPT_TOGETHER[:-1])
    yield from (node for node in select.find_all(exp.Query) if node is not select)


def _outermost(select: exp.Select) -> list[exp.Expr]:
    nodes = direct_nodes(select, (exp.AggFunc,))
    return [node for node in nodes if not node.find_ancestor(exp.AggFunc)]


def _keys(select: exp.Select) -> list[exp.Expr]:
    group = select.args.get("group")
    return list(group.expressions) if group else []


def _conditions(select: exp.Select) -> list[exp.Expr]:
    where = select.args.get("where")
    if where is None:
        return []
    return list(where.this.flatten()) if isinstance(where.this, exp.And) else [where.this]


def _tables(node: exp.Expr) -> set[str]:
    """Return the tables of an expression's columns; a role belongs to the table that it starts
    from.
    """
    return {column.table for column in node.find_all(FormColumn)}


def _tables_above(select: exp.Select, context: Context) -> dict[str, set[str]]:
    """Return for each table those of which a row of it has one at most, itself included."""
    handles = list(dict.fromkeys(steps(column) for column in direct_columns(select)))
    listed, optional = listed_tables(select)
    _, links = implied_joins(handles, listed, optional, context)
    plain = [link for link in links if len(link.handle) == 1]
    tables = {handle[0] for handle in handles} | set(listed)
    for link in plain:
        tables |= {link.handle[0], link.parent[0]}
    above = {table: {table} for table in tables}
    # One round for each table is enough for the longest chain of keys.
    for _ in tables:
        for link in plain:
            child, parent = _child_and_parent(link, context)
            above[child] |= above[parent]
    return above


def _child_and_parent(link: ImpliedJoin, context: Context) -> tuple[str, str]:
    """Return the table that references and the one that is referenced."""
    table = context.catalog.table(link.handle[0])
    assert table is not None
    for key in usable_keys(context.catalog, table):
        if {(right, left) for left, right in link.pairs} == set(pairs_of(key)):
            return link.handle[0], link.parent[0]
    return link.parent[0], link.handle[0]


def _grain(aggregate: exp.Expr, above: dict[str, set[str]]) -> str | None:
    """Return the table whose rows an aggregate goes through; None if it is not one."""
    tables = _tables(aggregate)
    found = [table for table in sorted(tables) if tables <= above[table]]
    return found[0] if found else None


def _write(select: exp.Select, found: Sequence[Branch], prefix: str) -> None:
    """Write a query as one over its branches, each of which shows the keys and its aggregates."""
    keys = _keys(select)
    subqueries = []
    for place, branch in enumerate(found):
        alias = f"{prefix}{place}"
        shown = {f"k{number}": key for number, key in enumerate(keys, 1)}
        shown |= {f"v{number}": node for number, node in enumerate(branch.aggregates, 1)}
        subqueries.append(_subquery(branch, shown, keys, alias))
        for name, node in shown.items():
            _replace(select, node, form_column(alias, name))
    having = select.args.get("having")
    for clause in ("group", "having", "joins", "where"):
        select.set(clause, None)
    select.set("where", exp.Where(this=having.this) if having else None)
    select.set("from_", exp.From(this=subqueries[0]))
    for place, subquery in enumerate(subqueries[1:], 1):
        equal = [
            exp.NullSafeEQ(
                this=form_column(f"{prefix}0", f"k{number}"),
                expression=form_column(f"{prefix}{place}", f"k{number}"),
            )
            for number in range(1, len(keys) + 1)
        ]
        on = joined(equal) if equal else None
        select.append("joins", exp.Join(this=subquery, on=on, kind=None if equal else "CROSS"))


def _subquery(
    branch: Branch, shown: dict[str, exp.Expr], keys: Sequence[exp.Expr], alias: str
) -> exp.Subquery:
    columns = [exp.alias_(node.copy(), name, quoted=True) for name, node in shown.items()]
    inner = exp.Select(expressions=columns)
    if branch.conditions:
        inner.set("where", exp.Where(this=joined(branch.conditions)))
    if keys:
        inner.set("group", exp.Group(expressions=[key.copy() for key in keys]))
    name = exp.TableAlias(this=exp.to_identifier(alias, quoted=True))
    return exp.Subquery(this=inner, alias=name)


def _replace(select: exp.Select, wanted: exp.Expr, column: FormColumn) -> None:
    """Replace an expression where the query shows, orders or filters its groups."""
    for clause in ("expressions", "having", "order", "qualify"):
        part = select.args.get(clause)
        for root in part if isinstance(part, list) else [part]:
            nodes = list(root.find_all(type(wanted))) if root is not None else []
            for node in nodes:
                if node == wanted and node.parent is not None:
                    node.replace(column.copy())


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
        if merged is None:
            continue
        written = merged.copy()
        holder = exp.Subquery(this=written)
        again = branches(written, context)
        if again:
            _write(written, again, "b")
            if _unnamed(holder.this) == _unnamed(select):
                select.replace(merged) if select.parent else _become(select, merged)


def _merged(select: exp.Select) -> exp.Select | None:
    """Return a query over several others as one query; None if one of them is not that simple."""
    merged = select.copy()
    parts: list[exp.Expr] = []
    keys: list[exp.Expr] = []
    meanings: dict[tuple[str, str], exp.Expr] = {}
    for node in sources(merged):
        inner = node.this
        if not isinstance(inner, exp.Select) or inner.args.get("from_"):
            return None
        for entry in inner.expressions:
            meanings[node.alias, entry.alias] = entry.unalias()
        parts += [part for part in _conditions(inner) if part not in parts]
        keys = keys or _keys(inner)
    where = merged.args.get("where")
    merged.set("having", exp.Having(this=where.this) if where else None)
    merged.set("from_", None)
    merged.set("joins", None)
    for column in list(merged.find_all(FormColumn)):
        meaning = meanings.get((column.table, column.name))
        if meaning is None:
            return None
        column.replace(meaning.copy())
    merged.set("where", exp.Where(this=joined(parts)) if parts else None)
    merged.set("group", exp.Group(expressions=[key.copy() for key in keys]) if keys else None)
    return merged


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
