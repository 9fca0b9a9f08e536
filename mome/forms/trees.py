"""Read and write the syntax trees of SQL and of the form alike."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from mome.errors import NotExpressible
from mome.forms import nodes

UNREADABLE = (
    SqlglotError,
    RecursionError,
    AttributeError,
    TypeError,
    ValueError,
    KeyError,
    IndexError,
)
"""What sqlglot raises for SQL that it cannot read or write: its own errors, and plain ones where a
function has arguments that its code does not expect.
"""


def write_query(tree: exp.Expr, dialect: str) -> str:
    """Return the text of a tree in a dialect. Raises NotExpressible."""
    try:
        return tree.sql(dialect=dialect, comments=False, unsupported_level=ErrorLevel.RAISE)
    except UNREADABLE as error:
        raise NotExpressible(f"{dialect} cannot say that") from error


def given_arguments(node: exp.Expr) -> list[str]:
    """Return the names of a node's arguments that are set."""
    return [name for name, value in node.args.items() if value]


def sources(select: exp.Select) -> list[exp.Expr]:
    """Return the nodes named by FROM and JOIN."""
    first = select.args.get("from_")
    joined = [join.this for join in select.args.get("joins") or []]
    return joined if first is None else [first.this, *joined]


def direct_columns(select: exp.Select) -> Iterator[exp.Column]:
    """Yield the columns in this query, not those in nested queries."""
    for node in direct_nodes(select, (exp.Column,)):
        assert isinstance(node, exp.Column)
        yield node


def direct_nodes(select: exp.Select, kinds: tuple[type[exp.Expr], ...]) -> Iterator[exp.Expr]:
    """Yield the nodes of some kinds in this query, not those in nested queries."""
    for node in select.walk(prune=lambda n: n is not select and isinstance(n, exp.Query)):
        if isinstance(node, kinds):
            yield node


def nested_queries(query: exp.Query) -> Iterator[exp.Query]:
    """Yield the outermost queries inside this one, not those in its FROM clause."""
    from_clause = sources(query) if isinstance(query, exp.Select) else []
    skipped = {id(source) for source in from_clause if isinstance(source, exp.Subquery)}
    for node in query.walk(prune=lambda n: _is_inner_query(n, query) or id(n) in skipped):
        if _is_inner_query(node, query) and id(node) not in skipped:
            assert isinstance(node, exp.Query)
            yield node


def _is_inner_query(node: exp.Expr, query: exp.Query) -> bool:
    # A Subquery is the parentheses around a query.
    return node is not query and isinstance(node, (exp.Select, exp.SetOperation))


def in_parentheses(node: exp.Expr, parent: exp.Expr | None) -> exp.Expr:
    """Return `node`, in parentheses if an operator inside an operator needs them."""
    is_nested = isinstance(node, exp.Binary) and isinstance(parent, exp.Binary)
    return exp.Paren(this=node) if is_nested else node


_OF_DATES = (
    exp.Year, exp.Quarter, exp.Month, exp.Day, exp.DayOfWeek, exp.DayOfMonth, exp.Week,
    exp.WeekOfYear, exp.Hour, exp.TimeToStr, exp.Extract,
)  # fmt: skip


def drop_conversions(tree: exp.Expr) -> None:
    """Drop the conversions to dates that sqlglot puts around the arguments of some functions."""
    for node in list(tree.find_all(exp.TsOrDsToTimestamp, exp.TsOrDsToDate)):
        if node.parent is None:
            continue
        if isinstance(node, exp.TsOrDsToTimestamp) or isinstance(node.parent, _OF_DATES):
            node.replace(node.this)
        else:
            node.replace(exp.cast(node.this, "DATE"))


def is_condition(node: exp.Expr) -> bool:
    """Return whether a node is true or false."""
    bare = node.unnest() if isinstance(node, exp.Paren) else node
    return isinstance(bare, (exp.Predicate, exp.Connector, exp.Not, exp.Exists, nodes.Condition))
