"""Aggregates of aggregates: `AVG(PER(COUNT(*), customer.id))` is the average number of rows of a
customer. Its SQL groups in a query in FROM.
"""

from __future__ import annotations

from sqlglot import exp

from mome.errors import NotExpressible
from mome.forms.nodes import FormColumn, Per, form_column
from mome.forms.trees import direct_columns, direct_nodes, given_arguments, sources

_MOVED = ("from_", "joins", "where")
_PREFIX = "per"


def write_averages(tree: exp.Query) -> None:
    """Write the queries that hold PER. Raises NotExpressible."""
    for number, select in enumerate(list(tree.find_all(exp.Select)), 1):
        nodes = list(direct_nodes(select, (Per,)))
        if nodes:
            _write(select, nodes, f"{_PREFIX}{number}")


def _write(select: exp.Select, nodes: list[exp.Expr], alias: str) -> None:
    keys = nodes[0].expressions
    if any(node.expressions != keys for node in nodes):
        raise NotExpressible("aggregates per different things")
    group = select.args.get("group")
    shown: dict[str, exp.Expr] = {}
    for entry in list(group.expressions) if group else []:
        _show(select, entry.copy(), f"g{len(shown) + 1}", shown, alias)
    groups = [value.copy() for value in shown.values()]
    for node in nodes:
        value = node.this.copy()
        name = next((n for n, v in shown.items() if v == value), f"v{len(shown) + 1}")
        shown[name] = value
        node.replace(form_column(alias, name))
    if any(column.table != alias for column in _outside(select)):
        raise NotExpressible("a column that the query does not group by")
    inner = exp.Select(expressions=[exp.alias_(v, n, quoted=True) for n, v in shown.items()])
    for name in _MOVED:
        inner.set(name, select.args.get(name))
        select.set(name, None)
    inner.set("group", exp.Group(expressions=[*(key.copy() for key in keys), *groups]))
    name = exp.TableAlias(this=exp.to_identifier(alias, quoted=True))
    select.set("from_", exp.From(this=exp.Subquery(this=inner, alias=name)))


def _outside(select: exp.Select) -> list[exp.Column]:
    """Return the columns of a query but for those of its sources and conditions on rows."""
    inside = {id(c) for name in _MOVED for c in _columns(select.args.get(name))}
    return [column for column in direct_columns(select) if id(column) not in inside]


def _columns(part: object) -> list[exp.Expr]:
    parts = part if isinstance(part, list) else [part]
    return [c for p in parts if isinstance(p, exp.Expr) for c in p.find_all(exp.Column)]


def _show(
    select: exp.Select, value: exp.Expr, name: str, shown: dict[str, exp.Expr], alias: str
) -> None:
    """Let the inner query show what the outer one groups by."""
    shown[name] = value
    moved = {id(n) for part in _MOVED for n in _nodes(select.args.get(part))}
    for node in [n for n in direct_nodes(select, (type(value),)) if n == value]:
        if id(node) not in moved and not node.find_ancestor(Per):
            node.replace(form_column(alias, name))


def _nodes(part: object) -> list[exp.Expr]:
    parts = part if isinstance(part, list) else [part]
    return [n for p in parts if isinstance(p, exp.Expr) for n in p.walk()]


def read_averages(tree: exp.Query) -> None:
    """Read queries over one that groups, innermost first."""
    for select in reversed(list(tree.find_all(exp.Select))):
        found = sources(select)
        inner = found[0].this if len(found) == 1 and isinstance(found[0], exp.Subquery) else None
        if isinstance(inner, exp.Select) and not select.args.get("where"):
            _read(select, inner, found[0].alias)


def _read(select: exp.Select, inner: exp.Select, alias: str) -> None:
    if set(given_arguments(inner)) != {"expressions", "group"} | (
        set(given_arguments(inner)) & set(_MOVED)
    ):
        return
    shown = {entry.alias: entry.unalias() for entry in inner.expressions}
    group = select.args.get("group")
    outer_groups = list(group.expressions) if group else []
    if not all(isinstance(entry, FormColumn) for entry in outer_groups):
        return
    kept = [shown[entry.name] for entry in outer_groups]
    all_keys = inner.args["group"].expressions
    keys = [entry for entry in all_keys if entry not in kept]
    if not keys or any(entry not in all_keys for entry in kept):
        return
    columns = [c for c in direct_columns(select) if c.table == alias]
    free = [c for c in columns if c not in outer_groups and not _is_aggregated(c)]
    if free or not columns or len(columns) != len(list(direct_columns(select))):
        return
    # Other queries may see the inner one's rows too.
    if any(c.table == alias for c in select.find_all(exp.Column) if c not in columns):
        return
    for column in columns:
        value = shown[column.name].copy()
        if column not in outer_groups:
            value = Per(this=value, expressions=[key.copy() for key in keys])
        column.replace(value)
    for name in _MOVED:
        select.set(name, inner.args.get(name))


def _is_aggregated(column: exp.Expr) -> bool:
    return isinstance(column.parent, exp.AggFunc) and not isinstance(column.parent, exp.Window)
