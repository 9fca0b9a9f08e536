"""SQL without a form, token by token: names of the slice are pointers, everything else is written
as it stands.

Examples are recursive queries, correlated queries and functions of one engine: `SELECT T1.name FROM
singer AS T1 WHERE ...` becomes `SELECT T1 . i4 FROM i2 AS T1 WHERE ...`, with aliases spelled. No
join is implied by keys. Only the text is guaranteed; the guard checks it later.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import sqlglot
from sqlglot import exp

from mome.backbones.bundled.grammar_state import ARGUMENTS
from mome.backbones.bundled.pointer_form import PointerForm
from mome.errors import NotExpressible
from mome.forms.trees import UNREADABLE

Token = tuple[str, str]
"""A kind (plain, pointer, string, number, word, spelled) and a text; pointers look like i7."""

PLAIN: Token = ("plain", "<raw>")
"""First token of SQL in this form."""
_LEXEME = re.compile(
    r"(?P<string>'(?:[^']|'')*')|(?P<quoted>\"(?:[^\"]|\"\")+\"|`[^`]+`)"
    r"|(?P<number>\d+(?:\.\d+)?(?![\w.]))|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign><=|>=|<>|\|\||[^\s\w])"
)
_CALLS = ARGUMENTS.keys() | {
    "EXTRACT",
    "TIME_TO_STR",
    "EXISTS",
    "ROW_NUMBER",
    "RANK",
    "DATE_DIFF",
    "DATE_ADD",
    "IF",
    "FILTER",
    "TIMESTAMP_TRUNC",
    "DATE_TRUNC",
}


def tidy(sql: str, dialect: str) -> str:
    """Return SQL as sqlglot writes it. Raises NotExpressible unless it is one statement that
    sqlglot reads and writes.
    """
    try:
        return sqlglot.parse_one(sql, dialect=dialect).sql(dialect=dialect, comments=False)
    except UNREADABLE as error:
        raise NotExpressible("this does not parse, or is nested too deeply") from error


def split_plain(sql: str, form: PointerForm, words: frozenset[str]) -> list[Token]:
    """Return the tokens of tidied SQL, `PLAIN` first. Raises NotExpressible if `join_plain` would
    write another text.
    """
    lexemes = [(match.lastgroup or "", match.group()) for match in _LEXEME.finditer(sql)]
    owners = _owners(sql, form)
    texts = [text.strip('"`') if kind in ("name", "quoted") else text for kind, text in lexemes]
    tokens = [PLAIN]
    for place, (kind, text) in enumerate(lexemes):
        item = _item(texts, place, owners, form) if kind in ("name", "quoted") else None
        if item is not None:
            tokens.append(("pointer", f"i{item}"))
        elif kind in ("name", "quoted", "sign"):
            tokens.append(("word" if text in words else "spelled", text))
        else:
            tokens.append((kind, text))
    if join_plain(tokens, form).casefold() != sql.casefold():
        raise NotExpressible("spaces or quotes that are not sqlglot's")
    return tokens


def _owners(sql: str, form: PointerForm) -> dict[str, str]:
    """Return the catalog's table keys by lower-case alias or name."""
    try:
        tables = list(sqlglot.parse_one(sql, dialect=form.catalog.dialect).find_all(exp.Table))
    except UNREADABLE as error:
        raise NotExpressible("this does not parse, or is nested too deeply") from error
    owners = {}
    for node in tables:
        table = form.catalog.table(f"{node.db}.{node.name}" if node.db else node.name)
        if table is not None:
            owners[node.alias_or_name.lower()] = table.key
    return owners


def _item(
    texts: Sequence[str], place: int, owners: dict[str, str], form: PointerForm
) -> int | None:
    """Return the item that the name at `place` refers to: a column of the table before its dot or
    of any table of the query, or a table; None if there is none.
    """
    name = texts[place]
    before = texts[place - 1].upper() if place else ""
    keys = list(dict.fromkeys(owners.values()))
    if before == ".":
        owner = owners.get(texts[place - 2].lower())
        keys = [] if owner is None else [owner]
    else:
        table = form.catalog.table(name)
        is_table = _is_table(before, texts[place + 1 : place + 2])
        if is_table and table is not None and table.key in keys:
            return form.place(table.key)
    for key in keys:
        column = form.catalog.table(key).column(name)
        found = form.place(f"{key}.{column.name}") if column is not None else None
        if found is not None:
            return found
    return None


def _is_table(before: str, after: Sequence[str]) -> bool:
    return before in ("FROM", "JOIN", ",") or list(after) == ["."]


def join_plain(tokens: Sequence[Token], form: PointerForm) -> str:
    """Return the SQL of plain tokens, spaced as by sqlglot. Raises NotExpressible for a pointer
    without item.
    """
    text, before, sign = "", PLAIN, False
    for kind, token in tokens:
        if kind == "plain":
            continue
        shown = form.shown(token) if kind == "pointer" else token
        is_call = token == "(" and (before[1] in _CALLS or before[0] in ("spelled", "pointer"))
        follows = before == PLAIN or before[1] in ("(", ".") or sign
        is_glued = follows or is_call or token in (",", ")", ".", ".*")
        # A minus after a word, such as WHERE or =, is a sign; after an operand, an operator.
        sign = token == "-" and (before == PLAIN or (before[0] == "word" and before[1] != ")"))
        text += shown if is_glued else f" {shown}"
        before = (kind, token)
    return text
