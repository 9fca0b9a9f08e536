"""Find the counter of a recursive query: a column that changes in each round up to a limit.

The column is a number that grows or shrinks by a literal, or a date that does by an interval. It
has a limit in WHERE on that side, which stays the same in all rounds. If start and limit are
literals there are at most `MAX_ROUNDS` rounds. If one of them comes from the data, as MAX(day)
does, the rounds are finite, and the engine's timeout limits them. `recursion.py` calls this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from datetime import datetime, timedelta

from sqlglot import exp

from mome.guard.limits import MAX_ROUNDS
from mome.guard.literals import days_of, moment_of, number_of
from mome.guard.names import Relation

# SQLite's date(d, '+1 day').
_MODIFIER = re.compile(r"([+-]?\d{1,5}) (hour|day|month|year)s?\Z")
_UNIT_DAYS = {"hour": 1 / 24, "day": 1, "month": 28, "year": 365}
_LARGE = (exp.Mul, exp.Pow, exp.BitwiseLeftShift)
"""Operators that could make a huge limit of a small value."""


def counter_rounds(
    union: exp.Union, step: exp.Select, relation: Relation, name: str
) -> float | None:
    """Return the most rounds of the recursion if some column is a counter with a limit, or None.

    name: the name or alias by which the second half reads the query.
    """
    # A star shifts the positions of the columns after it.
    if any(item.is_star for item in step.expressions):
        return None
    joins = step.args.get("joins") or ()
    merges = any(join.args.get("using") or join.method for join in joins)
    # After USING or NATURAL an unqualified column can be the other table's.
    tables = {name} if merges else {name, ""}
    start_rows = list(_rows(union.this))
    where = step.args.get("where")
    for place, (output, item) in enumerate(zip(relation.outputs, step.expressions, strict=False)):
        growth = _growth(item.unalias(), output.name, tables)
        starts = [row[place].unalias() for row in start_rows if place < len(row)]
        if not growth or not starts:
            continue
        parts = conditions(where.this if where else None)
        for limit in _limits(parts, output.name, tables, growth > 0):
            if not _stays_the_same(limit, step, relation, tables):
                continue
            rounds = _rounds(starts, growth, limit, _adds_dates(item.unalias()))
            if rounds is not None and rounds <= MAX_ROUNDS:
                return rounds
    return None


def shortens_a_text(step: exp.Select, relation: Relation, name: str) -> bool:
    """Return whether a column is cut off at its start in each round until WHERE ends it.

    This is how a list in a text is split: substr(rest, instr(rest, ',') + 1).
    """
    if any(item.is_star for item in step.expressions):
        return False
    where = step.args.get("where")
    for output, item in zip(relation.outputs, step.expressions, strict=False):
        rest = item.unalias()
        text, start = _cut(rest)
        if text is None or not _is_column(text, output.name, {name, ""}):
            continue
        skips = isinstance(start, exp.Add) and _integer(start.expression) is not None
        columns = where.find_all(exp.Column) if where else ()
        if skips and any(_is_column(column, output.name, {name, ""}) for column in columns):
            return True
    return False


def _cut(node: exp.Expr) -> tuple[exp.Expr | None, exp.Expr | None]:
    """Return the text and the start of substr(text, start) without a length."""
    if isinstance(node, exp.Substring) and node.args.get("length") is None:
        return node.this, node.args.get("start")
    is_call = isinstance(node, exp.Anonymous) and node.name.lower() in ("substr", "substring")
    if is_call and len(node.expressions) == 2:
        return node.expressions[0], node.expressions[1]
    return None, None


def conditions(node: exp.Expr | None) -> Iterator[exp.Expr]:
    """Yield the conditions that AND joins."""
    stack = [node] if node is not None else []
    while stack:
        part = stack.pop()
        if isinstance(part, (exp.And, exp.Paren)):
            stack.extend(part.iter_expressions())
        else:
            yield part


def _rows(start: exp.Expr) -> Iterator[Sequence[exp.Expr]]:
    """Yield the rows of the first half as lists of expressions.

    Nothing is yielded if the first half is more than one SELECT or VALUES.
    """
    start = start.unnest()
    # sqlglot parses VALUES in a CTE as SELECT * FROM (VALUES ...). EXCLUDE and REPLACE change the
    # columns of a star.
    if isinstance(start, exp.Select) and len(start.expressions) == 1:
        star = start.expressions[0]
        source = start.args.get("from_")
        is_plain = isinstance(star, exp.Star) and not any(star.args.values())
        if is_plain and source is not None:
            start = source.this
    if isinstance(start, exp.Select):
        # A star stands for columns that are not counted here.
        if not any(item.is_star for item in start.expressions):
            yield start.expressions
    elif isinstance(start, exp.Values):
        for row in start.expressions:
            yield row.expressions if isinstance(row, exp.Tuple) else [row]


def _growth(item: exp.Expr, column: str, tables: Set[str]) -> float | None:
    """Return k of `column + k`, in days if k is an interval; None for anything else."""
    while isinstance(item, (exp.Paren, exp.Cast)):
        item = item.this
    if isinstance(item, exp.Anonymous) and len(item.expressions) == 2:
        left, right = item.expressions
        change = _CALLS.get(item.name.lower(), lambda _: None)(right)
    elif isinstance(item, (exp.Add, exp.Sub)):
        left, right = item.this, item.expression
        if isinstance(item, exp.Add) and _is_column(right, column, tables):
            left, right = right, left
        change = days_of(right) if isinstance(right, exp.Interval) else _integer(right)
        if change is not None and isinstance(item, exp.Sub):
            change = -change
    else:
        return None
    return change if _is_column(left, column, tables) else None


def _modifier_days(node: exp.Expr) -> float | None:
    """Return the days of SQLite's modifier, such as '+1 day', or None."""
    match = _MODIFIER.match(node.name) if isinstance(node, exp.Literal) else None
    return int(match[1]) * _UNIT_DAYS[match[2]] if match else None


def _days_back(node: exp.Expr) -> float | None:
    """Return the days of an interval that is subtracted, or None."""
    days = days_of(node)
    return None if days is None else -days


_CALLS = {
    "date": _modifier_days,
    "datetime": _modifier_days,
    "date_add": days_of,
    "adddate": days_of,
    "date_sub": _days_back,
    "subdate": _days_back,
}
"""Function of a date and a change -> the days of the change, or None."""


def _adds_dates(item: exp.Expr) -> bool:
    """Return whether the growth is in days."""
    while isinstance(item, (exp.Paren, exp.Cast)):
        item = item.this
    return not isinstance(item, (exp.Add, exp.Sub)) or item.find(exp.Interval) is not None


def _limits(
    parts: Iterator[exp.Expr], column: str, tables: Set[str], upwards: bool
) -> Iterator[exp.Expr]:
    """Yield n of `column < n`, `column + k <= n`, `n > column` and BETWEEN.

    upwards: whether the column grows; otherwise n of `column > n` and so on are yielded.
    The column's side must not be behind: `column - 5 <= n` would allow more rounds than n says.
    """
    for condition in parts:
        match condition:
            case exp.LT() | exp.LTE():
                small, large = condition.this, condition.expression
            case exp.GT() | exp.GTE():
                small, large = condition.expression, condition.this
            case exp.Between():
                ends = (condition.this, condition.args["high"], condition.args["low"])
                small, large = ends[:2] if upwards else (ends[2], ends[0])
            case _:
                continue
        near, limit = (small, large) if upwards else (large, small)
        change = 0.0 if _is_column(near, column, tables) else _growth(near, column, tables)
        if change is not None and (change >= 0 if upwards else change <= 0):
            yield limit


def _stays_the_same(
    limit: exp.Expr, step: exp.Select, relation: Relation, tables: Set[str]
) -> bool:
    """Return whether the query's own columns in a limit are handed on unchanged."""
    own = [output.name for output in relation.outputs]
    for column in limit.find_all(exp.Column):
        if column.table not in tables or column.name not in own:
            continue
        item = step.expressions[own.index(column.name)].unalias()
        if not _is_column(item, column.name, tables):
            return False
    return True


def _rounds(
    starts: Sequence[exp.Expr], growth: float, limit: exp.Expr, is_date: bool
) -> float | None:
    """Return the rounds from the farthest start to the limit; None if they may be too many."""
    ends = [*starts, limit]
    if is_date:
        moments = [_moment(end) for end in ends]
        if None not in moments:
            days = (max(moments) - min(moments)) / timedelta(days=1)
            return days / abs(growth)
        # Ten thousand years have 88 million hours; the engine ends before that.
        return MAX_ROUNDS if abs(growth) >= 1 / 24 else None
    numbers = [_integer(end) for end in ends]
    if None not in numbers:
        return max((numbers[-1] - start) / growth for start in numbers[:-1])
    known = all(n is not None or _from_data(e) for n, e in zip(numbers, ends, strict=True))
    return MAX_ROUNDS if known else None


def _moment(node: exp.Expr) -> datetime | None:
    """Return the value of a date literal, with SQLite's date() around it or not, or None."""
    if isinstance(node, exp.Anonymous) and len(node.expressions) == 1:
        node = node.expressions[0]
    return moment_of(node)


def _from_data(node: exp.Expr) -> bool:
    """Return whether a value comes from a column and is not made much larger."""
    literals = [number_of(part) for part in node.find_all(exp.Literal)]
    if any(number is not None and number > MAX_ROUNDS for number in literals):
        return False
    return node.find(exp.Column) is not None and node.find(*_LARGE) is None


def _is_column(node: exp.Expr, column: str, tables: Set[str]) -> bool:
    """Return whether the node is this column, qualified by one of the tables (empty: by none)."""
    return isinstance(node, exp.Column) and node.name == column and node.table in tables


def _integer(node: exp.Expr) -> int | None:
    """Return the value of an integer literal below 10^9 with its sign, or None."""
    sign = 1
    if isinstance(node, exp.Neg):
        sign = -1
        node = node.this
    if not isinstance(node, exp.Literal) or node.is_string:
        return None
    if not node.name.isdecimal() or len(node.name) > 9:
        return None
    return sign * int(node.name)
