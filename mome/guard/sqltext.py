"""Convert SQL from text to syntax tree and back with the engine's parser and generator.

Plain sqlglot changes the meaning of some statements; `syntax.py` prevents this. `read_sql` and
`write_sql` apply no rule: callers use them to format, repair or explain SQL of the guard's dialect.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import ErrorLevel, exp
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.tokens import Token, TokenType

from mome.errors import Refused
from mome.guard.engines import ENGINES, GuardDialect

_PARSER_ERRORS = (SqlglotError, ValueError, TypeError, AttributeError, LookupError)
"""Errors of sqlglot, which raises plain Python errors on some malformed calls, for example on too
many arguments."""

TOO_DEEP = "it is nested too deeply; write it with fewer levels"


def read_sql(sql: str, dialect: str) -> exp.Expr:
    """Return the syntax tree of one statement in a catalog's dialect.

    Raises mome.errors.Refused if it does not parse.
    """
    engine = ENGINES[dialect]
    return tree_of(tokens_of(sql, engine), sql, engine)


def write_sql(tree: exp.Expr, dialect: str, *, pretty: bool = False) -> str:
    """Return the text of a tree or of a part of one, without comments.

    pretty: break the text into several lines.
    The tree is not modified. Raises mome.errors.Refused if the engine has no such syntax.
    """
    return text_of(tree.copy(), ENGINES[dialect], pretty=pretty)


def tokens_of(text: str, engine: GuardDialect) -> Sequence[Token]:
    """Return the text's tokens without closing semicolons. Raises Refused if one is not closed."""
    try:
        tokens = list(engine.dialect.tokenize(text))
    # `from None`: sqlglot's error quotes the statement, which does not belong in a log.
    except _PARSER_ERRORS:
        raise Refused(f"this is not {engine.title}: a quote or a comment is not closed") from None
    while tokens and tokens[-1].token_type is TokenType.SEMICOLON:
        tokens.pop()
    return tokens


def tree_of(tokens: Sequence[Token], text: str, engine: GuardDialect) -> exp.Expr:
    """Return the syntax tree of the only statement. Raises Refused if the tokens do not parse."""
    try:
        trees = engine.parser(dialect=engine.dialect).parse(list(tokens), text)
    except RecursionError:
        raise Refused(TOO_DEEP) from None
    except _PARSER_ERRORS as error:
        raise Refused(f"this is not {engine.title}{_place(error)}") from None
    if len(trees) != 1 or trees[0] is None:
        raise Refused("there has to be one statement")
    return trees[0]


def text_of(tree: exp.Expr, engine: GuardDialect, *, pretty: bool = False) -> str:
    """Return the tree's text without comments. The generator may modify the tree.

    Raises Refused if the engine has no such syntax.
    """
    # unsupported_level: raise where the generator would drop or replace a construct of the query.
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
    """Return where the parser stopped, as the end of a message.

    sqlglot's own message quotes the statement, which may hold a password, so it is not repeated.
    """
    if isinstance(error, ParseError) and error.errors and error.errors[0].get("line"):
        first = error.errors[0]
        return f": it stops making sense at line {first['line']}, column {first['col']}"
    return ": it cannot be parsed"
