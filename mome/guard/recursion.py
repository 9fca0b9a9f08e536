"""Allow a recursive query only if it provably ends. `resolve.py` calls this for each recursive CTE.

Two forms provably end:
- UNION (without ALL) whose second half selects only columns and literals. No new values arise, so
  there are finitely many rows, and UNION keeps each row once.
- A counter: a column that starts at a literal, grows by a literal in each round, and has a
  literal upper limit in WHERE. There are at most `MAX_ROUNDS` rounds.

Not covered: the number of rows per round. As for joins, the engine's timeout limits it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import NoReturn

from sqlglot import exp

from mome.errors import Refused
from mome.guard.names import Relation

MAX_ROUNDS = 10_000
"""Most rounds of a counter; the same as `bounds.MAX_SERIES`, because a counter makes a series."""


def check_recursion_ends(union: exp.Union, relation: Relation, uses: Sequence[exp.Table]) -> None:
    """Check that a recursive query ends.

    union: the CTE's query.
    relation: the CTE's columns.
    uses: the nodes at which the query reads itself.
    Raises mome.errors.Refused if the recursion is of neither form.
    """
    step = union.expression
    if not isinstance(step, exp.Select) or not _reads_itself_once(step, uses):
        raise Refused(
            "a recursive query may read itself once, in the FROM of the SELECT behind UNION"
        )
    joins = step.args.get("joins") or ()
    sources = [step.args["from_"].this, *(join.this for join in joins)]
    # Derived tables and functions could make new values under the name of a plain column.
    if not all(_is_named_table(source) for source in sources):
        _refuse()
    if _makes_no_new_values(union, step):
        return
    if not _has_limited_counter(union, step, relation, uses[0].alias_or_name):
        _refuse()


def _reads_itself_once(step: exp.Select, uses: Sequence[exp.Table]) -> bool:
    """Return whether the query reads itself once, and not in a subquery of its second half."""
    if len(uses) != 1:
        return False
    return uses[0].find_ancestor(exp.Select, exp.SetOperation) is step


def _is_named_table(source: exp.Expr) -> bool:
    """Return whether a FROM item is a table or a CTE by its name."""
    return isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier)


def _refuse() -> NoReturn:
    raise Refused(
        "this recursion could go on for ever: use UNION instead of UNION ALL "
        "and only plain columns behind it, or a counter that starts at a number, "
        f"grows by a number and is limited in WHERE (at most {MAX_ROUNDS:,} rounds)"
    )


def _makes_no_new_values(union: exp.Union, step: exp.Select) -> bool:
    """Return whether the query is a UNION whose second half selects only columns and literals."""
    if not union.args.get("distinct"):
        return False
    plain = (exp.Column, exp.Literal, exp.Null, exp.Star)
    return all(isinstance(item.unalias(), plain) for item in step.expressions)


def _has_limited_counter(union: exp.Union, step: exp.Select, relation: Relation, name: str) -> bool:
    """Return whether some column is a counter with a limit.

    name: the name or alias by which the second half reads the query.
    """
    # A star shifts the positions of the columns after it.
    if any(item.is_star for item in step.expressions):
        return False
    joins = step.args.get("joins") or ()
    merges = any(join.args.get("using") or join.method for join in joins)
    # After USING or NATURAL an unqualified column can be the other table's.
    tables = {name} if merges else {name, ""}
    start_rows = list(_rows(union.this))
    for place, (output, item) in enumerate(zip(relation.outputs, step.expressions, strict=False)):
        growth = _growth(item.unalias(), output.name, tables)
        starts = [_integer(row[place].unalias()) for row in start_rows if place < len(row)]
        if growth is None or growth <= 0 or not starts or None in starts:
            continue
        # Rounds of the slowest row: (limit - start) / growth.
        limits = _limits(step, output.name, tables)
        if any((limit - min(starts)) / growth <= MAX_ROUNDS for limit in limits):
            return True
    return False


def _limits(step: exp.Select, column: str, tables: Set[str]) -> Iterator[int]:
    """Yield the literal upper limits that WHERE sets on a column."""
    for condition in _conditions(step):
        limit = _limit(condition, column, tables)
        if limit is not None:
            yield limit


def _rows(start: exp.Expr) -> Iterator[Sequence[exp.Expr]]:
    """Yield the rows of the first half as lists of expressions.

    Nothing is yielded if the first half is more than one SELECT or VALUES.
    """
    start = start.unnest()
    # sqlglot parses VALUES in a CTE as SELECT * FROM (VALUES ...).
    if isinstance(start, exp.Select) and len(start.expressions) == 1:
        source = start.args.get("from_")
        if isinstance(start.expressions[0], exp.Star) and source is not None:
            start = source.this
    if isinstance(start, exp.Select):
        yield start.expressions
    elif isinstance(start, exp.Values):
        for row in start.expressions:
            yield row.expressions if isinstance(row, exp.Tuple) else [row]


def _growth(item: exp.Expr, column: str, tables: Set[str]) -> int | None:
    """Return k of `column + k` or `k + column`; None for anything else."""
    if not isinstance(item, exp.Add):
        return None
    left, right = item.this, item.expression
    if _is_column(right, column, tables):
        left, right = right, left
    return _integer(right) if _is_column(left, column, tables) else None


def _limit(condition: exp.Expr, column: str, tables: Set[str]) -> int | None:
    """Return n of `column < n`, `column + k <= n` or `n > column`; None for anything else.

    k must not be negative: `column - 5 <= n` would allow more rounds than n says.
    """
    match condition:
        case exp.LT() | exp.LTE():
            small, large = condition.this, condition.expression
        case exp.GT() | exp.GTE():
            small, large = condition.expression, condition.this
        case _:
            return None
    if _is_column(small, column, tables):
        return _integer(large)
    growth = _growth(small, column, tables)
    return _integer(large) if growth is not None and growth >= 0 else None


def _conditions(step: exp.Select) -> Iterator[exp.Expr]:
    """Yield the conditions that WHERE joins by AND."""
    where = step.args.get("where")
    stack = [where.this] if where else []
    while stack:
        node = stack.pop()
        if isinstance(node, (exp.And, exp.Paren)):
            stack.extend(node.iter_expressions())
        else:
            yield node


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
