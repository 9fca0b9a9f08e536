"""The form as a dialect of sqlglot: its parser and printer. It has SQL's queries and operators, and
the constructs of `nodes` as calls.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ErrorLevel
from sqlglot.generator import Generator
from sqlglot.parser import Parser
from sqlglot.tokens import Tokenizer, TokenType

from mome.errors import NotExpressible
from mome.forms import nodes
from mome.forms.trees import UNREADABLE

PARTS = ("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "WEEKDAY", "HOUR")
"""Parts of a date; WEEKDAY is 0 on Sunday, WEEK is ISO 8601's."""
_CALLS = tuple(
    kind
    for kind in vars(nodes).values()
    if isinstance(kind, type) and issubclass(kind, exp.Expression) and issubclass(kind, exp.Func)
)
"""Classes that are written as a call."""


def _part_parser(unit: str) -> Callable[[list], nodes.DatePart]:
    def parse(arguments: list) -> nodes.DatePart:
        # The parser reports a call without arguments or with too many.
        return nodes.DatePart(this=arguments[0], unit=exp.var(unit))

    return parse


def _call_parsers() -> dict[str, Callable]:
    """Return the parsers of the constructs, by name."""
    parsers: dict[str, Callable] = {}
    for kind in _CALLS:
        if kind is not nodes.DatePart:
            parsers[kind.sql_name()] = kind.from_arg_list
    for kind in (nodes.Has, nodes.HasNo, nodes.Every):
        parsers[kind.sql_name()] = _table_parser(kind)
    return parsers | {unit: _part_parser(unit) for unit in PARTS}


def _table_parser(kind: type[exp.Func]) -> Callable[[list], exp.Func]:
    """Return the parser of a construct whose first argument names a table."""

    def parse(arguments: list) -> exp.Func:
        table, *others = arguments
        if isinstance(table, exp.Column):
            parts = [part.copy() for part in table.parts]
            names = dict(zip(("this", "db"), reversed(parts), strict=False))
            table = exp.Table(**names)
        return kind.from_arg_list([table, *others])

    return parse


def constructs() -> set[str]:
    """Return the names of all constructs."""
    return {kind.sql_name() for kind in _CALLS if kind is not nodes.DatePart} | set(PARTS)


class FormDialect(Dialect):
    """The form."""

    # NULLs have no place of their own in a form: each engine puts them where it always does.
    NULL_ORDERING = "nulls_are_small"

    class Tokenizer(Tokenizer):
        """SQL's tokens; FROM ONLY says that no other table is read."""

        KEYWORDS = {**Tokenizer.KEYWORDS, "ONLY": TokenType.ONLY, "DIV": TokenType.DIV}

    class Parser(Parser):
        """SQL's grammar with the constructs as calls."""

        FUNCTIONS = {**Parser.FUNCTIONS, **_call_parsers()}
        FACTOR = {**Parser.FACTOR, TokenType.DIV: exp.IntDiv}
        # A construct has the name of this keyword.
        FUNC_TOKENS = Parser.FUNC_TOKENS | {TokenType.PERCENT}

    class Generator(Generator):
        """Writes what the parser reads."""

        TRANSFORMS = {
            **Generator.TRANSFORMS,
            nodes.DatePart: lambda self, node: self.func(node.text("unit"), node.this),
            nodes.FormColumn: lambda self, node: _dotted(self, node),
            exp.IntDiv: lambda self, node: self.binary(node, "DIV"),
        }


def _dotted(generator: Generator, column: nodes.FormColumn) -> str:
    """Write a column with its source and its keys."""
    parts = [column.args.get("table"), *(column.args.get("keys") or ()), column.this]
    return ".".join(generator.sql(part) for part in parts if part is not None)


def parse_form(text: str) -> exp.Query:
    """Parse one form. Raises NotExpressible."""
    try:
        trees = FormDialect().parse(text)
    except UNREADABLE as error:
        raise NotExpressible("this does not parse, or is nested too deeply") from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise NotExpressible("not one query")
    return trees[0]


def write_form(tree: exp.Expr) -> str:
    """Return the text of a form. Raises NotExpressible."""
    try:
        return tree.sql(dialect=FormDialect, comments=False, unsupported_level=ErrorLevel.RAISE)
    except UNREADABLE as error:
        raise NotExpressible("the form cannot say that") from error
