"""Rules for what turns a short text of SQL into much work: literal limits of single clauses.

These are series, repeated and padded text, formats with wide fields, and grouping sets. `rules.py`
lists them. `sizes.py` bounds what calls make of each other's results.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from math import prod

from sqlglot import exp

from mome.errors import Refused
from mome.guard.limits import MAX_GROUPINGS, MAX_REPEATS, MAX_ROUNDS
from mome.guard.literals import at_most, days_of, moment_of, number_of
from mome.guard.statement import Statement

MAX_WIDTH = 99
"""Widest field of a printf or format string, in characters; `_LONG_FORMAT` enforces it."""

_LONG_FORMAT = re.compile(r"\*|\d{3,}|\{[^}]*\{")
"""Matches a width taken from an argument (C's `*`, DuckDB's `{:{}}`) or of three digits."""
_LENGTHS = {"repeat": 1, "lpad": 1, "rpad": 1, "space": 0}
"""Function name -> index of the argument that sets the length of its result."""


def bounded_series(statement: Statement) -> None:
    """Check that generate_series and range have literal bounds at most `MAX_ROUNDS` steps apart."""
    for node in statement.nodes_of(exp.Anonymous):
        if node.name.lower() not in ("generate_series", "range") or _is_calendar(
            node, statement.engine.name
        ):
            continue
        # With one argument, a series starts at 0.
        bounds = list(node.expressions)
        if len(bounds) == 1:
            bounds.insert(0, exp.Literal.number(0))
        # Arguments that are missing become None; a missing step is 1.
        padded = [*bounds, None, None, None]
        steps = _steps(*padded[:3])
        if steps is None or steps > MAX_ROUNDS:
            raise Refused(f"a series needs literal bounds at most {MAX_ROUNDS:,} steps apart")


def _is_calendar(node: exp.Anonymous, dialect: str) -> bool:
    """Return whether a series of rows steps by days or more, from and to any dates.

    There are 3.7 million days until the year 9999. The engine makes them one after another, so
    that its timeout ends a series of more. Only DuckDB makes a list of them outside of FROM.
    """
    makes_rows = dialect == "postgres" or isinstance(node.parent, exp.Table)
    if len(node.expressions) != 3 or not makes_rows:
        return False
    days = days_of(node.expressions[2])
    texts = [literal.name.lower() for literal in node.find_all(exp.Literal)]
    return days is not None and abs(days) >= 1 and not any("inf" in text for text in texts)


def bounded_text(statement: Statement) -> None:
    """Check that repeat, space, lpad and rpad have a literal length of at most `MAX_REPEATS`."""
    for name, arguments in _calls(statement):
        if name not in _LENGTHS:
            continue
        place = _LENGTHS[name]
        length = at_most(arguments[place]) if place < len(arguments) else None
        if length is None or length > MAX_REPEATS:
            raise Refused(
                f"repeat, space, lpad and rpad need a literal of at most {MAX_REPEATS:,}, "
                "or LEAST with one"
            )


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


def few_groupings(statement: Statement) -> None:
    """Check that each GROUP BY has at most `MAX_GROUPINGS` grouping sets."""
    for node in statement.nodes_of(exp.Group):
        # MySQL's WITH ROLLUP is an argument of its own and refers to all items.
        parts = [*node.expressions, *(node.args.get("rollup") or ())]
        count = prod(_groupings(part, len(node.expressions)) for part in parts)
        if count > MAX_GROUPINGS:
            raise Refused(
                f"this GROUP BY has {count:,} grouping sets, and {MAX_GROUPINGS} are the most: "
                "list the sets that you need in GROUPING SETS"
            )


def _groupings(part: exp.Expr, columns: int) -> int:
    """Return the number of grouping sets of one part of GROUP BY.

    columns: the number of items in GROUP BY, to which MySQL's WITH ROLLUP refers.
    """
    match part:
        case exp.Cube():
            return 2 ** len(part.expressions)
        case exp.Rollup():
            return (len(part.expressions) or columns) + 1
        case exp.GroupingSets():
            return sum(_groupings(inner, 0) for inner in part.expressions)
        case _:
            return 1


def _calls(statement: Statement) -> Iterator[tuple[str, Sequence[exp.Expr]]]:
    """Yield the lower-case name and the arguments of every call."""
    for node in statement.nodes_of(exp.Anonymous):
        yield node.name.lower(), node.expressions


def _steps(start: exp.Expr | None, end: exp.Expr | None, step: exp.Expr | None) -> float | None:
    """Return the number of steps from start to end, or None if the arguments are not literals."""
    first_number = number_of(start)
    last_number = number_of(end)
    size = 1.0 if step is None else number_of(step)
    if first_number is not None and last_number is not None and size is not None:
        return abs(last_number - first_number) / abs(size) if size else None
    first_moment = moment_of(start)
    last_moment = moment_of(end)
    days = days_of(step)
    if first_moment is None or last_moment is None or not days:
        return None
    return abs((last_moment - first_moment) / timedelta(days=1)) / abs(days)
