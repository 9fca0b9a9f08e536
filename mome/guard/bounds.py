"""Rules for calls that turn a short argument into a large result.

These are series, repeated and padded text, and formats with wide fields. `rules.py` lists them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlglot import exp

from mome.errors import Refused
from mome.guard.statement import Statement

MAX_SERIES = 10_000
"""Most steps between the bounds of generate_series and range: 27 years of days."""
MAX_TEXT = 10_000
"""Largest count of repeat and space, and longest result of lpad and rpad, in characters."""
MAX_WIDTH = 99
"""Widest field of a printf or format string, in characters; `_LONG_FORMAT` enforces it."""

# At most 15 digits before the point: a float holds every such whole number exactly.
_PLAIN_NUMBER = re.compile(r"\d{1,15}(\.\d+)?\Z")
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
_LONG_FORMAT = re.compile(r"\*|\d{3,}|\{[^}]*\{")
"""Matches a width taken from an argument (C's `*`, DuckDB's `{:{}}`) or of three digits."""
_LENGTHS = {"repeat": 1, "lpad": 1, "rpad": 1, "space": 0}
"""Function name -> index of the argument that sets the length of its result."""


def bounded_series(statement: Statement) -> None:
    """Check that generate_series and range have literal bounds at most `MAX_SERIES` steps apart."""
    for name, arguments in _calls(statement):
        if name in ("generate_series", "range"):
            first = [exp.Literal.number(0)] if len(arguments) == 1 else []
            count = _count(*(first + list(arguments) + [None, None, None])[:3])
            if count is None or count > MAX_SERIES:
                raise Refused(f"a series needs literal bounds at most {MAX_SERIES:,} steps apart")


def bounded_text(statement: Statement) -> None:
    """Check that repeat, space, lpad and rpad have a literal length of at most `MAX_TEXT`."""
    for name, arguments in _calls(statement):
        if name in _LENGTHS:
            number = _number(arguments[_LENGTHS[name]]) if len(arguments) > _LENGTHS[name] else None
            if number is None or number > MAX_TEXT:
                raise Refused(
                    f"repeat, space, lpad and rpad need a literal of at most {MAX_TEXT:,}"
                )


def bounded_formats(statement: Statement) -> None:
    """Check that printf and format have a literal format string without wide fields.

    MySQL's FORMAT is exempt: it formats a number and takes no format string.
    """
    for name, arguments in _calls(statement):
        if name == "printf" or (name == "format" and statement.engine.name != "mysql"):
            if (
                not arguments
                or not isinstance(arguments[0], exp.Literal)
                or _LONG_FORMAT.search(arguments[0].name)
            ):
                raise Refused(
                    "printf and format need a literal format "
                    f"with fields of at most {MAX_WIDTH} characters"
                )


def _calls(statement: Statement) -> Iterator[tuple[str, Sequence[exp.Expr]]]:
    """Yield the lower-case name and the arguments of every call."""
    return (
        (node.name.lower(), node.expressions)
        for node in statement.nodes
        if isinstance(node, exp.Anonymous)
    )


def _count(start: exp.Expr | None, end: exp.Expr | None, step: exp.Expr | None) -> float | None:
    """Return the number of steps from start to end, or None if the arguments are not literals."""
    numbers = _number(start), _number(end), 1.0 if step is None else _number(step)
    if None not in numbers:
        first, last, by = numbers
        return abs(last - first) / abs(by) if by else None
    days = _moment(start), _moment(end), _days(step)
    if None not in days:
        first, last, by = days
        return abs((last - first) / timedelta(days=1)) / by if by else None
    return None


def _number(node: exp.Expr | None) -> float | None:
    """Return the value of a numeric literal with its sign, or None."""
    sign = 1
    while isinstance(node, (exp.Neg, exp.Paren)):
        sign = -sign if isinstance(node, exp.Neg) else sign
        node = node.this
    if isinstance(node, exp.Literal) and not node.is_string and _PLAIN_NUMBER.match(node.name):
        return sign * float(node.name)
    return None


def _moment(node: exp.Expr | None) -> datetime | None:
    """Return the value of a date or timestamp literal, with or without a cast, or None."""
    node = node.this if isinstance(node, exp.Cast) else node
    if not isinstance(node, exp.Literal) or not node.is_string:
        return None
    try:
        return datetime.fromisoformat(node.name).replace(tzinfo=None)
    except ValueError:
        return None


def _days(node: exp.Expr | None) -> float | None:
    """Return the least length of an interval literal, in days, or None."""
    sized = node.this if isinstance(node, exp.Interval) else None
    if not isinstance(sized, exp.Literal) or not re.fullmatch(r"-?\d{1,6}", sized.name):
        return None
    unit = _UNIT_DAYS.get(node.text("unit").upper().removesuffix("S"))
    return abs(int(sized.name)) * unit if unit else None
