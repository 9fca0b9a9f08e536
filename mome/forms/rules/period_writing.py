"""Write conditions on periods. Bounds are written as the column stores dates: as days, as Unix
time, or as years.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, timedelta

from sqlglot import exp

from mome.errors import NotExpressible
from mome.forms.calendar import Recent, Span, recent_of, span_of
from mome.forms.context import Context
from mome.forms.rules.dates import TRUNCATED
from mome.forms.stored import DAYS, DIGITS, TEXT_DIGITS, UNIX, YEAR, as_date, kind_of
from mome.forms.templates import fill, pattern

_SHIFTED: Mapping[str, str] = {
    "sqlite": "DATE({day}, '{n} {unit}s')",
    "duckdb": "CAST({day} + INTERVAL '{n}' {unit} AS DATE)",
    "postgres": "CAST({day} + INTERVAL '{n} {unit}' AS DATE)",
    "mysql": "{day} + INTERVAL {n} {unit}",
}
"""A day, some units later."""
_UNITS = {"week": ("day", 7), "quarter": ("month", 3)}
"""Units that not every engine can add, as others."""


def _bound(day: date, column: exp.Expr, context: Context) -> exp.Literal:
    """Return a day as the column stores it. Raises NotExpressible."""
    kind = kind_of(column, context)
    if kind in UNIX:
        return exp.Literal.number(calendar.timegm(day.timetuple()) * UNIX[kind])
    if kind in (DIGITS, TEXT_DIGITS):
        digits = day.isoformat().replace("-", "")
        return exp.Literal.number(digits) if kind == DIGITS else exp.Literal.string(digits)
    if kind == YEAR:
        if (day.month, day.day) != (1, 1):
            raise NotExpressible("a day of a column of years")
        return exp.Literal.number(day.year)
    return exp.Literal.string(day.isoformat())


def between(column: exp.Expr, span: Span, context: Context) -> exp.Expr:
    """Return the condition that a column lies in a span."""
    if is_one_value(span, kind_of(column, context)):
        return exp.EQ(this=column.copy(), expression=_bound(span.first, column, context))
    low = exp.GTE(this=column.copy(), expression=_bound(span.first, column, context))
    high = exp.LT(this=column.copy(), expression=_bound(span.end, column, context))
    return exp.And(this=low, expression=high)


def write_during(node: exp.Expr, context: Context) -> exp.Expr:
    """Return the condition that a date lies in a period. Raises NotExpressible."""
    recent = recent_of(node.expression.name)
    if recent is not None and not node.args.get("last"):
        return write_recent(node.this, recent, context)
    first = span_of(node.expression.name)
    last = span_of(node.args["last"].name) if node.args.get("last") else first
    if last.end <= first.first:
        raise NotExpressible("a period that ends before it begins")
    return between(node.this, Span(first.first, last.end), context)


def write_recent(column: exp.Expr, recent: Recent, context: Context) -> exp.Expr:
    """Write a period that depends on today; what lies in the future is not in it."""
    dated, today = as_date(column, context), exp.CurrentDate()
    if recent.kind == "last":
        start = shifted(today, recent.unit, -recent.count, context)
        return exp.GTE(this=dated, expression=start)
    text = TRUNCATED[recent.unit][context.dialect]
    start = fill(pattern(text, context.dialect), {"_d": today})
    if recent.kind == "to date":
        # Up to the end of today, for a column with a time of day.
        end = shifted(exp.CurrentDate(), "day", 1, context)
    elif recent.kind == "this":
        end = shifted(start, recent.unit, 1, context)
    else:
        start, end = shifted(start, recent.unit, -1, context), start
    low = exp.GTE(this=dated, expression=start)
    return exp.And(this=low, expression=exp.LT(this=dated.copy(), expression=end))


def shifted(day: exp.Expr, unit: str, count: int, context: Context) -> exp.Expr:
    """Return the day some units later, or earlier if `count` is negative."""
    base, size = _UNITS.get(unit, (unit, 1))
    text = _SHIFTED[context.dialect].format(day="_d", n=f"{count * size:+d}", unit=base)
    return fill(pattern(text, context.dialect), {"_d": day})


def write_since(node: exp.Expr, context: Context) -> exp.Expr:
    """Return the condition that a date lies after the start of a period. Raises NotExpressible."""
    first = span_of(node.expression.name).first
    return exp.GTE(this=node.this.copy(), expression=_bound(first, node.this, context))


def write_before(node: exp.Expr, context: Context) -> exp.Expr:
    """Return the condition that a date lies before a period. Raises NotExpressible."""
    first = span_of(node.expression.name).first
    return exp.LT(this=node.this.copy(), expression=_bound(first, node.this, context))


def write_after(node: exp.Expr, context: Context) -> exp.Expr:
    """Return the condition that a date lies after a period. Raises NotExpressible."""
    span = span_of(node.expression.name)
    if is_one_value(span, kind_of(node.this, context)):
        value = _bound(span.first, node.this, context)
        return exp.GT(this=node.this.copy(), expression=value)
    return exp.GTE(this=node.this.copy(), expression=_bound(span.end, node.this, context))


def write_until(node: exp.Expr, context: Context) -> exp.Expr:
    """Return the condition that a date lies up to the end of a period. Raises NotExpressible."""
    span = span_of(node.expression.name)
    if is_one_value(span, kind_of(node.this, context)):
        value = _bound(span.first, node.this, context)
        return exp.LTE(this=node.this.copy(), expression=value)
    return exp.LT(this=node.this.copy(), expression=_bound(span.end, node.this, context))


def is_one_value(span: Span, kind: str | None) -> bool:
    """Return whether a column can hold only one value within a span."""
    if kind == YEAR:
        return span == Span(date(span.first.year, 1, 1), date(span.first.year + 1, 1, 1))
    return kind in DAYS and span.end - span.first == timedelta(days=1)
