"""The values that a CHECK constraint allows if it is a plain list, in any engine's spelling.

An example is `CHECK (status IN ('new', 'paid'))`. Both structure readers call this module.
Covered: IN, = ANY (ARRAY[...]) and = ... OR = ... over one column, with or without IS NULL.
Not covered: ranges, functions, several columns. They give None, so that no list is a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from schemas.catalog import Scalar

# White space matches outside of every group, which is how it is skipped. [...] is a quoted name
# (SQLite and SQL Server) unless it follows ARRAY.
_TOKEN = re.compile(
    r"""
      \s+
    | (?P<string> [EN]?'(?:[^']|'')*' )
    | (?P<number> -?\d+(?:\.\d+)?(?![\w.]) )
    | (?P<quoted> "(?:[^"]|"")*" | `(?:[^`]|``)*` | (?<!ARRAY)\[\w[^\]']*\] )
    | (?P<cast> :: )
    | (?P<word> [^\W\d]\w* )
    | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)
# The words after the first one in the types of PostgreSQL's casts.
_CAST_TYPE_WORDS = {
    "character",
    "varying",
    "double",
    "precision",
    "without",
    "with",
    "time",
    "zone",
}
# The shapes of a list; see _shape for the words in capitals.
_LIST = re.compile(
    r"(COLUMN IS NULL OR )?COLUMN (IN|= ANY ARRAY) (VALUE ?)+( OR COLUMN IS NULL)?"
    r"|(COLUMN IS NULL OR )?COLUMN = VALUE( OR COLUMN = VALUE)*"
)


@dataclass(frozen=True)
class AllowedValues:
    """A column and the list of values that its constraint allows."""

    column: str
    values: tuple[Scalar, ...]


@dataclass(frozen=True)
class _Token:
    kind: str
    """The name of the group of `_TOKEN` that matched."""
    text: str


def allowed_values(expression: str) -> AllowedValues | None:
    """Return the list that a CHECK expression allows, or None for anything else.

    Reads `c IN (...)`, `c = ANY (ARRAY[...])` and `c = 'a' OR c = 'b'`, with or without
    `OR c IS NULL`.
    """
    # Parentheses and commas differ between the engines' spellings of one list and carry no meaning
    # there: `c IN (1, 2)` and `((c)::text = ANY ((ARRAY[1, 2])::text[]))`.
    tokens = []
    for token in _without_casts(_tokens(expression)):
        if token.text not in ("(", ")", "[", "]", ","):
            tokens.append(token)
    if not tokens or tokens[0].kind not in ("word", "quoted"):
        return None
    column = unquoted(tokens[0].text)
    shape = " ".join(_shape(token, column) for token in tokens)
    if not _LIST.fullmatch(shape):
        return None
    return AllowedValues(column, _literals(tokens))


def check_expressions(create_table: str) -> Iterator[str]:
    """Yield the text inside each CHECK (...) of a CREATE TABLE statement, as SQLite stores it."""
    tokens = [match for match in _TOKEN.finditer(create_table) if match.lastgroup]
    for word, opening in zip(tokens, tokens[1:], strict=False):
        if word.lastgroup == "word" and word.group().upper() == "CHECK" and opening.group() == "(":
            yield create_table[opening.end() : _closing(tokens, opening)]


def literals(text: str) -> tuple[Scalar, ...]:
    """Return the string and number literals of a text such as ENUM('a', 'b')."""
    return _literals(_tokens(text))


def unquoted(name: str) -> str:
    """Return an identifier without its quotes."""
    if name[0] in '"`':
        return name[1:-1].replace(name[0] * 2, name[0])
    return name[1:-1] if name[0] == "[" else name


def _tokens(text: str) -> list[_Token]:
    tokens = []
    for match in _TOKEN.finditer(text):
        if match.lastgroup:
            tokens.append(_Token(match.lastgroup, match.group()))
    return tokens


def _without_casts(tokens: list[_Token]) -> Iterator[_Token]:
    """Drop PostgreSQL's `::character varying(20)[]` and MySQL's charset marks (`_utf8mb4`)."""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        at += 1
        if token.kind == "cast":
            at = _after_cast(tokens, at)
            continue
        is_charset = token.kind == "word" and token.text.startswith("_")
        if is_charset and at < len(tokens) and tokens[at].kind == "string":
            continue
        yield token


def _after_cast(tokens: list[_Token], at: int) -> int:
    """Return the position after the type that starts at `at`: words, then (n), then []."""
    at += 1
    while at < len(tokens) and tokens[at].text.lower() in _CAST_TYPE_WORDS:
        at += 1
    if [token.kind for token in tokens[at : at + 3]] == ["other", "number", "other"]:
        at += 3
    if [token.text for token in tokens[at : at + 2]] == ["[", "]"]:
        at += 2
    return at


def _shape(token: _Token, column: str) -> str:
    """Return VALUE for a literal, COLUMN for the column, and other tokens in capitals."""
    if token.kind in ("string", "number"):
        return "VALUE"
    if token.kind in ("word", "quoted") and unquoted(token.text).lower() == column.lower():
        return "COLUMN"
    return token.text.upper()


def _literals(tokens: list[_Token]) -> tuple[Scalar, ...]:
    return tuple(_literal(token) for token in tokens if token.kind in ("string", "number"))


def _literal(token: _Token) -> Scalar:
    if token.kind == "string":
        return token.text[token.text.index("'") + 1 : -1].replace("''", "'")
    return float(token.text) if "." in token.text else int(token.text)


def _closing(tokens: list[re.Match[str]], opening: re.Match[str]) -> int:
    """Return where the parenthesis closes; the position after it if it does not."""
    depth = 0
    for token in tokens:
        if token.start() < opening.start():
            continue
        depth += {"(": 1, ")": -1}.get(token.group(), 0)
        if depth == 0:
            return token.start()
    return opening.end()
