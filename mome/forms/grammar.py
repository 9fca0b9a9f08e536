"""What a form may hold: an allow-list of sqlglot's nodes, beside the constructs of `nodes`.

All of it means the same on every engine. SQL that needs anything else has no form.
"""

from __future__ import annotations

from sqlglot import exp

from mome.errors import NotExpressible
from mome.forms import nodes

_QUERIES = """
    Select Union Intersect Except Subquery From Join Table TableAlias Alias Where Group Having Order
    Ordered Limit Offset Distinct Qualify Star Identifier Column FormColumn
"""
_OPERATORS = """
    And Or Not EQ NEQ GT GTE LT LTE Like ILike Glob RegexpLike Escape Is In Between Exists Add Sub
    Mul Div IntDiv Mod Neg DPipe Paren Case If Any All Tuple NullSafeEQ NullSafeNEQ
"""
_VALUES = "Literal Null Boolean Cast DataType DataTypeParam Var CurrentDate CurrentTimestamp"
_FUNCTIONS = """
    Count Sum Avg Min Max GroupConcat Stddev StddevSamp StddevPop Variance Abs Round Floor Ceil
    Sqrt Pow Ln Log Exp Length Lower Upper Trim Replace Substring StrPosition Left Right Concat
    Coalesce Nullif Greatest Least Date
"""
_WINDOWS = """
    Window WindowSpec RowNumber Rank DenseRank Ntile Lag Lead FirstValue LastValue PercentRank
    CumeDist
"""
NODES = frozenset(" ".join((_QUERIES, _OPERATORS, _VALUES, _FUNCTIONS, _WINDOWS)).split())
"""Names of the classes that a form may hold."""
TYPES = frozenset("INT DOUBLE DECIMAL TEXT DATE TIMESTAMP BOOLEAN".split())
"""Types that a value may be cast to."""
_CLAUSES = frozenset(
    "expressions distinct from_ joins where group having qualify order limit offset".split()
)
_SET_CLAUSES = frozenset("this expression distinct order limit offset".split())


def check_form(tree: exp.Expr) -> None:
    """Raise NotExpressible for a tree that holds anything else."""
    for node in tree.walk():
        if isinstance(node, exp.Anonymous):
            raise NotExpressible(f"the function {node.name.upper()}")
        name = type(node).__name__
        if name not in NODES and type(node).__module__ != nodes.__name__:
            raise NotExpressible(f"{name} is no part of a form")
        if isinstance(node, exp.DataType) and node.this.name not in TYPES:
            raise NotExpressible(f"the type {node.this.name}")
        if isinstance(node, exp.GroupConcat):
            _check_separator(node)
        _check_clauses(node)


def _check_separator(node: exp.GroupConcat) -> None:
    """Raise NotExpressible for distinct or ordered texts with a separator, which sqlglot would read
    as one more text.
    """
    if isinstance(node.this, exp.Distinct | exp.Order) and node.args.get("separator"):
        raise NotExpressible("distinct or ordered texts put together with a separator")


def _check_clauses(node: exp.Expr) -> None:
    """Raise NotExpressible for a query with a clause that forms lack."""
    if isinstance(node, exp.Select):
        allowed = _CLAUSES
        if not node.expressions:
            raise NotExpressible("a query that shows nothing")
    elif isinstance(node, exp.SetOperation):
        allowed = _SET_CLAUSES
    else:
        return
    others = [name for name, value in node.args.items() if value and name not in allowed]
    if others:
        raise NotExpressible(f"the clause {others[0].strip('_').upper()}")
