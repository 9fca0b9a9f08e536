"""Rules on calls that make much out of little: series, repeated and padded text, formats."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlglot import exp

from mome.errors import Refused
from mome.guard.statement import Statement

MAX_SERIES = 10_000
MAX_TEXT = 10_000
"""Characters that one call may repeat or pad to."""
MAX_WIDTH = 99
"""Of a field in printf and format."""

_PLAIN_NUMBER = re.compile(r"\d{1,15}(\.\d+)?\Z")
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
"""A width that comes from an argument, in the manner of C and of DuckDB, or that has three digits."""
_LENGTHS = {"repeat": 1, "lpad": 1, "rpad": 1, "space": 0}
"""Which argument of a call says how long its text becomes."""


def bounded_series(statement: Statement) -> None:
    """generate_series and range are between literals that lie near enough."""
    for name, arguments in _calls(statement):
        if name in ("generate_series", "range"):
            first = [exp.Literal.number(0)] if len(arguments) == 1 else []
            count = _count(*(first + list(arguments) + [None, None, None])[:3])
            if count is None or count > MAX_SERIES:
                raise Refused(f"a series needs literal bounds at most {MAX_SERIES:,} steps apart")


def bounded_text(statement: Statement) -> None:
    """repeat, space, lpad and rpad make a text of a stated length."""
    for name, arguments in _calls(statement):
        if name in _LENGTHS:
            number = _number(arguments[_LENGTHS[name]]) if len(arguments) > _LENGTHS[name] else None
            if number is None or number > MAX_TEXT:
                raise Refused(
                    f"repeat, space, lpad and rpad need a literal of at most {MAX_TEXT:,}"
                )


def bounded_formats(statement: Statement) -> None:
    """printf and format have a literal format without wide fields (MySQL's format has none: it takes a number)."""
    for name, arguments in _calls(statement):
        if name == "printf" or (name == "format" and statement.engine.name != "mysql"):
            if (
                not arguments
                or not isinstance(arguments[0], exp.Literal)
                or _LONG_FORMAT.search(arguments[0].name)
            ):
                raise Refused(
                    f"printf and format need a literal format with fields of at most {MAX_WIDTH} characters"
                )


def _calls(statement: Statement) -> Iterator[tuple[str, Sequence[exp.Expr]]]:
    """Name, in lower case, and arguments of every call."""
    return (
        (node.name.lower(), node.expressions)
        for node in statement.nodes
        if isinstance(node, exp.Anonymous)
    )


def _count(start: exp.Expr | None, end: exp.Expr | None, step: exp.Expr | None) -> float | None:
    """How many steps from start to end; None where that cannot be seen."""
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
    """The value of a numeric literal, with its sign."""
    sign = 1
    while isinstance(node, (exp.Neg, exp.Paren)):
        sign = -sign if isinstance(node, exp.Neg) else sign
        node = node.this
    if isinstance(node, exp.Literal) and not node.is_string and _PLAIN_NUMBER.match(node.name):
        return sign * float(node.name)
    return None


def _moment(node: exp.Expr | None) -> datetime | None:
    """The value of a date or timestamp literal, cast or not."""
    node = node.this if isinstance(node, exp.Cast) else node
    if not isinstance(node, exp.Literal) or not node.is_string:
        return None
    try:
        return datetime.fromisoformat(node.name).replace(tzinfo=None)
    except ValueError:
        return None


def _days(node: exp.Expr | None) -> float | None:
    """The length of an interval literal, at the least."""
    sized = node.this if isinstance(node, exp.Interval) else None
    if not isinstance(sized, exp.Literal) or not re.fullmatch(r"-?\d{1,6}", sized.name):
        return None
    unit = _UNIT_DAYS.get(node.text("unit").upper().removesuffix("S"))
    return abs(int(sized.name)) * unit if unit else None
