"""Rules on the syntax tree that need no catalog: nodes, calls, types, joins and new names.

`rules.py` lists them; the allow-lists are in `nodes.py`, `functions.py` and `engines.py`.
"""

from __future__ import annotations

import re

from sqlglot import exp

from mome.errors import Refused
from mome.guard.engines import GuardDialect
from mome.guard.functions import RECORDS
from mome.guard.names import safe_name
from mome.guard.nodes import ALIASED, ARGUMENTS, EXTRAS, IDENTIFIERS, REASONS, ROOTS, SHAPES, TYPES
from mome.guard.sqltext import TOO_DEEP
from mome.guard.statement import Statement
from mome.guard.text import refuse_call

MAX_DEPTH = 200
"""Deepest nesting of nodes; a chain of 150 ORs is about as deep."""
MAX_NAME = 63
"""Longest new name, in bytes of UTF-8: PostgreSQL cuts off the rest."""

_PACKING = frozenset({"struct_pack", "struct_insert"})
"""Functions that take named fields."""
_NAMING = frozenset(
    {
        "ColumnDef",
        "JSONColumnDef",
        "Alias",
        "TableAlias",
        "Window",
        "PropertyEQ",
        "Lambda",
        "Comprehension",
        "PivotAlias",
        "Unnest",
    }
)
"""Classes that hold new names."""
_WORDS = re.compile(r"[A-Za-z_][A-Za-z0-9_ ]*\Z")
# Letters of any script, digits and underscores, not starting with a digit.
_BARE_NAME = re.compile(r"[^\W\d]\w*\Z")
# These could end the quotes around a name, or start a comment, in one of the engines.
_UNSAFE_IN_NAMES = re.compile(r"[\"'`\\;]|--|/\*|\*/")


def query_root(statement: Statement) -> None:
    """Check that the statement is a SELECT, a set operation, VALUES, or a query in parentheses."""
    root = type(statement.tree).__name__
    if root not in ROOTS:
        raise Refused(f"only a query may run: {REASONS.get(root, root)}")


def known_nodes(statement: Statement) -> None:
    """Check that every node's class and arguments are on the allow-list."""
    for node in statement.nodes:
        name = type(node).__name__
        if name not in SHAPES:
            if isinstance(node, exp.Func) and name not in REASONS:
                refuse_call(node.sql_name().lower(), statement.engine)
            raise Refused(REASONS.get(name, f"{name} is not allowed in a query"))
        # sqlglot sets absent arguments to None, False or an empty list.
        for argument, value in node.args.items():
            is_absent = value is None or value is False or value == []
            if not is_absent:
                _check_argument(name, argument, statement.engine)


def _check_argument(name: str, argument: str, engine: GuardDialect) -> None:
    """Raise Refused if this argument is not allowed for the class or not on this engine."""
    allowed = SHAPES[name]
    if allowed is not None and argument not in allowed:
        raise Refused(ARGUMENTS.get(argument, f"{name} with {argument.strip('_')} is not allowed"))
    extra = EXTRAS.get((name, argument))
    if extra is not None and extra not in engine.extras:
        raise Refused(f"{extra.upper()} is not allowed in {engine.title}")


def not_too_deep(statement: Statement) -> None:
    """Check that the tree is not so deep that the generator would exhaust Python's stack."""
    # A loop, not a recursion: parents come before children in `nodes`.
    depths: dict[int, int] = {}
    for node in statement.nodes:
        depth = depths.get(id(node.parent), 0) + 1
        if depth > MAX_DEPTH:
            raise Refused(TOO_DEEP)
        depths[id(node)] = depth


def no_hints(statement: Statement) -> None:
    """Check that no table has SQLite's INDEXED BY or NOT INDEXED.

    `known_nodes` does not see NOT INDEXED, because its argument is False.
    """
    for node in statement.nodes:
        if isinstance(node, exp.Table) and node.args.get("indexed") is not None:
            raise Refused(ARGUMENTS["indexed"])


def calls_by_name(statement: Statement) -> None:
    """Check that each call by name is unquoted and on the engine's list of functions.

    `sources.py` checks calls in FROM against the list of functions for FROM as well.
    """
    for node in statement.nodes:
        if not isinstance(node, exp.Anonymous):
            continue
        # The name of a quoted call is an Identifier, that of an unquoted one a str.
        is_quoted = not isinstance(node.this, str)
        if is_quoted or node.name.lower() not in statement.engine.functions:
            refuse_call(node.name, statement.engine)


def known_types(statement: Statement) -> None:
    """Check that casts are to plain types."""
    for node in statement.nodes_of(exp.DataType):
        # A user-defined type has its name in `kind`; CAST(... CHARACTER SET x) has x there.
        kind = node.this.name if isinstance(node.this, exp.DType) else ""
        has_name = node.args.get("kind") and kind != "CHARACTER_SET"
        if kind not in TYPES or has_name:
            raise Refused(
                "a cast to this type is not allowed: "
                "only to numbers, text, dates, times, booleans and JSON"
            )


def known_joins(statement: Statement) -> None:
    """Check that joins are of a kind that the engine has; sqlglot would rewrite the others."""
    engine = statement.engine
    for node in statement.nodes_of(exp.Join):
        allowed = (
            node.kind in engine.join_kinds
            and node.side in engine.join_sides
            and node.method in engine.join_methods
        )
        if not allowed:
            kind = " ".join(filter(None, (node.method, node.side, node.kind)))
            raise Refused(f"this kind of join is not allowed in {engine.title}: {kind}")


def plain_lambdas(statement: Statement) -> None:
    """Check that no query stands inside of a lambda, where its columns could be parameters."""
    for node in (*statement.nodes_of(exp.Lambda), *statement.nodes_of(exp.Comprehension)):
        for part in (node.this, node.args.get("condition")):
            if part is not None and part.find(exp.Query) is not None:
                raise Refused("a query may not stand inside of a lambda or a list comprehension")


def plain_samples(statement: Statement) -> None:
    """Check that the size of a sample is a literal."""
    for node in statement.nodes_of(exp.TableSample):
        for part in node.iter_expressions():
            if not isinstance(part, (exp.Literal, exp.Var)):
                raise Refused("the size of a sample has to be a number")


def plain_words(statement: Statement) -> None:
    """Check that units, frames and collations are plain words: they are written verbatim."""
    for node in statement.nodes:
        if isinstance(node, exp.Var) and not _WORDS.match(node.name):
            raise Refused("a word in this query has characters that no word has")


def assignments_in_place(statement: Statement) -> None:
    """Check that `:=` and `:` stand only in structs, where they name fields."""
    for node in statement.nodes_of(exp.PropertyEQ):
        parent = node.parent
        packs = isinstance(parent, exp.Anonymous) and parent.name.lower() in _PACKING
        if not packs and not isinstance(parent, exp.Struct):
            raise Refused(REASONS["PropertyEQ"])


def typed_columns_in_place(statement: Statement) -> None:
    """Check that a list of columns with types stands only behind functions that need it."""
    for node in statement.nodes_of(exp.ColumnDef):
        source = node.find_ancestor(exp.Table, exp.Lateral)
        call = source.this if source is not None else None
        if not isinstance(call, exp.Anonymous) or call.name.lower() not in RECORDS:
            raise Refused(REASONS["ColumnDef"])


def names_in_place(statement: Statement) -> None:
    """Check that identifiers and aliases stand only where the resolver handles them."""
    for node in statement.nodes:
        place = (type(node.parent).__name__, node.arg_key)
        is_known = place in IDENTIFIERS or not isinstance(node, exp.Identifier)
        if not is_known and not _is_parameter(node) and not _is_unpivoted(node):
            raise Refused(f"the name {safe_name(node.name)} stands where no name may stand")
        is_alias = isinstance(node, exp.Alias) and not isinstance(node, exp.PivotAlias)
        if is_alias and place not in ALIASED:
            raise Refused(f"the alias {safe_name(node.alias)} stands where no alias may stand")


def _is_parameter(node: exp.Expr) -> bool:
    """Return whether a name is a parameter of a lambda around it."""
    parent = node.parent
    while parent is not None:
        if isinstance(parent, exp.Lambda) and node.name in {p.name for p in parent.expressions}:
            return True
        parent = parent.parent
    return False


def _is_unpivoted(node: exp.Expr) -> bool:
    """Return whether a name is that of UNPIVOT's new column: FOR name IN (...)."""
    parent = node.parent
    return isinstance(parent, exp.In) and isinstance(parent.parent, exp.Pivot)


def plain_names(statement: Statement) -> None:
    """Check that new names are short and plain, so that every engine reads them alike."""
    for node in statement.nodes:
        is_new = type(node.parent).__name__ in _NAMING
        if not isinstance(node, exp.Identifier) or not is_new:
            continue
        size = len(node.name.encode())
        if size == 0 or size > MAX_NAME or _UNSAFE_IN_NAMES.search(node.name):
            raise Refused(
                f"an alias may not be empty, longer than {MAX_NAME} bytes, "
                "or contain quotes or comment marks"
            )
        is_bare = not node.args.get("quoted")
        if is_bare and not _BARE_NAME.match(node.name):
            raise Refused(
                "an alias with other characters than letters, digits and _ has to be quoted"
            )
