"""Rules on the text and its tokens: length, nesting depth, number of statements, called names.

`rules.py` lists them. All but `calls_as_written` run before the statement is parsed.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NoReturn

from sqlglot.tokens import TokenType

from mome.errors import Refused
from mome.guard.engines import GuardDialect
from mome.guard.names import safe_name, suggestion
from mome.guard.sqltext import TOO_DEEP
from mome.guard.statement import Statement

MAX_LENGTH = 20_000
"""Longest statement, in characters."""
MAX_TOKENS = 4_000
"""Most tokens of a statement."""
MAX_BRACKETS = 20
"""Deepest nesting of brackets and CASE. sqlglot uses about 25 stack frames for each level, so that
20 levels take half of Python's default limit of 1,000 frames."""
MAX_SIGNS = 10
"""Most NOT, -, ~, + and INTERVAL tokens in a row; each is another level for the parser."""

# The first words of queries. DuckDB allows FROM before SELECT and has PIVOT and UNPIVOT; PostgreSQL
# and MySQL have TABLE.
_STARTS = frozenset({"select", "with", "values", "from", "table", "pivot", "unpivot", "("})
_OPEN = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE}
_CLOSE = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END}
_SIGNS = {TokenType.NOT, TokenType.DASH, TokenType.TILDE, TokenType.PLUS, TokenType.INTERVAL}

_WORD = re.compile(r"\w")
_NO_CALLS = frozenset(
    """
    all and any array as asc by between case cube desc distinct div else escape except exclude
    exists fetch filter first from glob group having ilike in inner intersect interval is join
    lateral like limit materialized mod next not offset on or order outer over partition qualify
    recursive regexp replace rlike rollup row select sets similar some then to union unnest
    using values when where window with xor
    binary bit bpchar char character clob datetime dec decimal double float int integer nchar
    number numeric nvarchar signed smallint text time timestamp timestamptz unsigned varbinary
    varchar varying bigint tinyint real zone
    bernoulli include match nulls overlaps pivot repeatable reservoir sample system tablesample
    unpivot
    """.split()
)
"""Keywords, and types with a size, that may stand before a parenthesis without being a call."""


def readable(statement: Statement) -> None:
    """Check that the text has no control characters and no lone surrogates.

    Drivers cut off or refuse such texts, and a terminal may interpret them.
    """
    text = statement.text
    has_controls = any(char < " " and char not in "\t\n\r" for char in text)
    if has_controls or "\x7f" in text:
        raise Refused("the text contains a control character")
    # isascii is quick, so that most texts are not searched again.
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        raise Refused("the text contains half of a surrogate pair")


def joined_texts(statement: Statement) -> None:
    """Check that no text follows a text with the prefix N.

    MySQL joins both to one text; sqlglot takes the second one for an alias.
    """
    for token, following in pairwise(statement.tokens):
        is_prefixed = token.token_type is TokenType.NATIONAL_STRING
        if is_prefixed and following.token_type in (TokenType.STRING, TokenType.NATIONAL_STRING):
            raise Refused("two texts stand side by side: write them as one")


def short(statement: Statement) -> None:
    """Check that the text has at most `MAX_LENGTH` characters and `MAX_TOKENS` tokens."""
    if len(statement.text) > MAX_LENGTH:
        raise Refused(f"the text is longer than {MAX_LENGTH:,} characters")
    if len(statement.tokens) > MAX_TOKENS:
        raise Refused(f"the text has more than {MAX_TOKENS:,} words")


def one_statement(statement: Statement) -> None:
    """Check that there is exactly one statement."""
    if not statement.tokens:
        raise Refused("there is no statement")
    if any(token.token_type is TokenType.SEMICOLON for token in statement.tokens):
        raise Refused("there is more than one statement")


def starts_as_a_query(statement: Statement) -> None:
    """Check that the statement starts as a query, before it is parsed.

    sqlglot would log the text of a command that it does not understand.
    """
    first_word = statement.tokens[0].text
    if first_word.lower() not in _STARTS:
        raise Refused(f"only a query may run; this one starts with {safe_name(first_word)}")


def shallow(statement: Statement) -> None:
    """Check that the nesting is not so deep that the parser would exhaust Python's stack."""
    depth = 0
    signs = 0
    for token in statement.tokens:
        if token.token_type in _OPEN:
            depth += 1
        elif token.token_type in _CLOSE:
            depth -= 1
        signs = signs + 1 if token.token_type in _SIGNS else 0
        if depth > MAX_BRACKETS or signs > MAX_SIGNS:
            raise Refused(TOO_DEEP)


def calls_as_written(statement: Statement) -> None:
    """Check that each word before a parenthesis is an allowed function or is not a call.

    This reads tokens, so that a call is checked by the name written, whatever node sqlglot makes.
    """
    # In `AS t(a, b)` and `WITH t(a, b)` the name t stands before a parenthesis too. A call by
    # such a name is refused by `tree.known_nodes` or `tree.calls_by_name`.
    declared = {
        node.name.lower()
        for node in statement.nodes
        if type(node).__name__ == "TableAlias" and node.args.get("columns")
    }
    for token, following in pairwise(statement.tokens):
        if following.token_type is not TokenType.L_PAREN or not _WORD.match(token.text):
            continue
        if token.token_type in (TokenType.STRING, TokenType.NUMBER):
            continue
        name = token.text.lower()
        if name in declared:
            continue
        # sqlglot joins some keywords into one token, such as GROUP BY: the last word counts.
        is_allowed = name in statement.engine.functions or name.split()[-1] in _NO_CALLS
        if token.token_type is TokenType.IDENTIFIER or not is_allowed:
            refuse_call(token.text, statement.engine)


def refuse_call(name: str, engine: GuardDialect) -> NoReturn:
    """Raise Refused for a function that no query may call, even if the engine has it."""
    raise Refused(
        f"function {safe_name(name)} is not among those that a {engine.title} query may call"
        f"{suggestion(name, engine.functions, 75)}"
    )
