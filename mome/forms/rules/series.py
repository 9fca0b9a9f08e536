"""Groups over time: the period before, growth, running totals and moving averages.

The time is what the query groups by; other things that it groups by stay apart.
"""

from __future__ import annotations

from sqlglot import exp

from mome.errors import NotExpressible
from mome.forms.context import Context
from mome.forms.engine import Rule, Template
from mome.forms.nodes import DatePart, DateText, Moving, Previous, Running, Trunc
from mome.forms.stored import kind_of

SORTABLE = ("%Y", "%Y-%m", "%Y-%m-%d")
"""Formats of a date's text whose order is that of time."""


def _over_time(node: exp.Expr, context: Context) -> tuple[list[exp.Expr], list[exp.Expr]]:
    """Return what the query around a node groups by: what stays apart, and the time."""
    select = node.find_ancestor(exp.Select)
    group = select.args.get("group") if select is not None else None
    apart: list[exp.Expr] = []
    time: list[exp.Expr] = []
    for entry in group.expressions if group is not None else ():
        is_time = isinstance(entry, (Trunc, DatePart)) or kind_of(entry, context)
        is_time = is_time or (isinstance(entry, DateText) and entry.text("format") in SORTABLE)
        (time if is_time else apart).append(entry.copy())
    return apart, time


def _window(value: exp.Expr, node: exp.Expr, context: Context, start: object = None) -> exp.Expr:
    """Return a function over the groups in the order of their time.

    start: where its frame starts, which ends with the group itself; None for no frame.
    """
    apart, time = _over_time(node, context)
    if not time:
        raise NotExpressible("a series without a time in GROUP BY")
    spec = None
    if start is not None:
        spec = exp.WindowSpec(kind="ROWS", start=start, start_side="PRECEDING", end="CURRENT ROW")
    # Where a form's own ORDER BY puts them.
    order = exp.Order(expressions=[exp.Ordered(this=entry, nulls_first=True) for entry in time])
    return exp.Window(this=value, partition_by=apart or None, order=order, spec=spec)


def _write_previous(node: exp.Expr, context: Context) -> exp.Expr:
    return _window(exp.Lag(this=node.this.copy()), node, context)


def _write_running(node: exp.Expr, context: Context) -> exp.Expr:
    return _window(exp.Sum(this=node.this.copy()), node, context, "UNBOUNDED")


def _write_moving(node: exp.Expr, context: Context) -> exp.Expr:
    count = node.expression.name
    if not count.isdigit() or int(count) < 2:
        raise NotExpressible("a moving average over no number of periods")
    before = exp.Literal.number(int(count) - 1)
    return _window(exp.Avg(this=node.this.copy()), node, context, before)


def _read_window(node: exp.Expr, context: Context) -> exp.Expr | None:
    """Read a window over the time that the query groups by."""
    apart, time = _over_time(node, context)
    order = node.args.get("order")
    ordered = [entry.this for entry in order.expressions] if order else []
    is_falling = any(entry.args.get("desc") for entry in order.expressions) if order else False
    if not time or ordered != time or is_falling or (node.args.get("partition_by") or []) != apart:
        return None
    spec = node.args.get("spec")
    if isinstance(node.this, exp.Lag) and spec is None:
        is_last = not node.this.args.get("offset") and not node.this.args.get("default")
        return Previous(this=node.this.this.copy()) if is_last else None
    if spec is None or spec.args.get("end") != "CURRENT ROW" or spec.text("kind") != "ROWS":
        return None
    start = spec.args.get("start")
    if isinstance(node.this, exp.Sum) and start == "UNBOUNDED":
        return Running(this=node.this.this.copy())
    if isinstance(node.this, exp.Avg) and isinstance(start, exp.Literal):
        count = exp.Literal.number(int(start.this) + 1)
        return Moving(this=node.this.this.copy(), expression=count)
    return None


SERIES: tuple[Rule | Template, ...] = (
    Rule(Previous, (exp.Window,), _write_previous, _read_window),
    # The rule above reads all three.
    Rule(Running, (), _write_running, _read_window),
    Rule(Moving, (), _write_moving, _read_window),
    Template(
        "GROWTH(_x)", "(_x - PREVIOUS(_x)) / PREVIOUS(_x)", also=("CHANGE(_x) / PREVIOUS(_x)",)
    ),
    Template("GROWTH(_x, _y)", "(_x - _y) / _y"),
    Template("CHANGE(_x)", "_x - PREVIOUS(_x)"),
    Template("RATIO(_x)", "_x / PREVIOUS(_x)"),
)
