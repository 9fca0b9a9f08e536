"""Read the values of literals: numbers, dates and intervals. The rules on bounds share it."""

from __future__ import annotations

import re
from datetime import datetime

from sqlglot import exp

# At most 15 digits before the point: a float holds every such whole number exactly.
_PLAIN_NUMBER = re.compile(r"\d{1,15}(\.\d+)?\Z")
_INTERVALS = (exp.DType.INTERVAL,)
_INTERVAL_COUNT = re.compile(r"-?\d{1,6}")
# The least number of days in each unit, so that the steps of a series are never undercounted.
# The shortest three months, February to April, have 89 days.
_UNIT_DAYS = {
    "SECOND": 1 / 86_400,
    "MINUTE": 1 / 1_440,
    "HOUR": 1 / 24,
    "DAY": 1,
    "WEEK": 7,
    "MONTH": 28,
    "QUARTER": 89,
    "YEAR": 365,
}


def number_of(node: exp.Expr | None) -> float | None:
    """Return the value of a numeric literal with its sign, or None."""
    sign = 1
    while isinstance(node, (exp.Neg, exp.Paren)):
        if isinstance(node, exp.Neg):
            sign = -sign
        node = node.this
    if not isinstance(node, exp.Literal) or node.is_string:
        return None
    return sign * float(node.name) if _PLAIN_NUMBER.match(node.name) else None


def at_most(node: exp.Expr) -> float | None:
    """Return the largest value of a literal or of LEAST with a literal, or None."""
    while isinstance(node, (exp.Paren, exp.Cast)):
        node = node.this
    if isinstance(node, exp.Anonymous) and node.name.lower() == "least":
        known = [number_of(argument) for argument in node.expressions]
        return min((number for number in known if number is not None), default=None)
    return number_of(node)


def moment_of(node: exp.Expr | None) -> datetime | None:
    """Return the value of a date or timestamp literal, with or without a cast, or None."""
    if isinstance(node, exp.Cast):
        node = node.this
    if not isinstance(node, exp.Literal) or not node.is_string:
        return None
    try:
        return datetime.fromisoformat(node.name).replace(tzinfo=None)
    except ValueError:
        return None


def days_of(node: exp.Expr | None) -> float | None:
    """Return the least length of an interval literal with its sign, in days, or None."""
    # PostgreSQL and DuckDB take '1 day' and '1 day'::interval too.
    if isinstance(node, exp.Cast) and node.to.this in _INTERVALS:
        node = node.this
    if isinstance(node, exp.Literal) and node.is_string:
        count, _, unit = node.name.partition(" ")
    elif isinstance(node, exp.Interval) and isinstance(node.this, exp.Literal):
        count, unit = node.this.name, node.text("unit")
    else:
        return None
    days = _UNIT_DAYS.get(unit.strip().upper().removesuffix("S"))
    if days is None or not _INTERVAL_COUNT.fullmatch(count):
        return None
    return int(count) * days
