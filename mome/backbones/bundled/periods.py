"""Years and ranges in pointer form: a year beside a date column stands for all of its days.

`held = 2014` in pointer form means the rows of that year, and `decoding` writes it as
`held >= '2014-01-01' AND held < '2015-01-01'`. So the model points at the year of the question and
need not spell its first and last day. In SQL the same text would compare a date with a number, so
`encoding` refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from mome.backbones.bundled.pointers import Pointers
from mome.catalog import Column
from mome.errors import NotExpressible
from mome.forms.trees import direct_nodes

_YEAR = re.compile(r"[12]\d{3}")
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?")
_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.In)
_LOWER, _UPPER = (exp.GT, exp.GTE), (exp.LT, exp.LTE)


def is_year(text: str) -> bool:
    """Return whether a number can be a year."""
    return _YEAR.fullmatch(text) is not None


def days_in(text: str) -> list[str]:
    """Return the days in ISO form, with their times, that a text contains."""
    return [match.group() for match in _ISO.finditer(text) if is_day(match.group())]


def is_day(text: str) -> bool:
    """Return whether a text is a real day in ISO form, with or without a time."""
    match = _ISO.fullmatch(text)
    if match is None:
        return False
    try:
        date.fromisoformat(match[1])
    except ValueError:
        return False
    return True


def holds_days(column: Column) -> bool:
    """Return whether a column's values are days in ISO form. Its stored values decide if some are
    known, for SQLite keeps dates as texts of any form; else its type does.
    """
    if column.family not in ("date", "datetime", "text"):
        return False
    stored = (*(column.values or ()), column.least, column.greatest)
    known = [str(value) for value in stored if value not in (None, "")]
    if known:
        return all(map(is_day, known))
    return column.family != "text"


def write_years(select: exp.Select, pointers: Pointers) -> None:
    """Replace comparisons of date columns with years by ranges of days. Raises NotExpressible where
    a date column meets another number.
    """
    for node, column in list(_date_comparisons(select, pointers)):
        operands = _operands(node)
        years = [_year(operand) for operand in operands]
        if not any(_is_number(operand) for operand in operands):
            continue
        if None in years or isinstance(node, exp.In) or not holds_days(column):
            raise NotExpressible("a date compared with a number")
        node.replace(_range(node, years))


def refuse_numbers(select: exp.Select, pointers: Pointers) -> None:
    """Raise NotExpressible where SQL compares a date column with a number."""
    for node, _ in _date_comparisons(select, pointers):
        if any(map(_is_number, _operands(node))):
            raise NotExpressible("a date compared with a number")


def refuse_empty_ranges(select: exp.Select) -> None:
    """Raise NotExpressible if bounds of one column, joined by AND, leave no value between them."""
    for node in direct_nodes(select, (exp.Between,)):
        if _leaves_nothing(node.args["low"], node.args["high"], inclusive=True):
            raise NotExpressible("a range that holds nothing")
    for lower in direct_nodes(select, _LOWER):
        for upper in direct_nodes(select, _UPPER):
            conjunction = _conjunction(lower)
            if conjunction is None or conjunction is not _conjunction(upper):
                continue
            if lower.this != upper.this:
                continue
            inclusive = isinstance(lower, exp.GTE) and isinstance(upper, exp.LTE)
            if _leaves_nothing(lower.expression, upper.expression, inclusive=inclusive):
                raise NotExpressible("a range that holds nothing")


def _conjunction(node: exp.Expr) -> exp.Expr | None:
    """Return the outermost node that joins a condition to others by AND alone."""
    parent = node.parent
    while isinstance(parent, exp.And | exp.Paren):
        node, parent = parent, parent.parent
    return node if isinstance(node, exp.And | exp.Paren) else None


def _leaves_nothing(lower: exp.Expr, upper: exp.Expr, *, inclusive: bool) -> bool:
    if not isinstance(lower, exp.Literal) or not isinstance(upper, exp.Literal):
        return False
    if lower.is_string != upper.is_string:
        return False
    if lower.is_string:
        # Days in ISO form sort as texts; the order of other texts depends on the collation.
        if not is_day(lower.this) or not is_day(upper.this):
            return False
        first, last = lower.this, upper.this
        return first > last or (first == last and not inclusive)
    low, high = float(lower.this), float(upper.this)
    return low > high or (low == high and not inclusive)


def _date_comparisons(select: exp.Select, pointers: Pointers) -> Iterator[tuple[exp.Expr, Column]]:
    """Yield the comparisons of this query whose left side points at a date column, with it."""
    for node in direct_nodes(select, _COMPARISONS):
        if not isinstance(node.this, exp.Column) or isinstance(node.this.this, exp.Star):
            continue
        item = pointers.item(node.this.name, "column")
        column = pointers.catalog.table(item.table).column(item.column)
        if column.family in ("date", "datetime") or holds_days(column):
            yield node, column


def _operands(node: exp.Expr) -> list[exp.Expr]:
    """Return what a comparison compares its left side with."""
    if isinstance(node, exp.Between):
        return [node.args["low"], node.args["high"]]
    if isinstance(node, exp.In):
        return list(node.expressions)
    return [node.expression]


def _is_number(node: exp.Expr) -> bool:
    bare = node.this if isinstance(node, exp.Neg) else node
    return isinstance(bare, exp.Literal) and not bare.is_string


def _year(node: exp.Expr) -> int | None:
    is_number = isinstance(node, exp.Literal) and not node.is_string
    return int(node.this) if is_number and is_year(node.this) else None


def _range(node: exp.Expr, years: list[int]) -> exp.Expr:
    """Return the condition on days that a comparison with years means."""
    column, first, last = node.this, years[0], years[-1]
    from_start = exp.GTE(this=column.copy(), expression=_new_year(first))
    until_end = exp.LT(this=column.copy(), expression=_new_year(last + 1))
    if isinstance(node, exp.GTE):
        return from_start
    if isinstance(node, exp.LTE):
        return until_end
    if isinstance(node, exp.GT):
        return exp.GTE(this=column.copy(), expression=_new_year(first + 1))
    if isinstance(node, exp.LT):
        return exp.LT(this=column.copy(), expression=_new_year(first))
    both = exp.And(this=from_start, expression=until_end)
    if isinstance(node, exp.NEQ):
        return exp.Not(this=exp.Paren(this=both))
    # An AND beside it needs no parentheses; any other operator does.
    is_among_conditions = isinstance(node.parent, exp.And | exp.Where)
    return both if is_among_conditions else exp.Paren(this=both)


def _new_year(year: int) -> exp.Literal:
    return exp.Literal.string(f"{year:04}-01-01")
