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
_LONG_FORMAT = re.compile(r"\*|\d{3,}|\{[^}]*\{")
"""Matches a width taken from an argument (C's `*`, DuckDB's `{:{}}`) or of three digits."""
_LENGTHS = {"repeat": 1, "lpad": 1, "rpad": 1, "space": 0}
"""Function name -> index of the argument that sets the length of its result."""


def bounded_series(statement: Statement) -> None:
    """Check that generate_series and range have literal bounds at most `MAX_SERIES` steps apart."""
    for name, arguments in _calls(statement):
        if name not in ("generate_series", "range"):
            continue
        # With one argument, a series starts at 0.
        bounds = list(arguments)
        if len(bounds) == 1:
            bounds.insert(0, exp.Literal.number(0))
        # Arguments that are missing become None; a missing step is 1.
        padded = [*bounds, None, None, None]
        steps = _steps(*padded[:3])
        if steps is None or steps > MAX_SERIES:
            raise Refused(f"a series needs literal bounds at most {MAX_SERIES:,} steps apart")


def bounded_text(statement: Statement) -> None:
    """Check that repeat, space, lpad and rpad have a literal length of at most `MAX_TEXT`."""
    for name, arguments in _calls(statement):
        if name not in _LENGTHS:
            continue
        place = _LENGTHS[name]
        length = _number(arguments[place]) if place < len(arguments) else None
        if length is None or length > MAX_TEXT:
            raise Refused(f"repeat, space, lpad and rpad need a literal of at most {MAX_TEXT:,}")


def bounded_formats(statement: Statement) -> None:
    """Check that printf and format have a literal format string without wide fields.

    MySQL's FORMAT is exempt: it formats a number and takes no format string.
    """
    formatting = {"printf"} if statement.engine.name == "mysql" else {"printf", "format"}
    for name, arguments in _calls(statement):
        if name not in formatting:
            continue
        template = arguments[0] if arguments else None
        if not isinstance(template, exp.Literal) or _LONG_FORMAT.search(template.name):
            raise Refused(
                "printf and format need a literal format "
                f"with fields of at most {MAX_WIDTH} characters"
            )


def _calls(statement: Statement) -> Iterator[tuple[str, Sequence[exp.Expr]]]:
    """Yield the lower-case name and the arguments of every call."""
    for node in statement.nodes:
        if isinstance(node, exp.Anonymous):
            yield node.name.lower(), node.expressions


def _steps(start: exp.Expr | None, end: exp.Expr | None, step: exp.Expr | None) -> float | None:
    """Return the number of steps from start to end, or None if the arguments are not literals."""
    first_number = _number(start)
    last_number = _number(end)
    size = 1.0 if step is None else _number(step)
    if first_number is not None and last_number is not None and size is not None:
        return abs(last_number - first_number) / abs(size) if size else None
    first_moment = _moment(start)
    last_moment = _moment(end)
    days = _days(step)
    if first_moment is None or last_moment is None or not days:
        return None
    return abs((last_moment - first_moment) / timedelta(days=1)) / days


def _number(node: exp.Expr | None) -> float | None:
    """Return the value of a numeric literal with its sign, or None."""
    sign = 1
    while isinstance(node, (exp.Neg, exp.Paren)):
        if isinstance(node, exp.Neg):
            sign = -sign
        node = node.this
    if not isinstance(node, exp.Literal) or node.is_string:
        return None
    return sign * float(node.name) if _PLAIN_NUMBER.match(node.name) else None


def _moment(node: exp.Expr | None) -> datetime | None:
    """Return the value of a date or timestamp literal, with or without a cast, or None."""
    if isinstance(node, exp.Cast):
        node = node.this
    if not isinstance(node, exp.Literal) or not node.is_string:
        return None
    try:
        return datetime.fromisoformat(node.name).replace(tzinfo=None)
    except ValueError:
        return None


def _days(node: exp.Expr | None) -> float | None:
    """Return the least length of an interval literal, in days, or None."""
    if not isinstance(node, exp.Interval) or not isinstance(node.this, exp.Literal):
        return None
    count = node.this.name
    unit = _UNIT_DAYS.get(node.text("unit").upper().removesuffix("S"))
    if unit is None or not _INTERVAL_COUNT.fullmatch(count):
        return None
    return abs(int(count)) * unit
