"""Which literals may stand beside a column. `grammar` masks the tokens of all others.

The automaton says what parses; these rules say what can be a value of the column:

- a column of days: a real day of a year that the question is about, a year of the question (see
  `periods`), or a pattern for such a year or month; no other number and no other text;
- a boolean column: 0 and 1; a column of numbers: no text, unless texts are stored in it;
- a key: no number that the question uses as a year;
- a text column whose values are all known: one of them, or a pattern that one of them matches;
- a number that is spelled: one that follows from a number of the question.

Not covered: what is compared with an expression, and SQL that is written token by token behind
`<raw>`, which verified queries may need.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from mome.backbones.bundled.grammar_state import NUMBERS, State
from mome.backbones.bundled.periods import holds_days, is_day, is_year
from mome.backbones.bundled.pointer_form import PointerForm
from mome.backbones.bundled.said_literals import SaidLiterals
from mome.backbones.bundled.tokens import CLOSE, QUOTES, OutputVocabulary
from mome.catalog import LENIENT, Column
from mome.linking.names import name_words, stem
from mome.linking.slice import Item
from mome.linking.values import normalise

_NO_DATE = frozenset({"*", "/", "%", "DOUBLE", "INT", "BIGINT", "DECIMAL"})
"""Arithmetic and types that no date has."""
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_NUMBER_START = re.compile(r"-?\d*(\.\d*)?")
# No text holds a lone surrogate, so that nothing is found across two values.
_BETWEEN = "\ud800"


@dataclass(frozen=True)
class OpenLiteral:
    """A literal that is being written."""

    quote: str
    """The name of the token that opened it."""
    written: Sequence[int]
    """The tokens after that one."""
    vocabulary: OutputVocabulary

    @cached_property
    def text(self) -> str:
        """What its word pieces spell so far."""
        return self.vocabulary.read(self.written)


class LiteralRules:
    """The rules over one slice. One thread uses them; they remember what they have looked up."""

    def __init__(self, vocabulary: OutputVocabulary, form: PointerForm) -> None:
        self.vocabulary, self.form = vocabulary, form
        self.said = SaidLiterals(form.slice)
        self._kinds: dict[int, str] = {}
        self._values: dict[int, frozenset[str]] = {}
        self._starts: dict[tuple[int, str], frozenset[str]] = {}
        self._joined: dict[tuple[int, str], str] = {}

    def applies(self, state: State) -> bool:
        """Return whether any rule is about the next token."""
        if state.literal == "pieces" and state.is_number:
            return True
        item = self._subject(state)
        return item >= 0 and self._kind(item) != ""

    @staticmethod
    def _subject(state: State) -> int:
        """Return the column that the next token is compared with; -1 if there is none."""
        if state.literal:
            return state.about
        if state.last == "AS" and state.top.name == "CAST":
            return state.top.subject
        is_open = state.last in ("operand", "negated") and not state.top.compared
        return state.top.subject if is_open else state.compared_with

    def key(self, state: State, written: Sequence[int]) -> tuple[object, ...]:
        """Return all that `refused` depends on besides the tokens."""
        if state.literal:
            literal = written[self._opening(written) :]
            return (state.literal, state.opened, state.about, *literal)
        return (state.last, state.top.name, self._subject(state), state.compared_with)

    def refused(self, state: State, tokens: Iterable[int], written: Sequence[int]) -> list[int]:
        """Return those of `tokens`, which the automaton allows, that cannot belong to a value of
        the column; `written` are the tokens before them.
        """
        if not state.literal:
            return [token for token in tokens if not self._begins(state, token)]
        opening = self._opening(written)
        quote = self.vocabulary.names[written[opening]]
        literal = OpenLiteral(quote, written[opening + 1 :], self.vocabulary)
        return [token for token in tokens if not self._continues(state, token, literal)]

    def _begins(self, state: State, token: int) -> bool:
        """Return whether a value or what belongs to its comparison can begin with the token."""
        kind = self._kind(self._subject(state))
        if token >= self.vocabulary.size:
            return self._fits_pointer(kind, state, token - self.vocabulary.size)
        name = self.vocabulary.names[token]
        if name == "LIKE":
            return self._takes_patterns(kind)
        if name in _NO_DATE:
            return kind != "day"
        if name in NUMBERS:
            if kind == "listed":
                return name in self._listed(self._subject(state))
            return kind != "day" and (kind != "boolean" or name in ("0", "1"))
        if name == "<number>" or (name == "-" and state.last != "operand"):
            return kind not in ("day", "boolean", "listed")
        if name not in QUOTES:
            return True
        if kind == "day":
            # A pattern for a day has its % at the end; for a year, inside of it.
            return (name == "'^") == (state.last == "LIKE") and bool(self.said.days)
        return kind != "boolean"

    def _takes_patterns(self, kind: str) -> bool:
        if kind == "day":
            # DuckDB and PostgreSQL have no LIKE for dates.
            return self.form.catalog.dialect in LENIENT and bool(self.said.days)
        return kind in ("text", "listed")

    def _fits_pointer(self, kind: str, state: State, index: int) -> bool:
        item = self.form.slice.items[index]
        if item.kind == "word":
            number = self.form.slice.words[index].number or ""
            if kind == "day":
                return is_year(number) and state.top.name != "IN" and state.last != "LIKE"
            if kind == "listed":
                return number in self._listed(self._subject(state))
            return kind != "boolean" and not (kind == "key" and index in self.said.years_said)
        if item.kind == "value":
            return self._fits_value(kind, state.compared_with, item)
        if item.kind == "column" and kind == "day":
            return self._column(index).family in ("date", "datetime", "text")
        return True

    def _fits_value(self, kind: str, subject: int, item: Item) -> bool:
        if kind == "day":
            return is_day(item.text)
        if kind == "listed":
            return item.text.casefold() in self._listed(subject)
        is_own = item.name == self.form.slice.items[subject].name
        return kind == "text" or is_own

    def _continues(self, state: State, token: int, literal: OpenLiteral) -> bool:
        """Return whether a literal with this token can still become a value."""
        quote = literal.quote
        if state.is_number:
            return self._continues_number(token, literal.text)
        if state.literal == "content" and token >= self.vocabulary.size:
            item = self.form.slice.items[token - self.vocabulary.size]
            if item.kind == "value":
                return self._is_whole(state.about, quote, item.text)
            first = token - self.vocabulary.size
            if self._kind(state.about) == "key" and first in self.said.years_said:
                return False
            ends = range(first, len(self.form.slice.words))
            return any(
                self._is_whole(state.about, quote, self.said.phrase(first, end)) for end in ends
            )
        if state.literal == "last":
            first = literal.written[0] - self.vocabulary.size
            text = self.said.phrase(first, token - self.vocabulary.size)
            return self._is_whole(state.about, quote, text)
        if token == CLOSE:
            return self._is_whole(state.about, quote, literal.text)
        return self._is_start(state.about, quote, literal.text + self._piece(token))

    def _continues_number(self, token: int, text: str) -> bool:
        """Return whether a spelled number can still become one that follows from the question."""
        if token == CLOSE:
            return text in self.said.numbers
        start = text + self._piece(token)
        return any(number.startswith(start) for number in self.said.numbers)

    def _opening(self, written: Sequence[int]) -> int:
        """Return the place of the token that opens the literal."""
        place = len(written) - 1
        while not self._opens(written[place]):
            place -= 1
        return place

    def _opens(self, token: int) -> bool:
        if token >= self.vocabulary.first_piece:
            return False
        name = self.vocabulary.names[token]
        return name in QUOTES or name == "<number>"

    def _is_whole(self, subject: int, quote: str, text: str) -> bool:
        kind = self._kind(subject)
        if kind in ("number", "key"):
            return _NUMBER.fullmatch(text) is not None
        if kind == "listed" and quote == "'" and _folded(text) in self._folded_values(subject):
            return True
        texts = self._texts(subject, quote)
        if texts is None:
            return True
        folded = text.casefold()
        if quote == "'" or kind == "day":
            return folded in texts
        if quote == "'^":
            return folded in self._starts_of(subject, quote)
        return folded != "" and folded in self._joined_texts(subject, quote)

    def _is_start(self, subject: int, quote: str, text: str) -> bool:
        # A piece that is part of a character tells nothing yet.
        if "\N{REPLACEMENT CHARACTER}" in text:
            return True
        if self._kind(subject) in ("number", "key"):
            return _NUMBER_START.fullmatch(text) is not None
        texts = self._texts(subject, quote)
        if texts is None:
            return True
        folded = text.casefold()
        if quote in ("'", "'^"):
            return folded in self._starts_of(subject, quote)
        # A pattern with % on both sides, or before it, may be any part of a value.
        return folded in self._joined_texts(subject, quote)

    def _joined_texts(self, subject: int, quote: str) -> str:
        """Return the texts that a literal may be in one, in which parts of them are looked up."""
        key = (subject, quote)
        if key not in self._joined:
            self._joined[key] = _BETWEEN.join(self._texts(subject, quote) or ())
        return self._joined[key]

    def _starts_of(self, subject: int, quote: str) -> frozenset[str]:
        """Return all beginnings of the texts that a literal may be."""
        key = (subject, quote)
        if key not in self._starts:
            starts: set[str] = set()
            for text in self._texts(subject, quote) or ():
                starts.update(text[:end] for end in range(1, len(text) + 1))
            self._starts[key] = frozenset(starts)
        return self._starts[key]

    def _texts(self, subject: int, quote: str) -> Collection[str] | None:
        """Return the texts that a literal may be; None if any text will do."""
        kind = self._kind(subject)
        if kind == "day":
            if quote == "'^":
                return self.said.months
            has_clock = self._column(subject).family == "datetime"
            return self.said.moments if has_clock else self.said.days
        return self._listed(subject) if kind == "listed" else None

    def _piece(self, token: int) -> str:
        return _text_of_piece(self.vocabulary, token)

    def _column(self, index: int) -> Column:
        item = self.form.slice.items[index]
        return self.form.catalog.table(item.table).column(item.column)

    def _folded_values(self, index: int) -> frozenset[str]:
        return frozenset(map(_folded, self._listed(index)))

    def _listed(self, index: int) -> frozenset[str]:
        if index not in self._values:
            values = self._column(index).values or ()
            folded = (str(value).casefold() for value in values if value is not None)
            self._values[index] = frozenset(folded)
        return self._values[index]

    def _kind(self, index: int) -> str:
        """Return day, boolean, key, number, listed or text; empty if there are no rules."""
        if index not in self._kinds:
            self._kinds[index] = self._kind_of(index)
        return self._kinds[index]

    def _kind_of(self, index: int) -> str:
        item, column = self.form.slice.items[index], self._column(index)
        if holds_days(column):
            return "day"
        if column.family == "boolean":
            return "boolean"
        stored = [value for value in column.values or () if value not in (None, "")]
        if column.family in ("integer", "number"):
            # SQLite stores texts in columns of numbers too.
            if any(isinstance(value, str) for value in stored):
                return ""
            return "key" if self._is_key(item) else "number"
        if column.family == "text":
            # Numbers that are kept as text, such as years, are compared with numbers between them.
            has_numbers = any(_NUMBER.fullmatch(str(value)) for value in stored)
            is_listed = column.values_complete and stored and not has_numbers
            return "listed" if is_listed else "text"
        return ""

    def _is_key(self, item: Item) -> bool:
        table = self.form.catalog.table(item.table)
        if "year" in name_words(item.column):
            # A year may be a key: of a budget, of a season.
            return False
        names = set(table.primary_key)
        for key in table.foreign_keys:
            names.update(key.columns)
        return item.column in names


def _folded(text: str) -> str:
    """Return a text without case, punctuation and plural, as repair compares stored values."""
    return " ".join(map(stem, normalise(text).split()))


@lru_cache(maxsize=65536)
def _text_of_piece(vocabulary: OutputVocabulary, token: int) -> str:
    return vocabulary.read([token])
