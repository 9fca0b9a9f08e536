"""The tokens of forms and of plain SQL, and the SQL words of the output vocabulary.

`tokens` gives them ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mome.backbones.bundled.plain_form import Token, join_plain, split_plain, tidy
from mome.backbones.bundled.pointer_form import PointerForm
from mome.forms.construct_slots import PERIODS

WORDS = (
    *(
        "SELECT|DISTINCT|FROM|JOIN|ON|WHERE|GROUP BY|HAVING|ORDER BY|ASC|DESC|LIMIT|OFFSET|"
        "UNION|UNION ALL|INTERSECT|EXCEPT|AND|OR|NOT|IN|LIKE|BETWEEN|IS|NULL|EXISTS|CASE|WHEN|"
        "THEN|ELSE|END|CAST|AS|DOUBLE|INT|TEXT|DATE|TIMESTAMP|BIGINT|DECIMAL|VARCHAR|COUNT(*)|"
        "COUNT|SUM|AVG|MIN|MAX|ABS|ROUND|LENGTH|LOWER|UPPER|SUBSTRING|TRIM|REPLACE|COALESCE|"
        "NULLIF|TIME_TO_STR|EXTRACT|YEAR|MONTH|DAY|CURRENT_DATE|CURRENT_TIMESTAMP|INSTR|"
        "STR_POSITION|OVER|PARTITION BY|ROW_NUMBER|RANK|DATE_DIFF|DATE_ADD|ESCAPE|FILTER|WITH|"
        "INTERVAL|TRUE|FALSE|NULLS FIRST|NULLS LAST|CONCAT|GROUP_CONCAT|STDDEV|IF|"
        "TIMESTAMP_TRUNC|DATE_TRUNC|LEFT|(|)|,|.|*|.*|=|<>|<|>|<=|>=|+|-|/|%"
    ).split("|"),
    "||",
    *"0|1|2|3|4|5|10|100|1.0".split("|"),
    *(
        "DURING|SINCE|BEFORE|AFTER|UNTIL|EMPTY|FILLED|CONTAINS|STARTS|ENDS|HAS|NO|EVERY|QUALIFY|"
        "TOP|BOTTOM|NTH|NTH_LOWEST|COUNT_IF|SUM_IF|AVG_IF|MEDIAN|PERCENTILE|PER|SHARE|PERCENT|"
        "PREVIOUS|CHANGE|RATIO|GROWTH|RUNNING|MOVING|TRUNC|QUARTER|WEEK|WEEKDAY|HOUR|DATE_TEXT|"
        "ELAPSED|AS_DATE|BUCKET|BANDS|PART|DIV|LEFT JOIN|ONLY|'year'|'quarter'|'month'|'week'|'day'"
    ).split("|"),
)
_FORM = re.compile(
    r"(?P<string>'(?:[^']|'')*')|(?P<pointer>i\d+)(?!\w)|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<word>[A-Za-z_]+|<=|>=|<>|\|\||\S)"
)
_KNOWN = frozenset(WORDS)
_COMPOUND = [word for word in WORDS if re.search(r"[ (]\S|\.\*", word)]
# The longest first: UNION ALL must not be read as UNION.
_MERGES = {
    word: [match.group() for match in _FORM.finditer(word)]
    for word in sorted(_COMPOUND, key=len, reverse=True)
}
"""Words of several tokens, with these tokens."""
_LONGEST_MERGE = max(map(len, _MERGES.values()))


_KINDS = {
    **dict.fromkeys(PERIODS, "period"),
    # Units of time are words of the vocabulary.
    **dict.fromkeys(("TRUNC", "ELAPSED"), "word"),
    **dict.fromkeys(("CONTAINS", "STARTS", "ENDS", "DATE_TEXT", "PART"), "text"),
}
"""The kind of the texts in a construct's arguments; all others are strings."""


def join_form(tokens: Iterable[str]) -> str:
    """Return the form of its tokens."""
    text = ""
    for token in tokens:
        text += token if token == ".*" or not text else f" {token}"
    return text


def split_form(text: str) -> list[Token]:
    """Return the tokens of a form with their kinds: string, text, period, pointer, number, word."""
    tokens = [(match.lastgroup or "word", match.group()) for match in _FORM.finditer(text)]
    return _merge(_with_kinds(tokens))


def _with_kinds(tokens: Sequence[Token]) -> list[Token]:
    """Give the texts in a construct's arguments their kinds."""
    found: list[Token] = []
    # What stands before each parenthesis that is open.
    calls: list[str] = []
    before = ""
    for kind, text in tokens:
        if text == "(":
            calls.append(before)
        elif text == ")" and calls:
            calls.pop()
        elif kind == "string" and calls:
            kind = _KINDS.get(calls[-1], kind)
        found.append((kind, text))
        before = text
    return found


def plain_tokens(sql: str, form: PointerForm) -> list[Token]:
    """Return the tokens of tidied SQL. Raises NotExpressible as `split_plain` does."""
    return _merge(split_plain(sql, form, _KNOWN))


def as_plain(sql: str, form: PointerForm) -> str:
    """Return any SQL of the catalog's dialect as sqlglot writes it, with names in the catalog's
    case. Raises NotExpressible.
    """
    return join_plain(plain_tokens(tidy(sql, form.catalog.dialect), form), form)


def _merge(tokens: Sequence[Token]) -> list[Token]:
    """Join tokens of several parts into one."""
    merged: list[Token] = []
    place = 0
    while place < len(tokens):
        word, length = _merged_word([text for _, text in tokens[place : place + _LONGEST_MERGE]])
        merged.append(("word", word) if length else tokens[place])
        place += length or 1
    return merged


def _merged_word(texts: Sequence[str]) -> tuple[str, int]:
    """Return the word that starts with these tokens and its number of parts; 0 if there is none."""
    for word, parts in _MERGES.items():
        if texts[: len(parts)] == parts:
            return word, len(parts)
    return "", 0
