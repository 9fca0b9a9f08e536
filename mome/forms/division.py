"""Division: `/` in a form is that of real numbers, DIV that of integers, on every engine.

SQLite and PostgreSQL divide integers to an integer by `/`; DuckDB and MySQL do not. By zero, SQL of
a form gives NULL on every engine.
"""

from __future__ import annotations

import sqlglot
from sqlglot import exp

from mome.forms.context import Context
from mome.forms.templates import TYPED

_STRICT = frozenset({"postgres", "duckdb"})
"""Dialects in which a division by zero fails or is infinite."""
_REAL_TYPES = frozenset({"DOUBLE", "FLOAT", "DECIMAL"})
_REAL_NODES = (exp.Avg, exp.Stddev, exp.StddevPop, exp.StddevSamp, exp.Div)
_CARRIERS = (exp.Sum, exp.Min, exp.Max, exp.Abs, exp.Neg, exp.Paren, exp.Window, exp.Coalesce)
"""Nodes that are real if what they are applied to is."""


def write_divisions(tree: exp.Expr, context: Context) -> None:
    """Write the form's divisions for the dialect."""
    for node in list(tree.find_all(exp.Div, exp.IntDiv)):
        divisor = node.expression
        is_number = isinstance(divisor, exp.Literal) and float(divisor.this) != 0
        if context.dialect in _STRICT and not is_number:
            zero = exp.Literal.number(0)
            node.set("expression", exp.Nullif(this=divisor.copy(), expression=zero))
    for node in list(tree.find_all(exp.Div)):
        _settle(node, context)
        is_real = is_real_number(node.this, context) or is_real_number(node.expression, context)
        if context.dialect in TYPED and not is_real:
            node.set("this", exp.cast(node.this.copy(), "DOUBLE"))
    for node in list(tree.find_all(exp.IntDiv)):
        # DIV is an operator of MySQL alone, // of DuckDB.
        if context.dialect in TYPED:
            whole = exp.Div(this=node.this.copy(), expression=node.expression.copy())
            _settle(whole, context)
            node.replace(whole)


def _settle(node: exp.Div, context: Context) -> None:
    """Mark a division as the dialect's own; sqlglot would add casts to any other."""
    dialect = sqlglot.Dialect.get_or_raise(context.dialect)
    node.set("typed", dialect.TYPED_DIVISION)
    node.set("safe", dialect.SAFE_DIVISION)


def read_divisions(tree: exp.Expr, context: Context) -> None:
    """Read the dialect's divisions as the form's."""
    for node in list(tree.find_all(exp.Div, exp.IntDiv)):
        _drop_null_if(node)
    # The innermost first: a division is a real number only once it is read.
    for node in reversed(list(tree.find_all(exp.Div))):
        is_real = is_real_number(node.this, context) or is_real_number(node.expression, context)
        if context.dialect in TYPED and not is_real:
            node.replace(exp.IntDiv(this=node.this, expression=node.expression))
            continue
        node.set("typed", None)
        node.set("safe", None)
        _drop_casts(node)


def _drop_null_if(node: exp.Expr) -> None:
    divisor = node.expression.unnest()
    if isinstance(divisor, exp.Nullif) and divisor.expression == exp.Literal.number(0):
        node.set("expression", divisor.this)


def _drop_casts(division: exp.Div) -> None:
    """Drop what only made the division one of real numbers: casts, and .0 after a number."""
    for side in ("this", "expression"):
        for factor in _factors(division.args[side]):
            if isinstance(factor, exp.Cast) and factor.to.this.name in ("DOUBLE", "FLOAT"):
                factor.replace(factor.this)
            elif isinstance(factor, exp.Literal) and not factor.is_string:
                whole, _, rest = factor.this.partition(".")
                if not rest.strip("0"):
                    factor.replace(exp.Literal.number(whole or "0"))
        # What is left of `1.0 * x` is x.
        product = division.args[side]
        if isinstance(product, exp.Mul) and exp.Literal.number(1) in (
            product.this,
            product.expression,
        ):
            is_first = product.this == exp.Literal.number(1)
            product.replace(product.expression if is_first else product.this)


def _factors(node: exp.Expr) -> list[exp.Expr]:
    bare = node.unnest()
    if isinstance(bare, exp.Mul):
        return [*_factors(bare.this), *_factors(bare.expression)]
    return [bare]


def is_real_number(node: exp.Expr, context: Context) -> bool:
    """Return whether an expression is known to be no integer."""
    if isinstance(node, exp.Literal):
        return not node.is_string and "." in node.this
    if isinstance(node, exp.Cast):
        return node.to.this.name in _REAL_TYPES
    if isinstance(node, (exp.Add, exp.Sub, exp.Mul)):
        return is_real_number(node.this, context) or is_real_number(node.expression, context)
    if isinstance(node, exp.Round):
        return True
    if isinstance(node, exp.Case):
        return any(is_real_number(branch, context) for branch in _branches(node))
    if isinstance(node, _CARRIERS):
        return is_real_number(node.this, context)
    column = context.column(node)
    return isinstance(node, _REAL_NODES) or (column is not None and column.family == "number")


def _branches(node: exp.Case) -> list[exp.Expr]:
    branches = [branch.args["true"] for branch in node.args["ifs"]]
    default = node.args.get("default")
    return branches if default is None else [*branches, default]
