"""The output vocabulary of the bundled backbone: SQL words, byte-level word pieces, and pointers to
items of the slice.

`OutputVocabulary.encode` turns SQL into token ids for one slice and `decode` turns them back. SQL
without a pointer form follows `<raw>`, as tokens of plain SQL or as word pieces alone, so that any
string can be written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from tokenizers import Tokenizer

from mome.backbones.bundled.inputs import load_tokenizer
from mome.backbones.bundled.plain_form import PLAIN, Token, join_plain, split_plain, tidy
from mome.backbones.bundled.pointer_form import PointerForm
from mome.errors import NotExpressible
from mome.linking.slice import Item

PAD, START, END, RAW, CLOSE, NUMBER, NONE = range(7)
SPECIALS = ("<pad>", "<s>", "</s>", "<raw>", "<close>", "<number>", "<none>")
"""`<none>` is the whole answer if nothing in the slice answers the question."""
QUOTES = {"'": ("", ""), "'%": ("%", "%"), "'^": ("", "%"), "'$": ("%", "")}
"""Openings of a string literal, with what stands before and after its content."""
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
)
_DIRECT = frozenset({"0", "1"})
"""Numbers that are always words of the vocabulary, never pointers into the question."""
_FORM = re.compile(
    r"(?P<string>'(?:[^']|'')*')|(?P<pointer>i\d+)(?!\w)|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<word>[A-Za-z_]+|<=|>=|<>|\|\||\S)"
)
_KNOWN = frozenset(WORDS)
_MERGES = tuple(sorted((w for w in WORDS if re.search(r"[ (]\S|\.\*", w)), key=len, reverse=True))


class OutputVocabulary:
    """Token ids: specials, quotes, SQL words, word pieces, then pointers (`size` + index of the
    item).
    """

    def __init__(self, pieces: Tokenizer) -> None:
        self.pieces = pieces
        self.names = (*SPECIALS, *QUOTES, *WORDS)
        self._ids = {name: index for index, name in enumerate(self.names)}
        self.first_piece = len(self.names)
        self.size = self.first_piece + pieces.get_vocab_size()

    @classmethod
    def load(cls, folder: Path) -> OutputVocabulary:
        """Read `pieces.json` of a model's folder."""
        return cls(load_tokenizer(Path(folder) / "pieces.json"))

    def spell(self, text: str) -> list[int]:
        """Return `text` as word pieces."""
        return [self.first_piece + piece for piece in self.pieces.encode(text).ids]

    def read(self, ids: Sequence[int]) -> str:
        """Return the text of word pieces."""
        return self.pieces.decode([token - self.first_piece for token in ids])

    def encode_raw(self, text: str) -> list[int]:
        """Return any text, spelled."""
        return [RAW, *self.spell(text), END]

    def encode(self, sql: str, form: PointerForm) -> list[int]:
        """Return token ids of `sql` for the form's slice, with `</s>` at the end. Raises
        NotExpressible if it has no pointer form.
        """
        return self.encode_tokens(split_form(form.encode(sql)), form)

    def encode_plain(self, sql: str, form: PointerForm) -> list[int]:
        """Return token ids of SQL as it stands. Raises NotExpressible if sqlglot would space or
        quote it differently.
        """
        return self.encode_tokens(plain_tokens(sql, form), form)

    def encode_tokens(self, tokens: Iterable[Token], form: PointerForm) -> list[int]:
        """Return token ids of the result of `split_form` or `plain_tokens`."""
        ids: list[int] = []
        column: Item | None = None
        for kind, token in tokens:
            if kind == "pointer":
                item = form.slice.items[int(token[1:])]
                column = item if item.kind == "column" else column
                ids.append(self.size + int(token[1:]))
            elif kind == "string":
                ids += self._string(token[1:-1].replace("''", "'"), column, form)
            elif kind == "number":
                ids += self._number(token, column, form)
            elif kind == "spelled":
                ids += [*self.spell(token), CLOSE]
            elif kind == "plain":
                ids.append(RAW)
            else:
                ids.append(self._word(token))
        return [*ids, END]

    def _word(self, token: str) -> int:
        if token not in self._ids or token in SPECIALS:
            raise NotExpressible(f"no token for {token}")
        return self._ids[token]

    def _string(self, text: str, column: Item | None, form: PointerForm) -> list[int]:
        value = _value(text, column, form)
        if value is not None:
            return [self.size + value]
        for quote, (before, after) in reversed(QUOTES.items()):
            if text.startswith(before) and text.endswith(after) and len(text) > len(before + after):
                inner = text[len(before) : len(text) - len(after)]
                if quote == "'" or "%" not in inner:
                    return [self._ids[quote], *self._content(inner, column, form)]
        return [self._ids["'"], CLOSE]

    def _content(self, text: str, column: Item | None, form: PointerForm) -> list[int]:
        value = _value(text, column, form)
        if value is not None:
            return [self.size + value]
        words = form.slice.words
        for first in range(len(words)):
            for last in range(first, len(words)):
                if (
                    form.slice.question[words[first].start : words[last].end].casefold()
                    == text.casefold()
                ):
                    return [self.size + first, self.size + last]
        return [*self.spell(text), CLOSE]

    def _number(self, text: str, column: Item | None, form: PointerForm) -> list[int]:
        if text in _DIRECT:
            return [self._ids[text]]
        for index, word in enumerate(form.slice.words):
            if word.number == text:
                return [self.size + index]
        value = _value(text, column, form)
        if value is not None and _pointer(value, form)[1] == text:
            return [self.size + value]
        return [self._ids[text]] if text in self._ids else [NUMBER, *self.spell(text), CLOSE]

    def decode(self, ids: Sequence[int], form: PointerForm) -> str:
        """Return the SQL of token ids in the catalog's dialect. Raises NotExpressible if they are
        no SQL.
        """
        ids = [token for token in ids if token not in (PAD, START)]
        ids = ids[: ids.index(END)] if END in ids else ids
        if ids[:1] != [RAW]:
            return form.decode(self.text(ids, form))
        if all(self.first_piece <= token < self.size for token in ids[1:]):
            return self.read(ids[1:])
        return join_plain([PLAIN, *self._tokens(ids[1:], form)], form)

    def text(self, ids: Sequence[int], form: PointerForm) -> str:
        """Return the pointer form of token ids."""
        tokens = self._tokens(ids, form)
        if any(kind == "spelled" for kind, _ in tokens):
            raise NotExpressible("a word piece outside of a literal")
        return join_form(token for _, token in tokens)

    def _tokens(self, ids: Sequence[int], form: PointerForm) -> list[Token]:
        found: list[Token] = []
        queue = list(ids)
        while queue:
            token = queue.pop(0)
            if token >= self.size:
                found.append(_pointer(token - self.size, form))
            elif token < len(SPECIALS):
                found.append(("number", self._spelled_number(token, queue)))
            elif token < self.first_piece and self.names[token] in QUOTES:
                found.append(("string", self._quoted(self.names[token], queue, form)))
            elif token < self.first_piece:
                found.append(("word", self.names[token]))
            else:
                found.append(("spelled", self._spelled([token, *_until_close(queue)])))
        return found

    def _spelled_number(self, token: int, queue: list[int]) -> str:
        text = self._spelled(_until_close(queue)) if token == NUMBER else ""
        if not re.fullmatch(r"\d+(\.\d+)?", text):
            raise NotExpressible("a number that is none")
        return text

    def _quoted(self, quote: str, queue: list[int], form: PointerForm) -> str:
        before, after = QUOTES[quote]
        return _literal(before + self._inner(queue, form) + after)

    def _inner(self, queue: list[int], form: PointerForm) -> str:
        if not queue or queue[0] < self.size:
            return self._spelled(_until_close(queue))
        first = queue.pop(0) - self.size
        item = _item(first, form)
        if item.kind == "value":
            return item.text
        last = queue.pop(0) - self.size if queue else -1
        words = form.slice.words
        if not 0 <= first <= last < len(words):
            raise NotExpressible("a phrase that is not in the question")
        return form.slice.question[words[first].start : words[last].end]

    def _spelled(self, ids: Sequence[int]) -> str:
        if any(not self.first_piece <= token < self.size for token in ids):
            raise NotExpressible("not a spelled text")
        return self.read(ids)


def join_form(tokens: Iterable[str]) -> str:
    """Return the pointer form of its tokens."""
    text = ""
    for token in tokens:
        text += token if token == ".*" or not text else f" {token}"
    return text


def split_form(text: str) -> list[Token]:
    """Return the tokens of a pointer form with their kinds (string, pointer, number, word)."""
    return _merge([(m.lastgroup or "word", m.group()) for m in _FORM.finditer(text)])


def plain_tokens(sql: str, form: PointerForm) -> list[Token]:
    """Return the tokens of tidied SQL. Raises NotExpressible as `split_plain` does."""
    return _merge(split_plain(sql, form, _KNOWN))


def as_plain(sql: str, form: PointerForm) -> str:
    """Return any SQL of the catalog's dialect as sqlglot writes it, with names in the catalog's
    case. Raises NotExpressible.
    """
    return join_plain(plain_tokens(tidy(sql, form.catalog.dialect), form), form)


def _merge(tokens: list[Token]) -> list[Token]:
    """Join tokens of several parts into one."""
    merged: list[Token] = []
    while tokens:
        for merge in _MERGES:
            parts = [m.group() for m in _FORM.finditer(merge)]
            if [token for _, token in tokens[: len(parts)]] == parts:
                merged.append(("word", merge))
                del tokens[: len(parts)]
                break
        else:
            merged.append(tokens.pop(0))
    return merged


def _value(text: str, column: Item | None, form: PointerForm) -> int | None:
    """Return the value item that stores this text, preferably of the column written last and in the
    same case.
    """
    items = form.slice.items
    found = [
        i
        for i, item in enumerate(items)
        if item.kind == "value" and item.text.casefold() == text.casefold()
    ]
    return min(
        found,
        key=lambda i: (column is None or items[i].name != column.name, items[i].text != text),
        default=None,
    )


def _item(index: int, form: PointerForm) -> Item:
    if index >= len(form.slice.items):
        raise NotExpressible("a pointer to nothing")
    return form.slice.items[index]


def _pointer(index: int, form: PointerForm) -> Token:
    item = _item(index, form)
    if item.kind == "word":
        number = form.slice.words[index].number
        if number is None:
            raise NotExpressible("a word where a number or a name belongs")
        return "number", number
    if item.kind != "value":
        return "pointer", f"i{index}"
    column = form.catalog.table(item.table).column(item.column)
    numeric = column.family in ("integer", "number") and re.fullmatch(r"-?\d+(\.\d+)?", item.text)
    return ("number", item.text) if numeric else ("string", _literal(item.text))


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _until_close(queue: list[int]) -> list[int]:
    if CLOSE not in queue:
        raise NotExpressible("a literal that does not end")
    end = queue.index(CLOSE)
    taken = queue[:end]
    del queue[: end + 1]
    return taken
