"""Conditions on ranks, which stand in QUALIFY: the top n of each group, and the nth."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from mome.forms.context import Context
from mome.forms.engine import Rule
from mome.forms.nodes import Bottom, Nth, NthLowest, Top

_SHAPES: Mapping[type[exp.Expr], tuple[type[exp.Expr], type[exp.Expr], bool]] = {
    # Ties share a rank, so that none of the last place is left out.
    Top: (exp.Rank, exp.LTE, True),
    Bottom: (exp.Rank, exp.LTE, False),
    # No rank is skipped after a tie, so that there is a second highest value.
    Nth: (exp.DenseRank, exp.EQ, True),
    NthLowest: (exp.DenseRank, exp.EQ, False),
}
"""Construct -> the ranking, its comparison with the number, whether the highest comes first."""


def _write_rank(node: exp.Expr, context: Context) -> exp.Expr:
    ranking, comparison, is_falling = _SHAPES[type(node)]
    # NULLs are neither high nor low: they stand last.
    first = exp.Ordered(this=node.expression.copy(), desc=is_falling, nulls_first=False)
    window = exp.Window(
        this=ranking(),
        partition_by=[group.copy() for group in node.expressions] or None,
        order=exp.Order(expressions=[first]),
    )
    return comparison(this=window, expression=node.this.copy())


def _read_rank(node: exp.Expr, context: Context) -> exp.Expr | None:
    window, order = node.this, node.this.args.get("order")
    if not isinstance(window, exp.Window) or window.args.get("spec") or order is None:
        return None
    if len(order.expressions) != 1 or not isinstance(node.expression, exp.Literal):
        return None
    first = order.expressions[0]
    for construct, (ranking, comparison, is_falling) in _SHAPES.items():
        is_this = isinstance(window.this, ranking) and isinstance(node, comparison)
        if is_this and is_falling == bool(first.args.get("desc")):
            return construct(
                this=node.expression.copy(),
                expression=first.this.copy(),
                expressions=[group.copy() for group in window.args.get("partition_by") or []],
            )
    return None


RANKS: tuple[Rule, ...] = (
    Rule(Top, (exp.LTE, exp.EQ), _write_rank, _read_rank),
    # The rule above reads all four.
    Rule(Bottom, (), _write_rank, _read_rank),
    Rule(Nth, (), _write_rank, _read_rank),
    Rule(NthLowest, (), _write_rank, _read_rank),
)
