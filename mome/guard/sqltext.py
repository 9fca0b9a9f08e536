"""SQL from text to tree and back by the engine's own reader and generator. Plain sqlglot changes meanings, which `syntax.py` undoes.

`read_sql` and `write_sql` check nothing: they are for SQL that is shown, repaired or put in words, so that it stays what runs.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import ErrorLevel, exp
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.tokens import Token, TokenType

from mome.errors import Refused
from mome.guard.engines import ENGINES, Engine

_PARSER_ERRORS = (SqlglotError, ValueError, TypeError, AttributeError, LookupError)
"""sqlglot raises plain Python errors on some malformed calls (too many arguments, for instance)."""

TOO_DEEP = "it is nested too deeply; write it with fewer levels"


def read_sql(sql: str, dialect: str) -> exp.Expr:
    """The syntax tree of one statement of a catalog's dialect. Raises Refused."""
    engine = ENGINES[dialect]
    return tree_of(tokens_of(sql, engine), sql, engine)


def write_sql(tree: exp.Expr, dialect: str, *, pretty: bool = False) -> str:
    """The text of a tree or a part of one, without comments; `pretty` over several lines. The tree stays as it is. Raises Refused."""
    return text_of(tree.copy(), ENGINES[dialect], pretty=pretty)


def tokens_of(text: str, engine: Engine) -> Sequence[Token]:
    """The text's tokens, without a closing semicolon. Raises Refused."""
    try:
        tokens = list(engine.dialect.tokenize(text))
    except _PARSER_ERRORS:
        raise Refused(f"this is not {engine.title}: a quote or a comment is not closed") from None
    while tokens and tokens[-1].token_type is TokenType.SEMICOLON:
        tokens.pop()
    return tokens


def tree_of(tokens: Sequence[Token], text: str, engine: Engine) -> exp.Expr:
    """The one statement's syntax tree. Raises Refused."""
    try:
        trees = engine.parser(dialect=engine.dialect).parse(list(tokens), text)
    except RecursionError:
        raise Refused(TOO_DEEP) from None
    except _PARSER_ERRORS as error:
        raise Refused(f"this is not {engine.title}{_place(error)}") from None
    if len(trees) != 1 or trees[0] is None:
        raise Refused("there has to be one statement")
    return trees[0]


def text_of(tree: exp.Expr, engine: Engine, *, pretty: bool = False) -> str:
    """The tree as text, without comments. The tree is used up by it. Raises Refused."""
    generator = engine.generator(
        dialect=engine.dialect, comments=False, unsupported_level=ErrorLevel.RAISE, pretty=pretty
    )
    try:
        return generator.generate(tree, copy=False)
    except RecursionError:
        raise Refused(TOO_DEEP) from None
    except _PARSER_ERRORS:
        raise Refused(f"this cannot be written for {engine.title}") from None


def _place(error: Exception) -> str:
    """Where the parser stopped. Its own message quotes the text, so it is not repeated."""
    if isinstance(error, ParseError) and error.errors and error.errors[0].get("line"):
        first = error.errors[0]
        return f": it stops making sense at line {first['line']}, column {first['col']}"
    return ": it cannot be parsed"
