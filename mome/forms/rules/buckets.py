"""Numbers in buckets of one width, and in labelled bands."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from mome.errors import NotExpressible
from mome.forms.context import Context
from mome.forms.engine import Rule, Template
from mome.forms.nodes import Bands


def _write_bands(node: exp.Expr, context: Context) -> exp.Expr:
    """Write a CASE with a label for each band; NULL is in none."""
    value, edges = node.this, node.expressions
    if not all(isinstance(edge, exp.Literal) and not edge.is_string for edge in edges):
        raise NotExpressible("bands between something else than numbers")
    bands = exp.Case()
    for edge, label in zip(edges, _labels(edges), strict=False):
        condition = exp.LT(this=value.copy(), expression=edge.copy())
        bands.append("ifs", exp.If(this=condition, true=exp.Literal.string(label)))
    condition = exp.GTE(this=value.copy(), expression=edges[-1].copy())
    label = exp.Literal.string(_labels(edges)[-1])
    bands.append("ifs", exp.If(this=condition, true=label))
    return bands


def _labels(edges: Sequence[exp.Expr]) -> list[str]:
    """Return the labels of the bands that some numbers divide."""
    names = [edge.name for edge in edges]
    between = [f"{low} to {high}" for low, high in zip(names, names[1:], strict=False)]
    return [f"under {names[0]}", *between, f"{names[-1]} and more"]


def _read_bands(node: exp.Expr, context: Context) -> exp.Expr | None:
    branches = node.args["ifs"]
    edges = [branch.this.expression for branch in branches if isinstance(branch.this, exp.LT)]
    if not edges or not all(isinstance(edge, exp.Literal) for edge in edges):
        return None
    bands = Bands(this=branches[0].this.this.copy(), expressions=[edge.copy() for edge in edges])
    try:
        is_this = _write_bands(bands, context) == node
    except NotExpressible:
        return None
    return bands if is_this else None


BUCKETS: tuple[Rule | Template, ...] = (
    Template("BUCKET(_x, _w)", "FLOOR(_x / _w) * _w"),
    Rule(Bands, (exp.Case,), _write_bands, _read_bands),
)
