"""Read conditions on periods from comparisons of a column of dates."""

from __future__ import annotations

import re
from datetime import date, timedelta

from sqlglot import exp

from mome.errors import NotExpressible
from mome.forms.calendar import Recent, Span, name_of, span_of, start_name
from mome.forms.context import Context
from mome.forms.engine import Rule
from mome.forms.nodes import After, Before, DatePart, During, Since, TextStarts, Until
from mome.forms.rules.period_writing import (
    write_after,
    write_before,
    write_during,
    write_recent,
    write_since,
    write_until,
)
from mome.forms.stored import DAYS, DIGITS, NUMBERS, TEXT_DIGITS, UNIX, YEAR, kind_of
from mome.forms.templates import Bound, match, pattern

_PREFIX = re.compile(r"\d{4}(-\d\d){0,2}-?")
_NUMBER = re.compile(r"\d+")
_CALENDAR_UNITS = ("week", "month", "quarter", "year")


def stored_day(node: exp.Expr, column: exp.Expr, context: Context) -> date | None:
    """Return the day that a literal means beside a column; None if it is none."""
    kind = kind_of(column, context)
    if kind is None or not isinstance(node, exp.Literal):
        return None
    try:
        if kind in UNIX and not node.is_string:
            days, rest = divmod(int(node.this), 86400 * UNIX[kind])
            return None if rest else date(1970, 1, 1) + timedelta(days=days)
        if kind == YEAR and not node.is_string:
            return date(int(node.this), 1, 1)
        if kind in (DIGITS, TEXT_DIGITS):
            is_so = node.is_string == (kind == TEXT_DIGITS) and len(node.this) == 8
            return date.fromisoformat(node.this) if is_so else None
        return date.fromisoformat(node.this) if node.is_string and kind not in NUMBERS else None
    except (ValueError, OverflowError):
        return None


def _period(text: str) -> exp.Literal:
    return exp.Literal.string(text)


def _last_name(day: date, context: Context, column: exp.Expr) -> str:
    return f"{day.year:04}" if kind_of(column, context) == YEAR else day.isoformat()


def _read_since(node: exp.Expr, context: Context) -> exp.Expr | None:
    day = stored_day(node.expression, node.this, context)
    if day is None:
        return _read_last(node, context)
    return Since(this=node.this.copy(), expression=_period(start_name(day)))


def _read_before(node: exp.Expr, context: Context) -> exp.Expr | None:
    day = stored_day(node.expression, node.this, context)
    return (
        None if day is None else Before(this=node.this.copy(), expression=_period(start_name(day)))
    )


def _read_after(node: exp.Expr, context: Context) -> exp.Expr | None:
    return _read_edge(After, node, context)


def _read_until(node: exp.Expr, context: Context) -> exp.Expr | None:
    return _read_edge(Until, node, context)


def _read_edge(kind: type[exp.Expr], node: exp.Expr, context: Context) -> exp.Expr | None:
    """Read a comparison with the last value of a period, which needs a column without times."""
    day = stored_day(node.expression, node.this, context)
    if day is None or kind_of(node.this, context) not in DAYS:
        return None
    name = _last_name(day, context, node.this)
    return kind(this=node.this.copy(), expression=_period(name))


def _read_equal(node: exp.Expr, context: Context) -> exp.Expr | None:
    """Read a day, or a year that is compared with a part of a date."""
    dated = _of_year(node.this, node.expression, context)
    if dated is not None:
        return During(this=dated.copy(), expression=_period(node.expression.name))
    return _read_edge(During, node, context)


def _of_year(part: exp.Expr, year: exp.Expr, context: Context) -> exp.Expr | None:
    """Return the column whose year is compared with a number or a text."""
    if not isinstance(year, exp.Literal) or not re.fullmatch(r"[12]\d{3}", year.this):
        return None
    bound: Bound = {}
    if isinstance(part, DatePart) and part.text("unit") == "YEAR":
        dated = part.this
    elif match(pattern("DATE_TEXT(_d, '%Y')"), part, bound):
        dated = bound["_d"]
    else:
        return None
    return dated if kind_of(dated, context) else None


def _read_prefix(node: exp.Expr, context: Context) -> exp.Expr | None:
    """Read the start of a stored date, such as LIKE '2014-05%'."""
    kind = kind_of(node.this, context)
    text = node.expression.name
    if kind is None or kind in NUMBERS | {TEXT_DIGITS} or not _PREFIX.fullmatch(text):
        return None
    try:
        span_of(text.rstrip("-"))
    except NotExpressible:
        return None
    return During(this=node.this.copy(), expression=_period(text.rstrip("-")))


def _read_between(node: exp.Expr, context: Context) -> exp.Expr | None:
    column = node.this
    low = stored_day(node.args["low"], column, context)
    high = stored_day(node.args["high"], column, context)
    if low is None or high is None or kind_of(column, context) not in DAYS or high < low:
        return None
    if kind_of(column, context) == YEAR:
        return _during(column, Span(low, date(high.year + 1, 1, 1)))
    return _during(column, Span(low, high + timedelta(days=1)))


def _during(column: exp.Expr, span: Span) -> exp.Expr:
    """Return the condition on a span by its name, or by those of its first and last unit."""
    name = name_of(span)
    if name is not None:
        return During(this=column.copy(), expression=_period(name))
    first, last = span.first, span.end - timedelta(days=1)
    for form in ("%Y", "%Y-%m", "%Y-%m-%d"):
        names = f"{first:{form}}", f"{last:{form}}"
        if (span_of(names[0]).first, span_of(names[1]).end) == (span.first, span.end):
            break
    return During(this=column.copy(), expression=_period(names[0]), last=_period(names[1]))


def _read_pair(node: exp.Expr, context: Context) -> exp.Expr | None:
    """Read two bounds of one column, which were read as SINCE and BEFORE or UNTIL."""
    if isinstance(node.parent, exp.And):
        return None
    parts = list(node.flatten(unnest=False))
    for place, low in enumerate(parts):
        for other, high in enumerate(parts):
            found = _pair(low, high, context)
            if found is not None:
                parts[place] = found
                del parts[other]
                return exp.and_(*parts, copy=True, wrap=False)
    return None


def _pair(low: exp.Expr, high: exp.Expr, context: Context) -> exp.Expr | None:
    if not isinstance(low, (Since, exp.GTE)) or low.this != high.this:
        return None
    if isinstance(low, Since) and isinstance(high, (Before, Until)):
        first, last = span_of(low.expression.name).first, span_of(high.expression.name)
        end = last.first if isinstance(high, Before) else last.end
        return _during(low.this, Span(first, end)) if first < end else None
    if isinstance(low, exp.GTE) and isinstance(high, exp.LT) and low.find(exp.CurrentDate):
        return _recent(exp.And(this=low.copy(), expression=high.copy()), context)
    return None


def _recent(node: exp.And, context: Context) -> exp.Expr | None:
    column = next(iter(node.find_all(exp.Column)), None)
    for unit in _CALENDAR_UNITS if column is not None else ():
        for kind, text in (
            ("this", f"this {unit}"),
            ("previous", f"previous {unit}"),
            ("to date", f"{unit} to date"),
        ):
            if _is_written(column, Recent(kind, unit), node, context):
                return During(this=column.copy(), expression=_period(text))
    return None


def _is_written(column: exp.Expr, recent: Recent, node: exp.Expr, context: Context) -> bool:
    """Return whether a condition is what a period is written as."""
    holder = exp.Paren(this=write_recent(column, recent, context))
    for part in list(holder.this.iter_expressions()):
        context.rules.recognise(part, context)
    return match(holder.this, node, {})


def _read_last(node: exp.Expr, context: Context) -> exp.Expr | None:
    """Read a bound so many units before today."""
    column = next(iter(node.this.find_all(exp.Column)), None)
    if column is None or not node.expression.find(exp.CurrentDate):
        return None
    for number in _NUMBER.findall(node.expression.sql(dialect=context.dialect)):
        for unit, size in (("day", 1), ("week", 7), ("month", 1), ("year", 1)):
            count = int(number) // size
            if unit == "day" and count % 7 == 0 or not count:
                continue
            if _is_written(column, Recent("last", unit, count), node, context):
                name = f"last {count} {unit}{'s' if count > 1 else ''}"
                return During(this=column.copy(), expression=_period(name))
    return None


PERIODS: tuple[Rule, ...] = (
    Rule(During, (exp.EQ,), write_during, _read_equal),
    Rule(During, (exp.Between,), write_during, _read_between),
    Rule(During, (TextStarts,), write_during, _read_prefix),
    Rule(During, (exp.And,), write_during, _read_pair),
    Rule(Since, (exp.GTE,), write_since, _read_since),
    Rule(Before, (exp.LT,), write_before, _read_before),
    Rule(After, (exp.GT,), write_after, _read_after),
    Rule(Until, (exp.LTE,), write_until, _read_until),
)
