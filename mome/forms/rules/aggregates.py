"""Aggregates over some of the rows, percentiles and shares."""

from __future__ import annotations

from sqlglot import exp

from mome.forms.context import Context
from mome.forms.engine import Rule, Template
from mome.forms.nodes import Percent, Share
from mome.forms.templates import Bound, match, pattern
from mome.forms.trees import is_condition


def _is_counted(bound: Bound, context: Context) -> bool:
    """Return whether COUNT counts every row of which the condition is true."""
    if not is_condition(bound["_c"]):
        return False
    counted = bound.get("_x")
    if counted is None or (isinstance(counted, exp.Literal)):
        return True
    column = context.column(counted)
    return column is not None and not column.nullable


def _is_of_rows(bound: Bound, context: Context) -> bool:
    return is_condition(bound["_c"])


def _write_share(node: exp.Expr, context: Context) -> exp.Expr:
    """Write the share of a group's aggregate in that of all groups, or of those alike."""
    if is_condition(node.this):
        return node
    value, whole = node.this.copy(), exp.Sum(this=node.this.copy())
    window = exp.Window(this=whole, partition_by=[e.copy() for e in node.expressions] or None)
    if isinstance(node, Percent):
        value = exp.Mul(this=exp.Literal.number("100.0"), expression=value)
    return exp.Div(this=value, expression=window)


def _read_share(node: exp.Expr, context: Context) -> exp.Expr | None:
    for kind, text in ((Percent, "100 * _a / _w"), (Percent, "_a * 100 / _w"), (Share, "_a / _w")):
        bound: Bound = {}
        if match(pattern(text), node, bound) and _is_whole(bound["_w"], bound["_a"]):
            groups = bound["_w"].args.get("partition_by") or []
            return kind(this=bound["_a"].copy(), expressions=[group.copy() for group in groups])
    return None


def _is_whole(window: exp.Expr, part: exp.Expr) -> bool:
    """Return whether a window sums up a part over all rows or some of them, without an order."""
    if not isinstance(window, exp.Window) or window.args.get("order") or window.args.get("spec"):
        return False
    return isinstance(window.this, exp.Sum) and window.this.this == part


AGGREGATES: tuple[Rule | Template, ...] = (
    Template(
        "COUNT_IF(_c)",
        "COUNT(CASE WHEN _c THEN 1 END)",
        also=(
            "SUM(CASE WHEN _c THEN 1 ELSE 0 END)",
            "SUM(_c)",
            "COUNT(*) FILTER(WHERE _c)",
            "COUNT(CASE WHEN _c THEN _x END)",
        ),
        holds=_is_counted,
    ),
    Template("SUM_IF(_x, _c)", "SUM(CASE WHEN _c THEN _x ELSE 0 END)"),
    Template("AVG_IF(_x, _c)", "AVG(CASE WHEN _c THEN _x END)", also=("AVG(_x) FILTER(WHERE _c)",)),
    Template(
        "PERCENTILE(_x, _p)",
        {
            "duckdb": "QUANTILE_CONT(_x, _p)",
            "postgres": "PERCENTILE_CONT(_p) WITHIN GROUP (ORDER BY _x)",
        },
    ),
    Template("MEDIAN(_x)", "PERCENTILE(_x, 0.5)", spelt={"duckdb": ("MEDIAN(_x)",)}),
    Template(
        "PERCENT(_c)",
        "100.0 * COUNT_IF(_c) / COUNT(*)",
        also=(
            "100 * COUNT_IF(_c) / COUNT(*)",
            "COUNT_IF(_c) * 100 / COUNT(*)",
            "COUNT_IF(_c) / COUNT(*) * 100",
            "100 * (COUNT_IF(_c) / COUNT(*))",
        ),
        holds=_is_of_rows,
    ),
    Template("SHARE(_c)", "COUNT_IF(_c) / COUNT(*)", holds=_is_of_rows),
    Rule(Percent, (exp.Div,), _write_share, _read_share),
    # Both kinds of share are read by the rule above.
    Rule(Share, (), _write_share, _read_share),
)
