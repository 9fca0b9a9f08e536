"""Answers of verified queries to questions that differ from the verified ones in stored values,
numbers or a period alone: they are the parameters of the query. No model is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp

from mome.answering.parameters import LONGEST, Pattern, Patterns, Slot, is_same
from mome.answering.period_literals import Literal, moved, said_period
from mome.answering.spoken_words import phrase, spoken_words, value_texts
from mome.answering.sql_draft import SqlDraft
from mome.answering.unfilled import Unfilled, restricted
from mome.artifacts.facts import MemoryFact
from mome.catalog import Catalog
from mome.errors import Refused
from mome.linking.matched_question import Phrase
from mome.linking.names import Word, all_stems, stem
from mome.linking.periods import Period
from mome.linking.values import ValueIndex, ValueMatch
from mome.memory.routing.meant_facts import LITERAL

LONGEST_NAME = 3
"""Maximum number of words of a code's name in a verified question."""
MOST = 4
"""Maximum number of different queries that are compared for one question."""

Code = Callable[[tuple[str, str], str], str | None]
"""Returns the code of a column, given by (table key, column), that a text names."""
Lookup = Callable[[list[Phrase]], list[ValueMatch]]
"""Finds stored values that the index does not hold."""


@dataclass(frozen=True)
class FilledQuery:
    """A verified query with other parameters."""

    sql: str
    wording: str
    """The verified question."""
    changes: tuple[tuple[str, str], ...]
    """What the verified question says, and what stands in its place."""
    has_unsaid: bool
    """Whether the query compares with texts that the question does not say. They may belong to the
    value that was replaced, as a country to its city.
    """

    def note(self) -> str:
        """Return what was filled in, for people."""
        filled = ", ".join(f"{new!r} for {old!r}" for old, new in self.changes)
        return f"the verified query of “{self.wording}”, with {filled}"


class FilledQueries:
    """The verified pairs of one memory as patterns. Thread-safe."""

    def __init__(
        self,
        facts: Iterable[MemoryFact],
        catalog: Catalog,
        values: ValueIndex,
        lookup: Lookup,
        code: Code,
        known: frozenset[str],
    ) -> None:
        """`known`: stems of all words in names."""
        self._values = values
        self._lookup = lookup
        self._code = code
        patterns = Patterns(catalog, values, code, known)
        self._pairs = [
            _Pair(wording, SqlDraft(fact.answer, catalog.dialect), patterns)
            for fact in facts
            if fact.kind == "verified"
            for wording in fact.wordings
        ]

    def answers(self, question: str) -> list[FilledQuery]:
        """Return the different queries of the verified questions that this one fills."""
        asked = _Asked(question)
        found: dict[str, FilledQuery] = {}
        for pair in self._pairs:
            filled = self._filled(pair, asked) if pair.may_fit(asked.different) else None
            if filled is not None:
                found.setdefault(filled.sql, filled)
            if len(found) == MOST:
                break
        return list(found.values())

    def unfilled(self, question: str, unknown: Collection[str]) -> Unfilled | None:
        """Return the verified question that this one differs from in words that name no value, each
        of which is in `unknown`; None if there is none.
        """
        asked = _Asked(question)
        for pair in self._pairs if unknown else ():
            if not pair.may_fit(asked.different):
                continue
            for pattern in pair.patterns:
                slots = pattern.slots
                for spans in _matches(pattern.parts, asked.stems, 0):
                    missing = [
                        (slot, span)
                        for slot, span in zip(slots, spans, strict=True)
                        if self._new(slot, pair, asked, *span) is None
                    ]
                    if len(missing) == 1 and asked.says_only(unknown, *missing[0][1]):
                        slot, (first, last) = missing[0]
                        said = phrase(question, asked.words, first, last)
                        return Unfilled(said, slot.text, pair.wording, pair.restricted)
        return None

    def _filled(self, pair: _Pair, asked: _Asked) -> FilledQuery | None:
        for pattern in pair.patterns:
            slots = pattern.slots
            for spans in _matches(pattern.parts, asked.stems, 0):
                literals: dict[Literal, str] = {}
                changes: list[tuple[str, str]] = []
                for slot, (first, last) in zip(slots, spans, strict=True):
                    new = self._new(slot, pair, asked, first, last)
                    if new is None:
                        break
                    literals |= new
                    if any(text != literal[1] for literal, text in new.items()):
                        said = phrase(asked.question, asked.words, first, last)
                        changes.append((slot.text, said))
                else:
                    sql = pair.written(literals)
                    if sql is not None:
                        unsaid = pattern.has_unsaid
                        return FilledQuery(sql, pair.wording, tuple(changes), unsaid)
        return None

    def _new(
        self, slot: Slot, pair: _Pair, asked: _Asked, first: int, last: int
    ) -> Mapping[Literal, str] | None:
        """Return the new text of each of a slot's literals; None if the words do not fit."""
        if slot.kind == "period":
            if asked.period is None or asked.period[:2] != (first, last) or pair.period is None:
                return None
            return moved(slot.literals, pair.period, asked.period[2])
        (literal,) = slot.literals
        if slot.kind == "number":
            number = asked.words[first].number if first == last else None
            return None if number is None else {literal: number}
        texts = value_texts(asked.question, asked.words, first, last)
        if any(is_same(said, slot.text) for said in texts):
            return {literal: literal[1]}
        for said in texts:
            new = self._value(slot, said)
            if new is not None:
                return {literal: new}
        return None

    def _value(self, slot: Slot, said: str) -> str | None:
        """Return the value or the code that a text names in all columns of a slot."""
        if slot.kind == "code":
            found = {self._code(place, said) for place in slot.columns}
        elif self._is_something_else(said, slot):
            return None
        else:
            found = {self._stored(table, column, said) for table, column in slot.columns}
        # A column that does not store the value, or stores it in another spelling.
        return found.pop() if len(found) == 1 else None

    def _is_something_else(self, text: str, slot: Slot) -> bool:
        """Return whether a value also names what the verified one does not, as Washington is a
        city and a state: the question may then be about that.
        """
        others = self._values.places(text) - self._values.places(slot.text) - set(slot.columns)
        kind = {value for place in slot.columns for value in self._values.of(*place)}
        for place in others:
            known = self._values.of(*place)
            if 2 * sum(value in kind for value in known) < len(known):
                return True
        return False

    def _stored(self, table: str, column: str, text: str) -> str | None:
        known = self._values.stored(table, column, text)
        if known is not None or (table, column) not in self._values.incomplete():
            return known
        found = self._lookup([Phrase(text, 0, 0)])
        return next((m.stored for m in found if (m.table, m.column) == (table, column)), None)


class _Pair:
    """One wording of a verified fact; its SQL is parsed when a question resembles it."""

    def __init__(self, wording: str, draft: SqlDraft, patterns: Patterns) -> None:
        self.wording = wording
        self._draft = draft
        self._patterns = patterns

    def may_fit(self, stems: frozenset[str]) -> bool:
        """Return whether a question with these stems may fit, so that it is worth reading the SQL;
        a memory may have 10,000 pairs.
        """
        return len(self._fixed - stems) <= self._spare

    @cached_property
    def _fixed(self) -> frozenset[str]:
        """The stems of the wording that no literal and no period can be."""
        words = spoken_words(self.wording)
        said = said_period(self.wording, words)
        taken = set(range(said[0], said[1] + 1)) if said else set()
        others = [word for i, word in enumerate(words) if i not in taken and word.number is None]
        return frozenset(stem(word.text) for word in others) - all_stems(self._texts)

    @cached_property
    def _spare(self) -> int:
        """How many more of these the name of a code may be."""
        written = all_stems([self.wording])
        return 0 if all_stems(self._texts) <= written else LONGEST_NAME

    @cached_property
    def _texts(self) -> list[str]:
        return LITERAL.findall(self._draft.sql)

    @cached_property
    def patterns(self) -> list[Pattern]:
        tree = self._draft.tree
        return [] if tree is None else self._patterns.of(self.wording, tree)

    @cached_property
    def period(self) -> Period | None:
        found = said_period(self.wording, spoken_words(self.wording))
        return None if found is None else found[2]

    @cached_property
    def restricted(self) -> int:
        """The number of columns that the SQL compares with literals."""
        return 0 if self._draft.tree is None else restricted(self._draft.tree)

    def written(self, literals: Mapping[Literal, str]) -> str | None:
        """Return the SQL with other literals; None if it cannot be written."""
        tree = self._draft.exact_tree
        if tree is None:
            return None
        changed = tree.copy()
        for node in list(changed.find_all(exp.Literal)):
            new = literals.get((node.is_string, node.name))
            if new is not None:
                node.set("this", new)
        try:
            return self._draft.rewritten(changed).sql
        except Refused:
            return None


class _Asked:
    """One question."""

    def __init__(self, question: str) -> None:
        self.question = question
        self.words: tuple[Word, ...] = spoken_words(question)
        self.stems = [stem(word.text) for word in self.words]
        self.different = frozenset(self.stems)
        self.period = said_period(question, self.words)

    def says_only(self, unknown: Collection[str], first: int, last: int) -> bool:
        """Return whether some words are all among the unknown ones."""
        return all(word.text in unknown for word in self.words[first : last + 1])


def _matches(
    parts: tuple[str | Slot, ...], stems: list[str], start: int
) -> Iterator[list[tuple[int, int]]]:
    """Yield the first and last word of each slot for the ways in which words fit to a pattern."""
    if not parts:
        if start == len(stems):
            yield []
        return
    part, rest = parts[0], parts[1:]
    if isinstance(part, str):
        if start < len(stems) and stems[start] == part:
            yield from _matches(rest, stems, start + 1)
        return
    longest = 1 if part.kind == "number" else LONGEST
    for last in range(start, min(start + longest, len(stems))):
        for others in _matches(rest, stems, last + 1):
            yield [(start, last), *others]
