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

from mome.backbones.bundled.form_tokens import WORDS, join_form, plain_tokens, split_form
from mome.backbones.bundled.inputs import load_tokenizer
from mome.backbones.bundled.period_alignment import align_periods
from mome.backbones.bundled.plain_form import PLAIN, Token, join_plain
from mome.backbones.bundled.pointer_form import PointerForm
from mome.errors import NotExpressible
from mome.linking.slice import Item

PAD, START, END, RAW, CLOSE, NUMBER, NONE = range(7)
SPECIALS = ("<pad>", "<s>", "</s>", "<raw>", "<close>", "<number>", "<none>")
"""`<none>` is the whole answer if nothing in the slice answers the question."""
QUOTES = {"'": ("", ""), "'%": ("%", "%"), "'^": ("", "%"), "'$": ("%", "")}
"""Openings of a string literal, with what stands before and after its content."""
# COUNT(*) > 1 and LIMIT 1 rarely mean the 1 of a question, so a pointer would teach a wrong rule.
_DIRECT = frozenset({"0", "1"})
"""Numbers that are always words of the vocabulary, never pointers into the question."""


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

    def encode(self, sql: str, form: PointerForm, *, aligned: bool = True) -> list[int]:
        """Return token ids of `sql` for the form's slice, with `</s>` at the end. Raises
        NotExpressible if it has no form.

        `aligned`: whether periods are said as in the question, from which other bounds of the same
        days may be decoded.
        """
        return self.encode_tokens(split_form(form.encode(sql)), form, aligned=aligned)

    def encode_plain(self, sql: str, form: PointerForm) -> list[int]:
        """Return token ids of SQL as it stands. Raises NotExpressible if sqlglot would space or
        quote it differently.
        """
        return self.encode_tokens(plain_tokens(sql, form), form)

    def encode_tokens(
        self, tokens: Iterable[Token], form: PointerForm, *, aligned: bool = True
    ) -> list[int]:
        """Return token ids of the result of `split_form` or `plain_tokens`."""
        ids: list[int] = []
        column: Item | None = None
        periods = form.slice.periods if aligned else ()
        for kind, token in align_periods(list(tokens), periods):
            if kind == "pointer":
                item = form.slice.items[int(token[1:])]
                column = item if item.kind == "column" else column
                ids.append(self.size + int(token[1:]))
            elif kind == "string":
                ids += self._string(token[1:-1].replace("''", "'"), column, form)
            elif kind == "text":
                ids += self._text(token[1:-1].replace("''", "'"), column, form)
            elif kind == "period":
                ids += self._period(token[1:-1], form)
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

    def _period(self, text: str, form: PointerForm) -> list[int]:
        if text in form.slice.periods:
            return [self.size + len(form.slice.words) + form.slice.periods.index(text)]
        return [self._ids["'"], *self.spell(text), CLOSE]

    def _text(self, text: str, column: Item | None, form: PointerForm) -> list[int]:
        """Return the text of a construct, in which % is a letter like any other."""
        value = _value(text, column, form)
        if value is not None:
            return [self.size + value]
        return [self._ids["'"], *self._content(text, column, form)]

    def _string(self, text: str, column: Item | None, form: PointerForm) -> list[int]:
        value = _value(text, column, form)
        if value is not None:
            return [self.size + value]
        # Backwards: '% and '$ before the plain quote, which fits every text.
        for quote, (before, after) in reversed(QUOTES.items()):
            if not text.startswith(before) or not text.endswith(after):
                continue
            inner = text[len(before) : len(text) - len(after)]
            if inner and (quote == "'" or "%" not in inner):
                return [self._ids[quote], *self._content(inner, column, form)]
        return [self._ids["'"], CLOSE]

    def _content(self, text: str, column: Item | None, form: PointerForm) -> list[int]:
        value = _value(text, column, form)
        if value is not None:
            return [self.size + value]
        said = _phrase(text, form)
        if said is not None:
            return [self.size + place for place in said]
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
        """Return the form of token ids."""
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


def _phrase(text: str, form: PointerForm) -> tuple[int, int] | None:
    """Return the first and the last word of the question's phrase that is `text`; None if the
    question does not say it.
    """
    words, question = form.slice.words, form.slice.question
    for first in range(len(words)):
        for last in range(first, len(words)):
            if question[words[first].start : words[last].end].casefold() == text.casefold():
                return first, last
    return None


def _value(text: str, column: Item | None, form: PointerForm) -> int | None:
    """Return the value item that stores this text, preferably of the column written last and in the
    same case.
    """
    found: dict[int, tuple[bool, bool]] = {}
    for place, item in enumerate(form.slice.items):
        if item.kind == "value" and item.text.casefold() == text.casefold():
            is_elsewhere = column is None or item.name != column.name
            found[place] = (is_elsewhere, item.text != text)
    return min(found, key=lambda place: found[place], default=None)


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
    if item.kind == "period":
        return "string", _literal(item.text)
    if item.kind != "value":
        return "pointer", f"i{index}"
    column = form.catalog.table(item.table).column(item.column)
    if column.family in ("integer", "number") and re.fullmatch(r"-?\d+(\.\d+)?", item.text):
        return "number", item.text
    return "string", _literal(item.text)


def _literal(text: str) -> str:
    """Return a string literal of the form."""
    return "'" + text.replace("'", "''") + "'"


def _until_close(queue: list[int]) -> list[int]:
    """Take tokens from the queue up to `<close>` and return them without it."""
    if CLOSE not in queue:
        raise NotExpressible("a literal that does not end")
    end = queue.index(CLOSE)
    taken = queue[:end]
    del queue[: end + 1]
    return taken
