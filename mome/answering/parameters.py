"""The parameters of a verified pair: what its question says and its SQL compares with.

`filled_queries` fills them with what another question says in the same place.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sqlglot import exp

from mome.answering.conditions import comparisons
from mome.answering.period_literals import Literal, literals_of_period, said_period
from mome.answering.spoken_words import phrase, spoken_words, value_texts
from mome.catalog import Catalog
from mome.linking.names import Word, stem
from mome.linking.values import ValueIndex, normalise
from mome.sql_tree import places

LONGEST = 8
"""Maximum number of words of a stored value in a question."""
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T]\d\d:\d\d(?::\d\d)?)?")

_PARTS_OF_DATES = (exp.Extract, exp.Year, exp.Month, exp.TimeToStr, exp.TsOrDsToDate)


@dataclass(frozen=True)
class Slot:
    """A place in a question at which something else may stand."""

    kind: str
    """`value`, `number`, `period`, or `code`: a value that the question says by a name."""
    text: str
    """What stands there in the verified question."""
    literals: tuple[Literal, ...]
    """The literals of the SQL that say it."""
    columns: tuple[tuple[str, str], ...] = ()
    """(table key, column) of the columns with which a value or a code is compared."""


@dataclass(frozen=True)
class Pattern:
    """The words of a verified question, with slots in place of what it says."""

    parts: tuple[str | Slot, ...]
    """Stems of words, and slots."""
    has_unsaid: bool
    """Whether the SQL compares with texts that the question does not say."""

    @property
    def slots(self) -> list[Slot]:
        """Its slots, in their order."""
        return [part for part in self.parts if isinstance(part, Slot)]


@dataclass(frozen=True)
class _Span:
    first: int
    last: int
    """Indices of words, both inclusive."""
    slot: Slot


def is_same(one: str, other: str) -> bool:
    """Return whether two texts name one value; case, punctuation and plural may differ."""
    first, second = (normalise(text).split() for text in (one, other))
    return bool(first) and list(map(stem, first)) == list(map(stem, second))


class Patterns:
    """Reads the patterns of verified pairs of one catalog.

    `code`: returns the code of a column, given by (table key, column), that a text names.
    `known`: stems of all words in names.
    """

    def __init__(
        self,
        catalog: Catalog,
        values: ValueIndex,
        code: Callable[[tuple[str, str], str], str | None],
        known: frozenset[str],
    ) -> None:
        self._catalog = catalog
        self._values = values
        self._code = code
        self._known = known

    def of(self, question: str, tree: exp.Expr) -> list[Pattern]:
        """Return the patterns of a verified pair; none if its question says no literal of its SQL.

        `tree`: of the SQL, in which functions have classes.
        """
        words = spoken_words(question)
        texts = _texts(tree, self._catalog, self._values)
        spans = [*_value_spans(question, words, texts), *_period_spans(question, words, tree)]
        spans += _number_spans(words, tree, [span for span in spans if span.slot.kind == "period"])
        unsaid = _unsaid(texts, words, spans)
        for text in list(unsaid):
            coded = self._code_span(question, words, text, texts[text])
            if coded is not None:
                spans.append(coded)
                unsaid.remove(text)
        found = [_pattern(words, spans, bool(unsaid))]
        if len(unsaid) == 1:
            # Which of the words says the code is not known: that in whose place another one stands.
            slot = Slot("code", "", ((True, unsaid[0]),), texts[unsaid[0]])
            for place, word in enumerate(words):
                if self._may_say_a_code(word):
                    span = _Span(place, place, replace(slot, text=word.text))
                    found.append(_pattern(words, [*spans, span], has_unsaid=False))
        return [one for one in found if one is not None]

    def _code_span(
        self, question: str, words: Sequence[Word], text: str, columns: tuple[tuple[str, str], ...]
    ) -> _Span | None:
        """Return the words that say a code by its name, if they are the only ones."""
        spans = [
            (first, last)
            for first in range(len(words))
            for last in range(first, min(first + LONGEST, len(words)))
            if all(
                self._code(place, phrase(question, words, first, last)) == text for place in columns
            )
        ]
        if len(spans) != 1:
            return None
        said = phrase(question, words, *spans[0])
        return _Span(*spans[0], Slot("code", said, ((True, text),), columns))

    def _may_say_a_code(self, word: Word) -> bool:
        own = stem(word.text)
        return word.text[0].isalpha() and own not in self._known


def _pattern(words: Sequence[Word], spans: Iterable[_Span], has_unsaid: bool) -> Pattern | None:
    """Return the pattern with these slots; None if there are none, or if two share a word."""
    ordered = sorted(spans, key=lambda span: span.first)
    # Two literals of one place: which one the words mean is not known.
    if not ordered or any(one.last >= other.first for one, other in pairwise(ordered)):
        return None
    parts: list[str | Slot] = []
    start = 0
    for span in ordered:
        parts += [stem(word.text) for word in words[start : span.first]]
        parts.append(span.slot)
        start = span.last + 1
    parts += [stem(word.text) for word in words[start:]]
    return Pattern(tuple(parts), has_unsaid)


def _unsaid(texts: Iterable[str], words: Sequence[Word], spans: Iterable[_Span]) -> list[str]:
    """Return the texts that no words say."""
    said = {literal for span in spans for literal in span.slot.literals}
    stems = {stem(word.text) for word in words}
    return [text for text in texts if (True, text) not in said and stem(text) not in stems]


def _texts(
    tree: exp.Expr, catalog: Catalog, values: ValueIndex
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the string literals with the columns that they are compared with, if with nothing
    else.
    """
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    compared: dict[str, int] = defaultdict(int)
    for comparison in comparisons(tree, catalog, values):
        for text in comparison.texts:
            if comparison.sign in ("=", "<>", "IN"):
                found[text] += places(comparison.column, catalog)
                compared[text] += 1
    written: dict[str, int] = defaultdict(int)
    for literal in tree.find_all(exp.Literal):
        written[literal.name] += literal.is_string
    return {
        text: tuple(dict.fromkeys(columns))
        for text, columns in found.items()
        if compared[text] == written[text]
    }


def _value_spans(
    question: str, words: Sequence[Word], texts: Mapping[str, tuple[tuple[str, str], ...]]
) -> Iterator[_Span]:
    for text, columns in texts.items():
        spans = [
            (first, last)
            for first in range(len(words))
            for last in range(first, min(first + LONGEST, len(words)))
            if any(is_same(said, text) for said in value_texts(question, words, first, last))
        ]
        if len(spans) == 1:
            yield _Span(*spans[0], Slot("value", text, ((True, text),), columns))


def _number_spans(words: Sequence[Word], tree: exp.Expr, taken: Sequence[_Span]) -> Iterator[_Span]:
    roles: dict[str, set[str]] = defaultdict(set)
    for literal in tree.find_all(exp.Literal):
        if not literal.is_string:
            roles[literal.name].add(_role(literal))
    for number, known in roles.items():
        spans = [i for i, word in enumerate(words) if word.number == number]
        # One number with two roles may be two things that are equal by chance.
        if len(spans) != 1 or len(known) != 1:
            continue
        place = spans[0]
        if not any(span.first <= place <= span.last for span in taken):
            yield _Span(place, place, Slot("number", words[place].text, ((False, number),)))


def _role(literal: exp.Expr) -> str:
    """Return with what a number is compared, or which clause it stands in."""
    parent = literal.parent
    if isinstance(parent, exp.Binary):
        other = parent.this if parent.expression is literal else parent.expression
        return f"{type(parent).__name__} {other.sql()}"
    return type(parent).__name__


def _period_spans(question: str, words: Sequence[Word], tree: exp.Expr) -> Iterator[_Span]:
    found = said_period(question, words)
    if found is None:
        return
    first, last, period = found
    spelled = literals_of_period(period)
    literals = {
        (literal.is_string, literal.name)
        for literal in tree.find_all(exp.Literal)
        if _is_of_a_date(literal)
    }
    # A date that the period does not explain would stay as it is.
    if literals and literals <= spelled.keys():
        yield _Span(first, last, Slot("period", period.text, tuple(sorted(literals))))


def _is_of_a_date(literal: exp.Literal) -> bool:
    if literal.is_string and _DAY.fullmatch(literal.name):
        return True
    parent = literal.parent
    if not isinstance(parent, exp.Binary):
        return False
    other = parent.this if parent.expression is literal else parent.expression
    return other.find(*_PARTS_OF_DATES) is not None
