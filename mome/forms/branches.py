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
from mome.forms.nodes import (
    CountWhere,
    Every,
    FormColumn,
    Has,
    HasNo,
    Per,
    Series,
    SumWhere,
    form_column,
    steps,
)
from mome.forms.relations import joined
from mome.forms.roles import pairs_of, usable_keys
from mome.forms.trees import direct_columns, direct_nodes

_KEPT_TOGETHER = (Has, HasNo, Every, Per, Series, exp.Window, exp.Query)
"""What says something of the query's rows as a whole, so that they are not taken apart."""


COUNTS = (exp.Count, CountWhere, SumWhere)
"""Aggregates that are 0 where there is no row."""


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
        if found:
            write_over(select, found, f"b{number}_")


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
    conditions, keys = conditions_of(select), keys_of(select)
    if not all(tables_of(key) <= above[table] for key in keys for table in tables):
        return []
    # A listed table that no branch reads would be lost.
    if not set(listed_tables(select)[0]) <= set().union(*(above[table] for table in tables)):
        return []
    found = []
    for table in tables:
        own = tuple(part for part in conditions if tables_of(part) <= above[table])
        # Rows with parts of which a condition is true: that takes the join.
        if any(_is_below(part, table, above) for part in conditions if part not in own):
            return []
        chosen = tuple(node for node in aggregates if grains[node] == table)
        found.append(Branch(table, chosen, own))
    used = [part for branch in found for part in branch.conditions]
    return found if all(part in used for part in conditions) else []


def _is_below(part: exp.Expr, table: str, above: Mapping[str, set[str]]) -> bool:
    """Return whether a condition is on rows of which a table's row may have several."""
    return any(table in above[other] for other in tables_of(part))


def _inside(select: exp.Select) -> Iterator[exp.Expr]:
    """Yield what stands in the way of taking a query apart."""
    yield from direct_nodes(select, _KEPT_TOGETHER[:-1])
    yield from (node for node in select.find_all(exp.Query) if node is not select)


def _outermost(select: exp.Select) -> list[exp.Expr]:
    nodes = direct_nodes(select, (exp.AggFunc,))
    return [node for node in nodes if not node.find_ancestor(exp.AggFunc)]


def keys_of(select: exp.Select) -> list[exp.Expr]:
    """Return what a query groups by."""
    group = select.args.get("group")
    return list(group.expressions) if group else []


def conditions_of(select: exp.Select) -> list[exp.Expr]:
    """Return the conditions on a query's rows, all of which hold."""
    where = select.args.get("where")
    if where is None:
        return []
    return list(where.this.flatten()) if isinstance(where.this, exp.And) else [where.this]


def tables_of(node: exp.Expr) -> set[str]:
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
    tables = tables_of(aggregate)
    found = [table for table in sorted(tables) if tables <= above[table]]
    return found[0] if found else None


def write_over(select: exp.Select, found: Sequence[Branch], prefix: str) -> None:
    """Write a query as one over its branches, each of which shows the keys and its aggregates.
    Raises NotExpressible.

    With LEFT JOIN, a query of the keys alone comes first, so that no group is lost.
    """
    keys = keys_of(select)
    optional = listed_tables(select)[1] if keys else []
    if optional:
        found = [_base(select, optional), *found]
    subqueries = []
    for place, branch in enumerate(found):
        alias = f"{prefix}{place}"
        shown = {f"k{number}": key for number, key in enumerate(keys, 1)}
        shown |= {f"v{number}": node for number, node in enumerate(branch.aggregates, 1)}
        subqueries.append(_subquery(branch, shown, keys, alias))
        for name, node in shown.items():
            column = form_column(alias, name)
            is_zero = optional and isinstance(node, COUNTS)
            _replace(select, node, _or_zero(column) if is_zero else column)
    if optional:
        _read_listed(subqueries[0].this, select)
    having = select.args.get("having")
    for clause in ("group", "having", "joins", "where"):
        select.set(clause, None)
    select.set("where", exp.Where(this=having.this) if having else None)
    select.set("from_", exp.From(this=subqueries[0]))
    for place, subquery in enumerate(subqueries[1:], 1):
        on = _same_keys(f"{prefix}0", f"{prefix}{place}", len(keys))
        kind, side = None if keys else "CROSS", "LEFT" if optional else None
        select.append("joins", exp.Join(this=subquery, on=on, kind=kind, side=side))


def _base(select: exp.Select, optional: Sequence[str]) -> Branch:
    """Return the branch of the groups themselves. Raises NotExpressible."""
    conditions = conditions_of(select)
    if any(tables_of(node) & set(optional) for node in (*conditions, *keys_of(select))):
        raise NotExpressible("a condition or a group of a table of LEFT JOIN beside others")
    return Branch("", (), tuple(conditions))


def _read_listed(base: exp.Select, select: exp.Select) -> None:
    """Let the query of the groups read what FROM lists, unless its columns say so."""
    named = set().union(*(tables_of(key) for key in keys_of(select)))
    if set(listed_tables(select)[0]) <= named:
        return
    base.set("from_", select.args.get("from_"))
    base.set("joins", [join for join in select.args["joins"] if not join.side] or None)


def _or_zero(column: FormColumn) -> exp.Expr:
    return exp.Coalesce(this=column, expressions=[exp.Literal.number(0)])


def _same_keys(left: str, right: str, count: int) -> exp.Expr | None:
    """Return the condition that two branches are of the same group; NULL is a group too."""
    equal = []
    for number in range(1, count + 1):
        this = form_column(left, f"k{number}")
        equal.append(exp.NullSafeEQ(this=this, expression=form_column(right, f"k{number}")))
    return joined(equal) if equal else None


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


def _replace(select: exp.Select, wanted: exp.Expr, column: exp.Expr) -> None:
    """Replace an expression where the query shows, orders or filters its groups."""
    for clause in ("expressions", "having", "order", "qualify"):
        part = select.args.get(clause)
        for root in part if isinstance(part, list) else [part]:
            nodes = list(root.find_all(type(wanted))) if root is not None else []
            for node in nodes:
                if node == wanted and node.parent is not None:
                    node.replace(column.copy())
