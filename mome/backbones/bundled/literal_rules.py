"""Which literals may stand beside a column. `grammar` masks the tokens of all others.

The automaton says what parses; these rules say what can be a value of the column:

- a period: one of the question, or a day, month or quarter of a year that it is about;
- a column of days: no number, and no text but such a day or a moment of it;
- a boolean column: 0 and 1; a column of numbers: no text, unless texts are stored in it;
- a key: no number that the question uses as a year;
- a text that the question writes: it begins with no article, unless it is quoted;
- a text column whose values are all known: one of them, or a pattern that one of them matches;
- a number that is spelled: one that follows from a number of the question;
- behind a key: a column of the table that it refers to.

Not covered: what is compared with an expression, and SQL that is written token by token behind
`<raw>`, which verified queries may need.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from mome.backbones.bundled.column_kinds import NUMBER, ColumnKinds, folded_text
from mome.backbones.bundled.grammar_state import NUMBERS, NUMERIC_ONLY, PERIOD, State
from mome.backbones.bundled.pointer_form import PointerForm
from mome.backbones.bundled.said_literals import SaidLiterals
from mome.backbones.bundled.tokens import CLOSE, QUOTES, OutputVocabulary
from mome.catalog import is_numeric
from mome.forms.construct_slots import TEXT_QUOTES
from mome.forms.stored import YEAR, date_kind
from mome.linking.slice import Item

_NO_DATE = frozenset({"*", "/", "%", "DIV", "DOUBLE", "INT", "DECIMAL"})
"""Arithmetic and types that no date has."""
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
        self.kinds = ColumnKinds(form)
        self._starts: dict[tuple[int, str], frozenset[str]] = {}
        self._joined: dict[tuple[int, str], str] = {}

    def applies(self, state: State) -> bool:
        """Return whether any rule is about the next token."""
        if (state.literal == "pieces" and state.is_number) or state.last == "dot":
            return True
        item = self._subject(state)
        return (item >= 0 or item == PERIOD) and self.kinds.of(item) != ""

    def _subject(self, state: State) -> int:
        """Return the column that the next token is compared with; -1 if there is none."""
        if state.slot == "text" and (state.literal or state.last == ","):
            subject = state.about if state.literal else state.compared_with
            # Any text may be sought in a date or a number, and divide a text.
            is_text = subject >= 0 and self.kinds.of(subject) in ("text", "listed")
            is_text = is_text and state.top.name in TEXT_QUOTES
            return subject if is_text else -1
        if state.literal:
            return state.about
        if state.last == "AS" and state.top.name == "CAST":
            return state.top.subject
        is_open = (state.is_operand or state.last == "negated") and not state.top.compared
        return state.top.subject if is_open else state.compared_with

    def key(self, state: State, written: Sequence[int]) -> tuple[object, ...]:
        """Return all that `refused` depends on besides the tokens."""
        if state.literal:
            literal = written[self._opening(written) :]
            return (state.literal, state.opened, self._subject(state), state.top.name, *literal)
        if state.last == "dot":
            return (state.slot, state.top.name, written[-2])
        if state.slot == "period":
            return (state.last, state.top.name, state.top.commas, state.top.subject)
        return (state.last, state.top.name, self._subject(state), state.compared_with)

    def refused(self, state: State, tokens: Iterable[int], written: Sequence[int]) -> list[int]:
        """Return those of `tokens`, which the automaton allows, that cannot belong to a value of
        the column; `written` are the tokens before them.
        """
        if not state.literal and state.last == "dot":
            return [token for token in tokens if not self._is_led_to(state, token, written[-2])]
        if not state.literal:
            return [token for token in tokens if not self._begins(state, token)]
        opening = self._opening(written)
        quote = self.vocabulary.names[written[opening]]
        if quote == "'" and state.slot == "text":
            quote = TEXT_QUOTES.get(state.top.name, quote)
        literal = OpenLiteral(quote, written[opening + 1 :], self.vocabulary)
        return [token for token in tokens if not self._continues(state, token, literal)]

    def _is_led_to(self, state: State, token: int, key: int) -> bool:
        """Return whether a column is of the table that the key before it refers to."""
        items = self.form.slice.items
        led, leading = items[token - self.vocabulary.size], items[key - self.vocabulary.size]
        column = self.form.catalog.table(led.table).column(led.column)
        if state.slot == "date" and date_kind(column) is None:
            return False
        is_added = state.slot == "numeric" or state.top.name in NUMERIC_ONLY
        if is_added and not is_numeric(column, self.form.catalog.dialect):
            return False
        keys = self.form.catalog.table(leading.table).foreign_keys
        return any(leading.column in key.columns and key.ref_table == led.table for key in keys)

    def _begins(self, state: State, token: int) -> bool:
        """Return whether a value or what belongs to its comparison can begin with the token."""
        kind = self.kinds.of(self._subject(state))
        if kind == "period":
            return self._begins_period(state, token)
        if token >= self.vocabulary.size:
            return self._fits_pointer(kind, state, token - self.vocabulary.size)
        name = self.vocabulary.names[token]
        if name == "LIKE":
            return self._takes_patterns(kind)
        if name in _NO_DATE:
            return kind != "day"
        if name in NUMBERS:
            if kind == "listed":
                return name in self.kinds.listed(self._subject(state))
            return kind != "day" and (kind != "boolean" or name in ("0", "1"))
        if name == "<number>" or (name == "-" and state.last != "operand"):
            return kind not in ("day", "boolean", "listed")
        if name not in QUOTES:
            return True
        if kind == "day":
            return name == "'" and bool(self._texts(self._subject(state), name))
        return kind != "boolean"

    def _begins_period(self, state: State, token: int) -> bool:
        """Return whether a period of the question fits its construct and column."""
        if token < self.vocabulary.size:
            # Other periods of the question's years are spelled.
            return bool(self.said.periods)
        text = self.form.slice.items[token - self.vocabulary.size].text
        if not text[0].isdigit():
            # What depends on today has no bounds of its own.
            return state.top.name == "DURING" and state.top.commas == 1
        subject = state.top.subject
        is_year = subject >= 0 and date_kind(self.kinds.column(subject)) == YEAR
        return not is_year or text.isdigit()

    def _takes_patterns(self, kind: str) -> bool:
        return kind in ("text", "listed")

    def _fits_pointer(self, kind: str, state: State, index: int) -> bool:
        item = self.form.slice.items[index]
        if state.slot == "text":
            quote = TEXT_QUOTES.get(state.top.name, "'")
            is_text = not NUMBER.fullmatch(item.text)
            return is_text and self._is_whole(self._subject(state), quote, item.text)
        if item.kind == "word":
            number = self.form.slice.words[index].number or ""
            if kind == "day":
                return False
            if kind == "listed":
                return number in self.kinds.listed(self._subject(state))
            return kind != "boolean" and not (kind == "key" and index in self.said.years_said)
        if item.kind == "value":
            return self._fits_value(kind, state.compared_with, item)
        if item.kind == "column" and kind == "day":
            return self.kinds.column(index).family in ("date", "datetime", "text")
        return True

    def _fits_value(self, kind: str, subject: int, item: Item) -> bool:
        if kind == "day":
            return item.text.casefold() in self.said.moments
        if kind == "listed":
            return item.text.casefold() in self.kinds.listed(subject)
        is_own = item.name == self.form.slice.items[subject].name
        return kind == "text" or is_own

    def _continues(self, state: State, token: int, literal: OpenLiteral) -> bool:
        """Return whether a literal with this token can still become a value."""
        quote, subject = literal.quote, self._subject(state)
        if state.is_number:
            return self._continues_number(token, literal.text)
        if state.literal == "content" and token >= self.vocabulary.size:
            item = self.form.slice.items[token - self.vocabulary.size]
            if item.kind == "value":
                return self._is_whole(subject, quote, item.text)
            first = token - self.vocabulary.size
            if first in self.said.articles:
                return False
            if self.kinds.of(subject) == "key" and first in self.said.years_said:
                return False
            ends = range(first, len(self.form.slice.words))
            return any(self._is_whole(subject, quote, self.said.phrase(first, end)) for end in ends)
        if state.literal == "last":
            first = literal.written[0] - self.vocabulary.size
            text = self.said.phrase(first, token - self.vocabulary.size)
            return self._is_whole(subject, quote, text)
        if token == CLOSE:
            return self._is_whole(subject, quote, literal.text)
        return self._is_start(subject, quote, literal.text + self._piece(token))

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
        kind = self.kinds.of(subject)
        if kind in ("number", "key"):
            return NUMBER.fullmatch(text) is not None
        texts = self._texts(subject, quote)
        if texts is None:
            return True
        folded = text if kind == "period" else text.casefold()
        if folded in texts and (quote == "'" or kind == "day"):
            return True
        if kind == "listed" and quote == "'":
            return folded_text(text) in self.kinds.folded(subject)
        if quote == "'" or kind == "day":
            return False
        if quote == "'^":
            return folded in self._starts_of(subject, quote)
        return folded != "" and folded in self._joined_texts(subject, quote)

    def _is_start(self, subject: int, quote: str, text: str) -> bool:
        # A piece that is part of a character tells nothing yet.
        if "\N{REPLACEMENT CHARACTER}" in text:
            return True
        if self.kinds.of(subject) in ("number", "key"):
            return _NUMBER_START.fullmatch(text) is not None
        texts = self._texts(subject, quote)
        if texts is None:
            return True
        folded = text if self.kinds.of(subject) == "period" else text.casefold()
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
        kind = self.kinds.of(subject)
        if kind == "period":
            return self.said.periods
        if kind == "day":
            return self.said.moments
        return self.kinds.listed(subject) if kind == "listed" else None

    def _piece(self, token: int) -> str:
        return _text_of_piece(self.vocabulary, token)


@lru_cache(maxsize=65536)
def _text_of_piece(vocabulary: OutputVocabulary, token: int) -> str:
    return vocabulary.read([token])
