"""Bound the length of every value that a query makes, so that no call makes or reads too much.

Engines check their timeout between rows and between steps, but not inside of one call: six nested
`replace` held MariaDB for minutes, and one `repeat` of a list took 7 GB in DuckDB. `resolve.py`
measures each expression after it has looked up the columns in it. The bound of a column of a CTE
or a derived table is that of its expression.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set

from sqlglot import exp

from mome.errors import Refused
from mome.guard.growth import AGGREGATES, CONTAINERS, GROWTH, SELECTING, WORK, Call, total
from mome.guard.limits import (
    CALL_SIZE,
    MAX_AGGREGATE,
    MAX_DUCKDB_VALUE,
    MAX_LAMBDAS,
    MAX_VALUE,
    MAX_WORK,
    NUMBER_SIZE,
    POWER_SIZE,
)
from mome.guard.names import Relation
from mome.guard.rowcount import rows_in_a_group
from mome.guard.statement import Statement

_GROWING = (
    *(exp.DPipe, exp.GroupConcat, exp.Lambda, exp.Array),
    *(exp.Struct, exp.ToMap, exp.Map, exp.Overlay),
)
"""Classes that make longer values; a query without them and without calls of `GROWTH` makes
none."""
_CALLS = (exp.Anonymous, exp.GroupConcat, exp.DPipe, exp.Array)
"""Classes whose bounds are in `GROWTH`."""
_WRITTEN = {"groupconcat": "group_concat", "dpipe": "||"}
"""Class in lower case -> its name in `GROWTH` and in messages."""
_LAMBDAS = frozenset(
    "list_transform list_apply apply array_apply array_transform list_filter array_filter".split()
)
"""Functions that apply a lambda to each element of a list."""
_SHORT = (
    *(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg, exp.Connector, exp.Not),
    *(exp.Predicate, exp.Between, exp.In, exp.Exists, exp.Extract, exp.StrPosition, exp.Boolean),
    *(exp.Null, exp.Interval, exp.Var, exp.DataType, exp.Identifier),
)
"""Classes whose values are numbers, dates, booleans, or no values."""
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod)
_FIRST = (exp.Window, exp.Filter, exp.Bracket, exp.Paren, exp.Alias, exp.Collate, exp.Ordered)
"""Classes whose value is as long as their first part."""


def makes_long_values(statement: Statement) -> bool:
    """Return whether any value can be longer than the columns of the catalog."""
    calls = statement.nodes_of(exp.Anonymous)
    if any(call.name.lower() in GROWTH for call in calls):
        return True
    # A row as a value; rows in IN and in VALUES are no values.
    rows = statement.nodes_of(exp.Tuple)
    if any(isinstance(row.parent, (exp.Alias, exp.Select)) for row in rows):
        return True
    return any(statement.nodes_of(kind) for kind in _GROWING)


class Sizes:
    """The bounds of all expressions of one statement."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._sizes: dict[int, float] = {}
        self._rows: dict[int, float] = {}
        # Lambdas around the body that is measured.
        self._lambdas = 0

    def of(self, node: exp.Expr) -> float:
        """Return the bound of an expression that was measured; 0 for parts without a value."""
        return self._sizes.get(id(node), 0.0)

    def note_column(self, node: exp.Column, size: float) -> None:
        """Set the bound of a column."""
        self._sizes[id(node)] = size

    def note_query(self, node: exp.Expr, relation: Relation) -> None:
        """Set the bound of a subquery that is read as a value."""
        self._sizes[id(node)] = max((output.size for output in relation.outputs), default=0.0)
        self._rows[id(node)] = relation.rows

    def measure(self, nodes: Iterable[exp.Expr], rows: Callable[[], float]) -> None:
        """Bound expressions, children before parents.

        rows: returns the rows of FROM, for aggregates.
        Raises Refused if one is too long, or if a call takes too many steps.
        """
        for node in nodes:
            self._sizes[id(node)] = self._measured(node, rows)

    def _measured(self, node: exp.Expr, rows: Callable[[], float]) -> float:
        """Return the bound of a node from those of its children."""
        name = _name_of(node)
        bound = GROWTH.get(name) or SELECTING.get(name) or total
        if isinstance(node, exp.Literal):
            return len(node.name)
        if name in _LAMBDAS or isinstance(node, exp.Comprehension):
            return self._checked(name, self._mapped(node, rows))
        if name in WORK or isinstance(node, _CALLS):
            call = self._call(node, name, rows)
            if name in WORK and WORK[name](call) > MAX_WORK:
                _refuse_work(name)
            if isinstance(node, _SHORT):
                return NUMBER_SIZE
            return self._checked(name, bound(call))
        if self._engine == "postgres" and isinstance(node, _ARITHMETIC):
            return self._digits(node)
        if isinstance(node, _SHORT):
            return NUMBER_SIZE
        if isinstance(node, _FIRST):
            return self.of(node.this)
        return self._default(node, name)

    def _call(self, node: exp.Expr, name: str, rows: Callable[[], float]) -> Call:
        """Return a call or an operator with the sizes of its arguments."""
        nodes = node.expressions if isinstance(node, exp.Anonymous) else [*node.iter_expressions()]
        sizes = [self.of(argument) for argument in nodes]
        count = 1.0
        if name in AGGREGATES:
            count = rows_in_a_group(rows())
        elif name == "array":
            queries = [self._rows.get(id(argument), 1.0) for argument in nodes]
            count = rows_in_a_group(max(queries, default=1.0))
        return Call(nodes, sizes, count, self._engine)

    def _digits(self, node: exp.Expr) -> float:
        """Return the bound of a number of PostgreSQL, which has as many digits as it needs."""
        sizes = [self.of(child) for child in node.iter_expressions()]
        size = max(sizes) if isinstance(node, (exp.Add, exp.Sub)) else sum(sizes)
        return min(POWER_SIZE, max(NUMBER_SIZE, size))

    def _mapped(self, node: exp.Expr, rows: Callable[[], float]) -> float:
        """Return the bound of a list to whose elements a lambda is applied.

        Bounds are convex, so those of all elements together are at most that of one element as
        long as the list, and for each other element that of an empty one.
        """
        if isinstance(node, exp.Comprehension):
            source, body, parameters = node.args["iterator"], node.this, {node.expression.name}
        else:
            source, function = node.expressions[0], node.expressions[-1]
            if not isinstance(function, exp.Lambda):
                return sum(self.of(argument) for argument in node.expressions)
            body, parameters = function.this, {name.name for name in function.expressions}
        # Each level doubles the passes over the innermost body.
        if self._lambdas == MAX_LAMBDAS:
            raise Refused(f"lambdas may stand inside of each other {MAX_LAMBDAS} deep")
        self._lambdas += 1
        length = self.of(source)
        empty = self._body(body, parameters, 0.0, rows)
        whole = self._body(body, parameters, length, rows)
        self._lambdas -= 1
        return max(length, whole + length * empty)

    def _body(
        self, body: exp.Expr, parameters: Set[str], size: float, rows: Callable[[], float]
    ) -> float:
        """Return the bound of a lambda's body, given that of its parameters."""
        nodes = list(body.walk(prune=lambda part: isinstance(part, (exp.Column, exp.Query))))
        for node in reversed(nodes):
            if isinstance(node, exp.Identifier):
                if node.name in parameters:
                    self._sizes[id(node)] = size
            elif not isinstance(node, (exp.Column, exp.Query)):
                self._sizes[id(node)] = self._measured(node, rows)
        return self.of(body)

    def _checked(self, name: str, size: float) -> float:
        """Return the bound of a call. Raises Refused if it is too long."""
        limit = MAX_AGGREGATE
        if name in GROWTH and name not in AGGREGATES:
            is_plain = self._engine == "duckdb" and name not in CONTAINERS
            limit = MAX_DUCKDB_VALUE if is_plain else MAX_VALUE
        if size > limit:
            raise Refused(
                f"{name} could make a value of {size:,.0f} characters here, and {limit:,} is the "
                "most: shorten its arguments, repeat or join less, or join the tables by a key"
            )
        return size

    def _default(self, node: exp.Expr, name: str) -> float:
        """Return the bound of all other nodes."""
        children = list(node.iter_expressions())
        sizes = [self.of(child) for child in children]
        if isinstance(node, (exp.Case, exp.If)):
            return max(sizes, default=0.0)
        if isinstance(node, exp.Pow):
            return POWER_SIZE if self._engine == "postgres" else NUMBER_SIZE
        if isinstance(node, exp.Cast):
            # CHAR(n) pads to n characters.
            widths = [int(p.name) for p in node.to.expressions if p.name.isdecimal()]
            return max(sizes[0], *widths, NUMBER_SIZE)
        if isinstance(node, exp.Func):
            sizes.append(CALL_SIZE)
        return self._checked(name, sum(sizes))


def _name_of(node: exp.Expr) -> str:
    """Return the name of a call, or that of the class of another node, in lower case."""
    if isinstance(node, exp.Anonymous):
        return node.name.lower()
    class_name = type(node).__name__.lower()
    return _WRITTEN.get(class_name, class_name)


def _refuse_work(name: str) -> None:
    raise Refused(
        f"{name} could search too long a text here, and the engine could not be interrupted: "
        "call it on a column, or shorten its arguments"
    )
