"""Constructs that need a query inside another: conditions on ranks, and percentiles on engines
without a function for them.

`write_stages` wraps a query whose sources have ids already; `read_stages` unwraps it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlglot import exp

from mome.errors import NotExpressible
from mome.forms.context import Context
from mome.forms.nodes import FormColumn, Percentile, form_column
from mome.forms.relations import joined
from mome.forms.templates import Bound, fill, match, pattern
from mome.forms.trees import direct_nodes, given_arguments, sources

_BASE = ("from_", "joins", "where")
_GROUPED = (*_BASE, "group", "having")
_INTERPOLATED = frozenset({"sqlite", "mysql"})
"""Dialects without an aggregate for percentiles."""
_PLACE, _NUMBER = "place_", "number_"
"""Names of the columns that hold a row's place among the values of its group, and their number."""
_FAR = "ABS(_r - (1 + _p * (_n - 1)))"
_PERCENTILE = f"SUM(CASE WHEN {_FAR} < 1 THEN _x * (1 - {_FAR}) END)"
"""The place of a percentile lies between two values, which count the more the nearer they are."""

Named = Mapping[str, exp.Expr]
"""The columns of an inner query by name."""


def write_stages(tree: exp.Query, context: Context) -> None:
    """Wrap the queries that need it. Raises NotExpressible."""
    for select in list(tree.find_all(exp.Select)):
        if context.dialect in _INTERPOLATED:
            _write_percentiles(select, context)
        _write_qualify(select, context)


def _write_percentiles(select: exp.Select, context: Context) -> None:
    found = list(dict.fromkeys(direct_nodes(select, (Percentile,))))
    if not found:
        return
    group = select.args.get("group")
    groups = list(group.expressions) if group else []
    shown: dict[str, exp.Expr] = {}
    for number, node in enumerate(found, 1):
        shown[f"{_PLACE}{number}"], shown[f"{_NUMBER}{number}"] = _windows(node.this, groups)
    inner = _pushed(select, _BASE)
    own = {node.alias for node in sources(inner)}
    source = context.new_source(None)
    for number, node in enumerate(found, 1):
        value = fill(
            pattern(_PERCENTILE),
            {
                "_x": node.this,
                "_p": node.expression,
                "_r": form_column(source, f"{_PLACE}{number}"),
                "_n": form_column(source, f"{_NUMBER}{number}"),
            },
        )
        for same in [n for n in direct_nodes(select, (Percentile,)) if n == node]:
            same.replace(value.copy())
    for column in list(select.find_all(FormColumn)):
        if column.table in own:
            column.replace(form_column(source, _name_of(column, shown)))
    _set_source(select, inner, shown, source)


def _windows(value: exp.Expr, groups: Iterable[exp.Expr]) -> tuple[exp.Expr, exp.Expr]:
    """Return the place of a value among those of its group, NULLs last, and their number."""
    apart = [entry.copy() for entry in groups] or None
    order = exp.Order(expressions=[exp.Ordered(this=value.copy(), nulls_first=False)])
    place = exp.Window(this=exp.RowNumber(), partition_by=apart, order=order)
    same = [entry.copy() for entry in apart] if apart else None
    return place, exp.Window(this=exp.Count(this=value.copy()), partition_by=same)


def _name_of(column: FormColumn, shown: dict[str, exp.Expr]) -> str:
    """Return the name under which an inner query shows a column, and add it there."""
    if isinstance(column.this, exp.Star):
        raise NotExpressible("all columns beside a percentile")
    name, number = column.name, 1
    while name in shown and shown[name] != column:
        number += 1
        name = f"{column.name}_{number}"
    shown.setdefault(name, column.copy())
    return name


def _pushed(select: exp.Select, clauses: Iterable[str]) -> exp.Select:
    """Move clauses of a query into a new one."""
    inner = exp.Select()
    for name in clauses:
        inner.set(name, select.args.get(name))
        select.set(name, None)
    return inner


def _set_source(select: exp.Select, inner: exp.Select, shown: Named, source: str) -> None:
    """Let a query read another one that shows these columns."""
    columns = [exp.alias_(value, name, quoted=True) for name, value in shown.items()]
    inner.set("expressions", columns)
    alias = exp.TableAlias(this=exp.to_identifier(source))
    select.set("from_", exp.From(this=exp.Subquery(this=inner, alias=alias)))


def _write_qualify(select: exp.Select, context: Context) -> None:
    qualify = select.args.get("qualify")
    if qualify is None:
        return
    select.set("qualify", None)
    source = context.new_source(None)
    shown: dict[str, exp.Expr] = {}
    entries = [_moved(entry, shown, source) for entry in _unstarred(select, context)]
    condition = qualify.this.copy()
    for number, window in enumerate(list(condition.find_all(exp.Window)), 1):
        shown[f"rank_{number}"] = window.copy()
        column = form_column(source, f"rank_{number}")
        if window is condition:
            condition = column
        else:
            window.replace(column)
    _move_columns(condition, shown, source)
    order = select.args.get("order")
    for entry in order.expressions if order else []:
        entry.set("this", _moved(entry.this, shown, source))
    inner = _pushed(select, _GROUPED)
    select.set("expressions", entries)
    select.set("where", exp.Where(this=condition))
    _set_source(select, inner, shown, source)


def _unstarred(select: exp.Select, context: Context) -> list[exp.Expr]:
    """Return what a query shows, with the columns of its stars."""
    entries: list[exp.Expr] = []
    for entry in select.expressions:
        table = context.table(entry.table) if isinstance(entry, FormColumn) else None
        if isinstance(entry.this, exp.Star) and table is not None:
            entries += [form_column(entry.table, column.name) for column in table.columns]
        else:
            entries.append(entry)
    return entries


def _moved(entry: exp.Expr, shown: dict[str, exp.Expr], source: str) -> exp.Expr:
    """Return the column under which an inner query shows an expression, and add it there."""
    value = entry.unalias()
    alias = entry.alias if isinstance(entry, exp.Alias) else ""
    name = alias or (value.name if isinstance(value, FormColumn) else f"c{len(shown) + 1}")
    for known, other in shown.items():
        if other == value:
            name = known
            break
    else:
        name = name if name not in shown else f"c{len(shown) + 1}"
        shown[name] = value.copy()
    column = form_column(source, name)
    return exp.alias_(column, alias, quoted=True) if alias else column


def _move_columns(condition: exp.Expr, shown: dict[str, exp.Expr], source: str) -> None:
    for column in list(condition.find_all(FormColumn)):
        if column.table != source:
            column.replace(_moved(column.copy(), shown, source))


def read_stages(tree: exp.Query, context: Context) -> None:
    """Unwrap the queries that were wrapped, innermost first."""
    for select in reversed(list(tree.find_all(exp.Select))):
        found = sources(select)
        inner = found[0].this if len(found) == 1 and isinstance(found[0], exp.Subquery) else None
        if not isinstance(inner, exp.Select):
            continue
        shown = {entry.alias: entry.unalias() for entry in inner.expressions}
        arguments = set(given_arguments(inner)) - {"expressions"}
        if any(name.startswith(_PLACE) for name in shown) and arguments <= set(_BASE):
            _read_percentiles(select, inner, shown)
        elif arguments <= set(_GROUPED) and _is_ranked(select, shown):
            where = select.args["where"].this
            _take(select, inner, shown, _GROUPED)
            select.set("qualify", exp.Qualify(this=where))
        elif arguments <= set(_BASE) and not inner.find(exp.AggFunc, exp.Window):
            _flatten(select, inner, shown)


def _flatten(select: exp.Select, inner: exp.Select, shown: Named) -> None:
    """Replace a query in FROM that only joins and filters by its own sources."""
    parts = [where.this.copy() for where in (inner.args.get("where"),) if where]
    _take(select, inner, shown, ("from_", "joins"))
    where = select.args.get("where")
    parts += [where.this.copy()] if where else []
    select.set("where", exp.Where(this=joined(parts)) if parts else None)


def _is_ranked(select: exp.Select, shown: Named) -> bool:
    """Return whether a query only keeps rows of another one by what a window says of them."""
    where = select.args.get("where")
    if where is None or set(given_arguments(select)) & {"group", "having", "qualify", "joins"}:
        return False
    if next(direct_nodes(select, (exp.AggFunc, exp.Window)), None) or where.find(exp.Query):
        return False
    asked = [shown.get(column.name) for column in where.find_all(FormColumn)]
    return any(value is not None and value.find(exp.Window) for value in asked)


def _take(select: exp.Select, inner: exp.Select, shown: Named, clauses: Iterable[str]) -> None:
    """Replace the columns of an inner query by what they show, and take its clauses."""
    source = sources(select)[0].alias
    for column in list(select.find_all(FormColumn)):
        if column.table == source and column.name in shown:
            column.replace(shown[column.name].copy())
    for name in clauses:
        select.set(name, inner.args.get(name))


def _read_percentiles(select: exp.Select, inner: exp.Select, shown: Named) -> None:
    group, having = select.args.get("group"), select.args.get("having")
    _take(select, inner, shown, _BASE)
    select.set("group", group)
    select.set("having", having)
    for node in list(direct_nodes(select, (exp.Sum,))):
        bound: Bound = {}
        if match(pattern(_PERCENTILE), node, bound):
            node.replace(Percentile(this=bound["_x"].copy(), expression=bound["_p"].copy()))
