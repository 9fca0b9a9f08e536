"""Parsers and generators of the four dialects: sqlglot's, minus the rewrites that change a meaning.

sqlglot translates between dialects. Here the dialect stays the same, so that the statement that
runs must mean the same as the one that was given. `engines.py` lists these classes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.generator import Generator
from sqlglot.generators.duckdb import DuckDBGenerator
from sqlglot.generators.mysql import MySQLGenerator
from sqlglot.generators.postgres import PostgresGenerator
from sqlglot.generators.sqlite import SQLiteGenerator
from sqlglot.parser import Parser
from sqlglot.parsers.duckdb import DuckDBParser
from sqlglot.parsers.mysql import MySQLParser
from sqlglot.parsers.postgres import PostgresParser
from sqlglot.parsers.sqlite import SQLiteParser
from sqlglot.tokens import Token, TokenType

from mome.guard.functions import FUNCTIONS

_KEYWORD_CALLS = ("CAST", "TRY_CAST", "EXTRACT", "TRIM", "SUBSTRING", "POSITION", "OVERLAY")
"""Calls with keywords inside, such as EXTRACT(YEAR FROM d), which need their own parsers."""


def _calls_by_name(dialect: str) -> dict[str, Callable[[list], exp.Anonymous]]:
    """Return parsers that keep every call of a dialect as its name and arguments.

    sqlglot would turn `mod(a, b)` into an operator and `now()` into another function.
    """
    return {name.upper(): partial(_call_by_name, name.upper()) for name in FUNCTIONS[dialect]}


def _call_by_name(name: str, arguments: list) -> exp.Anonymous:
    """Return the node of a call by its name."""
    return exp.Anonymous(this=name, expressions=arguments)


def _call_with_unit(name: str, arguments: list) -> exp.Anonymous:
    """Return the node of a call whose first argument is a unit such as DAY.

    sqlglot would write TIMESTAMPADD as DATE_ADD, which returns a text for a text.
    """
    if arguments and isinstance(arguments[0], exp.Column) and not arguments[0].table:
        arguments[0] = exp.Var(this=arguments[0].name.upper())
    return _call_by_name(name, arguments)


def _keyword_parsers(parser: type[Parser], *more: str) -> dict[str, Callable]:
    """Return the parser's own functions for calls with keywords inside."""
    parsers = {}
    for name in (*_KEYWORD_CALLS, *more):
        if name in parser.FUNCTION_PARSERS:
            parsers[name] = parser.FUNCTION_PARSERS[name]
    return parsers


class _CommonReader:
    """Changes that all four parsers need.

    An arrow inside a call is JSON's operator and never a lambda, because no allowed function takes
    a lambda. sqlglot's warnings are silenced, because they log the text of the statement.
    """

    LAMBDAS: ClassVar[dict] = {}
    # The parsers that this is mixed into have these two.
    BRACKETS: ClassVar[frozenset[TokenType]]
    _curr: Token | None

    # Set for one call of `_parse_bracket` at a time.
    ARRAY_CONSTRUCTORS: ClassVar[dict] = {}

    def _parse_bracket(self, this: exp.Expr | None = None) -> exp.Expr | None:
        """Parse a subscript. Only the keyword ARRAY before it makes a list of what is inside.

        sqlglot would read `array(SELECT a)[1]`, `list(a)[1]` and a column `"list"[1]` as `[1]`.
        """
        # It is asked after every name and value, and most have no bracket behind them.
        if self._curr is None or self._curr.token_type not in self.BRACKETS:
            return this
        name = this.this if isinstance(this, exp.Column) and not this.table else this
        is_word = isinstance(name, (exp.Identifier, exp.Var)) and not name.args.get("quoted")
        is_array = is_word and name.name.upper() == "ARRAY"
        before = self.ARRAY_CONSTRUCTORS
        self.ARRAY_CONSTRUCTORS = {"ARRAY": exp.Array} if is_array else {}
        try:
            return super()._parse_bracket(this)
        finally:
            self.ARRAY_CONSTRUCTORS = before

    def _warn_unsupported(self) -> None:
        """Log nothing: sqlglot would log the text of a command, which the guard refuses anyway."""


class SQLiteGuardParser(_CommonReader, SQLiteParser):
    """SQLite's parser."""

    FUNCTIONS = _calls_by_name("sqlite")
    FUNCTION_PARSERS = {"CAST": SQLiteParser.FUNCTION_PARSERS["CAST"]}


class DuckDBGuardParser(_CommonReader, DuckDBParser):
    """DuckDB's parser."""

    FUNCTIONS = _calls_by_name("duckdb")
    FUNCTION_PARSERS = _keyword_parsers(DuckDBParser)


class PostgresGuardParser(_CommonReader, PostgresParser):
    """PostgreSQL's parser. The keys of -> and ->> stay literals; sqlglot would make them paths."""

    FUNCTIONS = _calls_by_name("postgres")
    FUNCTION_PARSERS = _keyword_parsers(PostgresParser)
    JSON_OPERATORS = {
        **PostgresParser.JSON_OPERATORS,
        TokenType.ARROW: lambda self, this, key: self.expression(
            exp.JSONExtract(this=this, expression=key)
        ),
        TokenType.DARROW: lambda self, this, key: self.expression(
            exp.JSONExtractScalar(this=this, expression=key)
        ),
    }


class MySQLGuardParser(_CommonReader, MySQLParser):
    """MySQL's parser. Two functions take a unit as an argument; three more have keywords inside."""

    FUNCTIONS = {
        **_calls_by_name("mysql"),
        **{name: partial(_call_with_unit, name) for name in ("TIMESTAMPDIFF", "TIMESTAMPADD")},
    }
    FUNCTION_PARSERS = _keyword_parsers(
        MySQLParser, "CONVERT", "GROUP_CONCAT", "JSON_TABLE", "MATCH"
    )


def make_dialect(name: str) -> Dialect:
    """Return sqlglot's dialect without its rewriting of JSON paths and of subscripts.

    sqlglot would write `->> 'a.b'`, which is one key, as `->> '$.a.b'`, which is two. It counts
    subscripts from 0 in its trees, which takes a pass over the types of all that is before one.
    """
    dialect = Dialect.get_or_raise(name)
    dialect.INDEX_OFFSET = 0
    dialect.to_json_path = lambda path: path
    return dialect


class PostgresWriter(PostgresGenerator):
    """Writes PostgreSQL."""

    # sqlglot takes the separator of STRING_AGG(DISTINCT x, ', ') for a second thing to be distinct,
    # and would write both as one row.
    MULTI_ARG_DISTINCT = True


class DuckDBWriter(DuckDBGenerator):
    """Writes DuckDB's SQL."""

    # As for PostgreSQL.
    MULTI_ARG_DISTINCT = True

    # The base class's methods. DuckDBGenerator drops IGNORE NULLS and RESPECT NULLS after calls
    # that are kept by name, and writes their WITHIN GROUP as another call, which DuckDB lacks.
    def ignorenulls_sql(self, expression: exp.IgnoreNulls) -> str:
        """Write IGNORE NULLS inside of the call."""
        return Generator.ignorenulls_sql(self, expression)

    def withingroup_sql(self, expression: exp.WithinGroup) -> str:
        """Write WITHIN GROUP behind the call."""
        return Generator.withingroup_sql(self, expression)

    def respectnulls_sql(self, expression: exp.RespectNulls) -> str:
        """Write RESPECT NULLS inside of the call."""
        return Generator.respectnulls_sql(self, expression)


class SQLiteWriter(SQLiteGenerator):
    """SQLite's generator without three rewrites of sqlglot.

    NUMERIC stays NUMERIC, because it is a type affinity of its own. CAST AS DATE stays a cast and
    does not become a call of date(). A comma between tables stays a comma, because CROSS JOIN
    would fix the join order.
    """

    TYPE_MAPPING = {**SQLiteGenerator.TYPE_MAPPING, exp.DType.DECIMAL: "NUMERIC"}

    # The base class's method: SQLiteGenerator writes a cast to DATE as a call of date().
    def cast_sql(self, expression: exp.Cast, safe_prefix: str | None = None) -> str:
        """Write a cast as a cast, whatever its type."""
        return Generator.cast_sql(self, expression, safe_prefix)

    def join_sql(self, expression: exp.Join, join_op: str | None = None) -> str:
        """Write a comma between tables as a comma."""
        # sqlglot parses a comma as a CROSS JOIN, so that both are written as a comma.
        others = ("on", "using", "method", "side")
        is_plain = not any(expression.args.get(key) for key in others)
        if expression.kind == "CROSS" and is_plain:
            return f", {self.sql(expression, 'this')}"
        return super().join_sql(expression, join_op)


def _regexp(self: MySQLGenerator, node: exp.RegexpLike) -> str:
    """Return REGEXP as an operator.

    sqlglot would write REGEXP_LIKE(), which MariaDB lacks. With flags it stays a call.
    """
    if node.args.get("flag"):
        return self.function_fallback_sql(node)
    # Operands that bind more loosely than REGEXP need the parentheses that the call gave them.
    for key in ("this", "expression"):
        operand = node.args[key]
        if isinstance(operand, (exp.Binary, exp.Not, exp.Between, exp.In)):
            node.set(key, exp.Paren(this=operand))
    return self.binary(node, "REGEXP")


class MySQLWriter(MySQLGenerator):
    """MySQL's and MariaDB's generator, in which REGEXP stays an operator."""

    TRANSFORMS = {**MySQLGenerator.TRANSFORMS, exp.RegexpLike: _regexp}
