"""A question with the stored values that it names, matched once for routing and slicing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mome.linking.names import (
    CLITICS,
    COMMON_STEMS,
    FILLER_STEMS,
    HOW_STEMS,
    SHAPE_STEMS,
    Word,
    content_stems,
    name_stems,
    numbers,
    stem,
)
from mome.linking.values import STEMMED, ValueMatch, phrases

SHORTEST_CODE = 5
"""Minimum length of a word that names a status: shorter words have too many other meanings."""
_STATUS = name_stems("status state stat stage phase result outcome priority severity")


@dataclass(frozen=True)
class Phrase:
    """Words of a question that may be a stored value which the index does not hold."""

    text: str
    first: int
    last: int
    """Indices of its words, both inclusive."""


@dataclass(frozen=True)
class MatchedQuestion:
    """A question with the stored values that it names: matched once, read by routing and slicing.

    It explains the words of this question as a linker does for any.
    """

    question: str
    words: tuple[Word, ...]
    matches: tuple[ValueMatch, ...]
    known: frozenset[str]
    """Stems of all words in names."""
    beyond: tuple[ValueMatch, ...] = ()
    """Those of `matches` that the index does not hold."""
    codes: frozenset[tuple[str, str]] = frozenset()
    """(table key, column) of the columns whose few values are all known."""
    constant: frozenset[tuple[str, str]] = frozenset()
    """(table key, column) of the columns that hold one value in all rows. A question that says it
    asks for no other rows than one that does not: states of the USA, where all states are.
    """
    respelled: tuple[tuple[str, str], ...] = ()
    """(word as it was asked, short spelling in this question) of words that were replaced."""

    def unexplained(self, question: str) -> frozenset[str]:
        """Return stems of content words that are in no name and no stored value."""
        assert question == self.question
        valued = matched_indices(self.matches)
        others = [word for i, word in enumerate(self.words) if i not in valued]
        return content_stems(others) - self.known

    def named(self, question: str) -> frozenset[str]:
        """Return what the question names: stems in names or exactly matched values, and numbers."""
        assert question == self.question
        written = content_stems(self.words[i] for i in self._exact())
        said = content_stems(self.words) & self.known
        return written | said | numbers(self.words)

    def valued(self, question: str) -> frozenset[str]:
        """Return stems of the words that write a stored value exactly, and are in no name."""
        assert question == self.question
        return content_stems(self.words[i] for i in self._exact()) - self.known

    def unknown_words(self) -> tuple[str, ...]:
        """Return the words that neither a name nor a stored value says, as they are written,
        without those of the question's own shape.
        """
        plain = SHAPE_STEMS | HOW_STEMS | CLITICS | FILLER_STEMS
        unknown = self.unexplained(self.question) - plain
        valued = matched_indices(self.matches)
        others = [word.text for i, word in enumerate(self.words) if i not in valued]
        return tuple(dict.fromkeys(text for text in others if stem(text) in unknown))

    def said_values(self) -> tuple[str, ...]:
        """Return the phrases that write a stored value exactly and can hardly mean anything else:
        several words, a capital letter within the question, or a digit; and words that name a
        status, such as `successful` for `success`.
        """
        found = []
        for match in self.matches:
            text = self.question[self.words[match.first].start : self.words[match.last].end]
            text = re.sub(r"^\W+|\W+$", "", text)
            # What says a code in words is a term, which `left_out` knows.
            if match.is_meant:
                continue
            is_exact = match.score == 1 and (match.table, match.column) not in self.constant
            is_short = text in {short for _, short in self.respelled}
            is_said = is_short or self._is_proper(match, text)
            if (is_exact and is_said) or self._is_code(match, text):
                found.append(text)
        return tuple(dict.fromkeys(found))

    def _is_code(self, match: ValueMatch, text: str) -> bool:
        """Return whether a word names a status and nothing else."""
        place = (match.table, match.column)
        if match.score < STEMMED or place not in self.codes or place in self.constant:
            return False
        # A type such as `Paper` is often also what its rows are called.
        if not name_stems(match.column) & _STATUS:
            return False
        stems = {stem(word.text) for word in self.words[match.first : match.last + 1]}
        return len(text) >= SHORTEST_CODE and not stems & (self.known | COMMON_STEMS | SHAPE_STEMS)

    def _is_proper(self, match: ValueMatch, text: str) -> bool:
        """Return whether a phrase has a word of its own and is spelled as a value is."""
        if not re.search(r"[^\W\d]", text):
            return False
        stems = {stem(word.text) for word in self.words[match.first : match.last + 1]}
        if not stems - self.known - COMMON_STEMS - SHAPE_STEMS:
            return False
        is_capitalised = match.first > 0 and text[0].isupper()
        is_long = len(re.findall(r"\w+", text)) > 1
        return is_capitalised or is_long or any(c.isdigit() for c in text)

    def _exact(self) -> set[int]:
        """Return indices of the words that write a stored value that not all rows have."""
        return matched_indices(
            match
            for match in self.matches
            if match.score == 1 and (match.table, match.column) not in self.constant
        )

    def unknown_phrases(self) -> list[Phrase]:
        """Return phrases that may be stored values beyond the index, longest first: each holds a
        word that nothing explains, and begins and ends with words that are not of the question's
        own shape.
        """
        # A guess at a misspelt word does not explain it: the word may be stored as it is.
        exact = matched_indices(match for match in self.matches if match.score >= STEMMED)
        unknown = content_stems(self.words) - self.known - SHAPE_STEMS
        inner = {i for i, word in enumerate(self.words) if stem(word.text) in unknown} - exact
        outer = inner | exact
        found = []
        for first, last in phrases(len(self.words)):
            inside = range(first, last + 1)
            if first in outer and last in outer and not inner.isdisjoint(inside):
                text = self.question[self.words[first].start : self.words[last].end]
                found.append(Phrase(text, first, last))
        return found

    def with_values(self, found: Sequence[ValueMatch]) -> MatchedQuestion:
        """Return the question with values found elsewhere, which replace guesses at their words."""
        taken = matched_indices(found)
        kept = [m for m in self.matches if taken.isdisjoint(range(m.first, m.last + 1))]
        return replace(self, matches=(*found, *kept), beyond=tuple(found))


def matched_indices(matches: Iterable[ValueMatch]) -> set[int]:
    """Return indices of the words that name a value."""
    found: set[int] = set()
    for match in matches:
        found.update(range(match.first, match.last + 1))
    return found
