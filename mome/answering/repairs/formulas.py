"""Repair of figures that are a formula in the question: `value of treatments (quantity times unit
price)` adds up a product, and not the prices. `composed` lists it.

Covered: a query that adds up, averages or shows one of the formula's columns, and computes nothing
with both. A ratio of sums is that of the two sums.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sqlglot import Dialect, exp

from mome.answering.join_columns import column_of
from mome.answering.repairs.said_formulas import Formula, Operand, said_formula
from mome.answering.repairs.written_columns import written_column
from mome.catalog import Catalog, Table
from mome.linking.values import ValueIndex
from mome.sql_tree import sources, tables_in

_FIGURES = frozenset(["SUM", "AVG", "MIN", "MAX"])
_AVERAGE = re.compile(r"\b(?:average|mean|avg)\b")
_ARITHMETIC = (exp.Mul, exp.Div, exp.Add, exp.Sub)
Tables = Mapping[str, Table]


def compute_said(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Write the formula that a question says in the place of one of its columns."""
    if not isinstance(tree, exp.Select) or len(list(tree.find_all(exp.Select))) > 1:
        return []
    formula = said_formula(question, tree, catalog)
    tables = dict(tables_in(tree, catalog))
    if formula is None or len(tables) != len(sources(tree)) or _computes(tree, formula, tables):
        return []
    _undo_ratios(tree, question, formula, tables)
    places = [node for node in _values(tree) if column_of(node, tables) in formula.columns]
    if not any(node.find_ancestor(exp.Order, exp.Having) is None for node in places):
        return []
    for node in places:
        _write(node, formula, tree, catalog.dialect)
    # Both columns may have been shown, each by itself.
    tree.set("expressions", list(dict.fromkeys(tree.expressions)))
    return ["the formula of the question is computed"]


def _computes(select: exp.Select, formula: Formula, tables: Tables) -> bool:
    """Return whether a query computes something with the formula's columns, or groups by one."""
    for part in _parts(select):
        for node in part.find_all(*_ARITHMETIC):
            read = _columns(node, tables)
            # What reads only some of them is `_undo_ratios`'s to judge.
            if read & formula.columns and not read < formula.columns:
                return True
            if read & formula.columns and node.find_ancestor(exp.Anonymous) is not None:
                return True
    group = select.args.get("group")
    return group is not None and bool(_columns(group, tables) & formula.columns)


def _columns(node: exp.Expr, tables: Tables) -> frozenset[tuple[str, str] | None]:
    return frozenset(column_of(column, dict(tables)) for column in node.find_all(exp.Column))


def _parts(select: exp.Select) -> Iterator[exp.Expr]:
    """Yield what a query shows, and what it sorts and restricts its groups by."""
    yield from select.expressions
    for name in ("order", "having"):
        if select.args.get(name) is not None:
            yield select.args[name]


def _undo_ratios(select: exp.Select, question: str, formula: Formula, tables: Tables) -> None:
    """Write SUM(price) for what a query computes of it alone, as in SUM(price) / COUNT(*)."""
    figure = "AVG" if _AVERAGE.search(question.lower()) else "SUM"
    for shown in select.expressions:
        node = shown.unalias()
        read = list(node.find_all(exp.Column))
        is_other = isinstance(node, _ARITHMETIC) and node.find(exp.Anonymous) is not None
        if is_other and read and _columns(node, tables) < formula.columns:
            node.replace(exp.Anonymous(this=figure, expressions=[read[0].copy()]))


def _values(select: exp.Select) -> Iterator[exp.Column]:
    """Yield the columns whose values a query shows, adds up or averages."""
    for part in _parts(select):
        for node in part.find_all(exp.Column):
            if _is_value(node):
                yield node


def _is_value(node: exp.Expr) -> bool:
    """Return whether a node is no condition, and in no other function than SUM, AVG and such."""
    parent = node.parent
    while parent is not None and not isinstance(parent, (exp.Select, exp.Order, exp.Having)):
        if isinstance(parent, exp.If) and node is not parent.args["true"]:
            return False
        is_call = isinstance(parent, (exp.Func, exp.Window)) and not isinstance(
            parent, (exp.Case, exp.If)
        )
        if is_call and parent.name.upper() not in _FIGURES:
            return False
        node, parent = parent, parent.parent
    return True


def _write(node: exp.Column, formula: Formula, select: exp.Select, dialect: str) -> None:
    """Put the formula in the place of a column; a ratio of sums in the place of a sum."""
    operands = [_written(one, select, dialect) for one in formula.operands]
    call = node.parent
    is_ratio = formula.is_ratio and isinstance(formula.operands[1], Operand)
    if is_ratio and isinstance(call, exp.Anonymous) and call.name.upper() == "SUM":
        sums: list[exp.Expr] = [exp.Anonymous(this="SUM", expressions=[one]) for one in operands]
        call.replace(_computed(sums, formula.signs, dialect))
    else:
        node.replace(_computed(operands, formula.signs, dialect))


def _written(operand: Operand | str, select: exp.Select, dialect: str) -> exp.Expr:
    if isinstance(operand, str):
        return exp.Literal.number(operand)
    return written_column(select, operand.alias, operand.stored.column.name, dialect)


def _computed(
    operands: list[exp.Expr], signs: tuple[type[exp.Binary], ...], dialect: str
) -> exp.Expr:
    """Return the formula over its operands: products first, then sums, from left to right."""
    terms, between = [operands[0]], []
    for sign, operand in zip(signs, operands[1:], strict=True):
        if sign is exp.Mul:
            terms[-1] = exp.Mul(this=terms[-1], expression=operand)
        elif sign is exp.Div:
            terms[-1] = _divided(terms[-1], operand, dialect)
        else:
            terms.append(operand)
            between.append(sign)
    total = terms[0]
    for sign, term in zip(between, terms[1:], strict=True):
        total = sign(this=total, expression=term)
    return total


def _divided(number: exp.Expr, by: exp.Expr, dialect: str) -> exp.Expr:
    """Return a division of real numbers, which is NULL where it divides by zero."""
    real = exp.Mul(this=exp.Literal.number("1.0"), expression=number)
    if not isinstance(by, exp.Literal):
        by = exp.Anonymous(this="NULLIF", expressions=[by, exp.Literal.number(0)])
    # sqlglot would add casts to a division that is not the dialect's own.
    own = Dialect.get_or_raise(dialect)
    return exp.Div(this=real, expression=by, typed=own.TYPED_DIVISION, safe=own.SAFE_DIVISION)
