"""How the four dialects are read and written: sqlglot's parsers and generators, with the places undone in which they change a meaning.

sqlglot translates between dialects; here the dialect stays the same, so what was asked must be what runs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.generator import Generator
from sqlglot.generators.mysql import MySQLGenerator
from sqlglot.generators.sqlite import SQLiteGenerator
from sqlglot.parser import Parser
from sqlglot.parsers.duckdb import DuckDBParser
from sqlglot.parsers.mysql import MySQLParser
from sqlglot.parsers.postgres import PostgresParser
from sqlglot.parsers.sqlite import SQLiteParser
from sqlglot.tokens import TokenType

from mome.guard.functions import FUNCTIONS

_GRAMMAR = ("CAST", "TRY_CAST", "EXTRACT", "TRIM", "SUBSTRING", "POSITION", "OVERLAY")
"""Calls with words inside, such as EXTRACT(YEAR FROM d), which need parsers of their own."""


def _as_written(dialect: str) -> dict[str, Callable[[list], exp.Anonymous]]:
    """Reads every call as a name and its arguments: sqlglot would make `mod(a, b)` an operator and `now()` another function."""
    return {name.upper(): partial(_call, name.upper()) for name in FUNCTIONS[dialect]}


def _call(name: str, arguments: list) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=arguments)


def _parsers(parser: type[Parser], *more: str) -> dict[str, Callable]:
    return {
        name: parser.FUNCTION_PARSERS[name]
        for name in (*_GRAMMAR, *more)
        if name in parser.FUNCTION_PARSERS
    }


class _Reader:
    """An arrow inside a call is JSON's, never a lambda's (no function that takes one may be called); and no text is logged."""

    LAMBDAS: ClassVar[dict] = {}

    def _warn_unsupported(self) -> None:
        """sqlglot would log the text of a command: the guard refuses it instead."""


class SQLiteReader(_Reader, SQLiteParser):
    """SQLite's parser."""

    FUNCTIONS = _as_written("sqlite")
    FUNCTION_PARSERS = {"CAST": SQLiteParser.FUNCTION_PARSERS["CAST"]}


class DuckDBReader(_Reader, DuckDBParser):
    """DuckDB's parser."""

    FUNCTIONS = _as_written("duckdb")
    FUNCTION_PARSERS = _parsers(DuckDBParser)


class PostgresReader(_Reader, PostgresParser):
    """PostgreSQL's parser."""

    FUNCTIONS = _as_written("postgres")
    FUNCTION_PARSERS = _parsers(PostgresParser)
    JSON_OPERATORS = {
        **PostgresParser.JSON_OPERATORS,
        TokenType.ARROW: lambda self, this, key: self.expression(
            exp.JSONExtract(this=this, expression=key)
        ),
        TokenType.DARROW: lambda self, this, key: self.expression(
            exp.JSONExtractScalar(this=this, expression=key)
        ),
    }


class MySQLReader(_Reader, MySQLParser):
    """MySQL's parser, which has units as arguments of two functions and words inside three more."""

    FUNCTIONS = {
        **_as_written("mysql"),
        **{name: MySQLParser.FUNCTIONS[name] for name in ("TIMESTAMPDIFF", "TIMESTAMPADD")},
    }
    FUNCTION_PARSERS = _parsers(MySQLParser, "CONVERT", "GROUP_CONCAT", "MATCH")


def dialect(name: str) -> Dialect:
    """sqlglot's dialect, but for JSON paths: it would write `->> 'a.b'`, one key, as `->> '$.a.b'`, two."""
    made = Dialect.get_or_raise(name)
    made.to_json_path = lambda path: path
    return made


class SQLiteText(SQLiteGenerator):
    """SQLite: NUMERIC is an affinity of its own, CAST AS DATE is no call of date(), a comma leaves the join order to the planner."""

    TYPE_MAPPING = {**SQLiteGenerator.TYPE_MAPPING, exp.DType.DECIMAL: "NUMERIC"}

    def cast_sql(self, expression: exp.Cast, safe_prefix: str | None = None) -> str:
        return Generator.cast_sql(self, expression, safe_prefix)

    def join_sql(self, expression: exp.Join, join_op: str | None = None) -> str:
        if expression.kind == "CROSS" and not any(
            expression.args.get(key) for key in ("on", "using", "method", "side")
        ):
            return f", {self.sql(expression, 'this')}"
        return super().join_sql(expression, join_op)


def _regexp(self: MySQLGenerator, node: exp.RegexpLike) -> str:
    """MariaDB has the operator REGEXP, but no function REGEXP_LIKE, which sqlglot would write for both."""
    if node.args.get("flag"):
        return self.function_fallback_sql(node)
    for key in ("this", "expression"):
        if isinstance(node.args[key], (exp.Binary, exp.Not, exp.Between, exp.In)):
            node.set(key, exp.Paren(this=node.args[key]))
    return self.binary(node, "REGEXP")


class MySQLText(MySQLGenerator):
    """MySQL and MariaDB: REGEXP stays an operator."""

    TRANSFORMS = {**MySQLGenerator.TRANSFORMS, exp.RegexpLike: _regexp}
