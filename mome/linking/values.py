"""Stored values that a question names: exact, stemmed and fuzzy look-up in the value index beside
the catalog.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from mome.linking.common_words import common_words
from mome.linking.names import ASKING, SHAPE_STEMS, STOPWORDS, Word, stem

LONGEST = 6
"""Maximum number of words in a phrase that is looked up."""
# Minimum Jaro-Winkler similarity of a fuzzy match, in [0, 1]. Higher loses slips in short names,
# lower matches other words of the same beginning.
FUZZY = 0.86
CAPITALISED = 0.05
"""The minimum is lower by this for a word with a capital, which more likely is a name."""
ALIKE = 0.8
"""Minimum similarity of a value that is suggested instead of a name."""
STEMMED, GUESSED = 0.9, 0.9
"""Two scores: of a stemmed match, and the factor of a fuzzy match's similarity. Both keep an exact
match of the same words first.
"""
IN_SERIES = 0.8
"""Score of a value that is named with those like it: `tennis courts` for Tennis Court 1."""
SHORTEST_MISSPELT = 4
"""Minimum length of a literal that may be a misspelt stored value."""
SHORTEST_COMPOUND = 5
"""Minimum length of a stored word that a question writes as two words."""
FUZZY_VALUES = 50_000
"""Maximum number of distinct values that are compared one by one; this takes a few ms a word."""
# Maximum number of matches of one phrase: a value that many columns store fills the slice else.
PER_PHRASE = 4
CODES = 8
"""Maximum number of values of a column of codes."""
PER_GUESS = 2
"""Maximum number of values that a misspelt word is taken for, and of columns for each."""


class StoredValues(NamedTuple):
    """The stored texts of one column."""

    table: str
    """The table's key."""
    column: str
    values: Sequence[str]
    complete: bool = True
    """Whether these are all values of the column."""


def read_values(path: Path) -> list[StoredValues]:
    """Read values.jsonl beside a catalog."""
    with open(path, encoding="utf-8") as lines:
        return [StoredValues(**json.loads(line)) for line in lines]


@dataclass(frozen=True)
class ValueMatch:
    """A stored value that words `first` to `last` (inclusive) of the question name."""

    table: str
    column: str
    stored: str
    first: int
    last: int
    score: float
    """1 for the same text up to case and spacing; less for a stemmed or fuzzy match."""
    is_meant: bool = False
    """Whether the words are not those of the value, but what a comment says that it means."""


def normalise(text: str) -> str:
    """Remove case, spacing and punctuation."""
    words = re.findall(r"\w+", text.casefold())
    return " ".join(words)


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _is_slip(text: str, stored: str) -> bool:
    """Return whether the texts differ by one letter added, removed or swapped with its neighbour;
    digits must agree.
    """
    if abs(len(text) - len(stored)) > 1 or OSA.distance(text, stored, score_cutoff=1) != 1:
        return False
    # `2019-01-01` and `2019-01-02`, `Room 12` and `Room 21` are different things, not slips.
    if re.sub(r"\D", "", text) != re.sub(r"\D", "", stored):
        return False
    # A replaced letter makes another name (`Austria`, `Joan`); swapped letters do not.
    return len(text) != len(stored) or sorted(text) == sorted(stored)


def _stemmed(text: str) -> str:
    return " ".join(stem(word) for word in text.split())


def series_head(key: str) -> str:
    """Return a normalised value without the number or letter at its end; empty if it has none."""
    head, _, counter = key.rpartition(" ")
    return head if re.fullmatch(r"\d{1,3}|[a-z]|[ivx]{1,4}", counter) else ""


class ValueIndex:
    """Look-up of stored text values; built once per catalog from one `StoredValues` (or an equal
    tuple) per column.
    """

    def __init__(self, rows: Iterable[tuple]) -> None:
        self._columns: dict[tuple[str, str], StoredValues] = {}
        self._exact: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        self._stems: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            self._add(StoredValues(*row))
        self._series: dict[str, list[str]] = defaultdict(list)
        for key in self._exact:
            self._stems[_stemmed(key)].append(key)
            head = series_head(key)
            if head:
                self._series[_stemmed(head)].append(key)
        # Numbers that look alike are different numbers, and two letters are like too many words.
        guessable = [key for key in self._exact if len(key) >= 3 and not key.isdigit()]
        self._fuzzy = guessable[:FUZZY_VALUES]

    def _add(self, row: StoredValues) -> None:
        texts = tuple(map(str, row.values))
        self._columns[row.table, row.column] = row._replace(values=texts)
        for text in texts:
            key = normalise(text)
            if key:
                self._exact[key].append((row.table, row.column, text))

    def of(self, table: str, column: str) -> Sequence[str]:
        """Return the known values of a column."""
        row = self._columns.get((table, column))
        return row.values if row else ()

    def incomplete(self) -> list[tuple[str, str]]:
        """Return (table key, column) of the columns that store more values than are known."""
        return [place for place, row in self._columns.items() if not row.complete]

    @cached_property
    def codes(self) -> frozenset[tuple[str, str]]:
        """(table key, column) of the columns whose values are all known and at most `CODES`."""
        return frozenset(
            place
            for place, row in self._columns.items()
            if row.complete and len(row.values) <= CODES
        )

    def complete(self, table: str, column: str) -> bool:
        """Return whether `of` returns all values of a column."""
        row = self._columns.get((table, column))
        return row is not None and row.complete

    def places(self, text: str) -> frozenset[tuple[str, str]]:
        """Return (table key, column) of the columns that store `text`; case, spacing and
        punctuation may differ.
        """
        return frozenset(place[:2] for place in self._exact.get(normalise(text), ()))

    def beside(self, text: str, column: str) -> Sequence[str]:
        """Return the values of a column of this name, in any table, that holds `text`."""
        for table, owner, stored in self._exact.get(normalise(text), ()):
            if stored == text and owner.lower() == column.lower():
                return self.of(table, owner)
        return ()

    def stored(self, table: str, column: str, text: str) -> str | None:
        """Return the column's spelling of `text`; None if nothing is similar.

        Case, spacing, punctuation and plural may differ. One letter added, removed or swapped
        counts as a typing error only if all values of the column are known and exactly one is that
        close.
        """
        row = self._columns.get((table, column))
        if row is None or text in row.values:
            return text if row else None
        key = normalise(text)
        alike = self._spelt(row, [key]) or self._spelt(row, self._stems.get(_stemmed(key), ()))
        if alike:
            return alike[0]
        return self._mistyped(row, key)

    def spellings(self, table: str, column: str, text: str) -> list[str]:
        """Return the column's values that differ from `text` in case and spacing only."""
        row = self._columns.get((table, column))
        if row is None:
            return []
        folded = _folded(text)
        return [value for value in self._spelt(row, [normalise(text)]) if _folded(value) == folded]

    def series(self, table: str, column: str, text: str) -> list[str]:
        """Return the column's values that differ in a number or letter at the end alone and else
        are `text`, as Tennis Court 1 and Tennis Court 2 for `tennis courts`; none if there is one.
        """
        row = self._columns.get((table, column))
        if row is None:
            return []
        found = self._spelt(row, self._series.get(_stemmed(normalise(text)), ()))
        return found if len(found) > 1 else []

    @staticmethod
    def _mistyped(row: StoredValues, key: str) -> str | None:
        """Return the only value that `key` may be a slip of. Among incomplete values `key` may be a
        value of its own that was not read.
        """
        if not row.complete or len(key) < SHORTEST_MISSPELT:
            return None
        near = [value for value in row.values if _is_slip(key, normalise(value))]
        return near[0] if len(near) == 1 else None

    def _spelt(self, row: StoredValues, keys: Iterable[str]) -> list[str]:
        """Return the column's values under these keys."""
        places = chain.from_iterable(self._exact.get(key, ()) for key in keys)
        return [value for table, column, value in places if (table, column) == row[:2]]

    def match(
        self,
        question: str,
        words: Sequence[Word],
        known: frozenset[str],
        said: frozenset[str] = frozenset(),
    ) -> list[ValueMatch]:
        """Return values that phrases of the question name, longest first. Phrases of `known` stems,
        which name tables or columns, are not matched fuzzily.

        Phrases of words that the question needs for its own shape are matched only in quotes: stop
        words, words of counting and ordering, and the stems of names that are `said`.
        """
        # Words of a longer value are not matched again: `New York City` does not mean `York`.
        taken: set[int] = set()
        found: list[ValueMatch] = []
        for first, last in phrases(len(words)):
            if taken.isdisjoint(range(first, last + 1)):
                hits = self._phrase(question, words, first, last, said)
                found += hits
                if hits:
                    taken.update(range(first, last + 1))
        for index, word in enumerate(words):
            if index not in taken and self._worth_guessing(word, index, known):
                found += self._guess(word.text, index)
        return found

    def _phrase(
        self,
        question: str,
        words: Sequence[Word],
        first: int,
        last: int,
        said: frozenset[str],
    ) -> list[ValueMatch]:
        start, end = words[first].start, words[last].end
        if not _is_quoted(question, start, end):
            if first == last and _says_nothing(words[first].text):
                return []
            if _is_shape(words[first : last + 1], first, said):
                return []
        key = normalise(question[start:end])
        if key in self._exact:
            return self._places([key], first, last, 1.0)
        # `shut down` is stored as Shutdown.
        whole = key.replace(" ", "")
        if len(whole) >= SHORTEST_COMPOUND and whole in self._exact:
            return self._places([whole], first, last, STEMMED)
        stemmed = _stemmed(key)
        found = self._places(self._stems.get(stemmed, []), first, last, STEMMED)
        return found or self._in_series(stemmed, first, last)

    def _in_series(self, stemmed: str, first: int, last: int) -> list[ValueMatch]:
        """Return the values of a series that a phrase of several words names."""
        if first == last:
            return []
        found = self._places(self._series.get(stemmed, []), first, last, IN_SERIES)
        return found if len(found) > 1 else []

    def _places(self, keys: Iterable[str], first: int, last: int, score: float) -> list[ValueMatch]:
        places = chain.from_iterable(self._exact[key] for key in keys)
        return [ValueMatch(*place, first, last, score) for place in islice(places, PER_PHRASE)]

    def nearest(self, text: str) -> str | None:
        """Return the stored value that is most like a name; None if none is like it."""
        key = normalise(text)
        found = process.extractOne(
            key, self._fuzzy, scorer=JaroWinkler.similarity, score_cutoff=ALIKE
        )
        return self._exact[found[0]][0][2] if found else None

    @staticmethod
    def _worth_guessing(word: Word, index: int, known: frozenset[str]) -> bool:
        text = word.text.lower()
        # `date` is not meant as Dare. Of 312 such guesses on Spider's questions 5 were right. The
        # first word has a capital anyway, others that have one may be names.
        if text in common_words() and (index == 0 or word.text == text):
            return False
        return (
            len(text) >= 3
            and text[0].isalpha()
            and text not in STOPWORDS
            and stem(text) not in known
            and stem(text) not in SHAPE_STEMS
        )

    def _guess(self, text: str, index: int) -> list[ValueMatch]:
        key = normalise(text)
        cutoff = FUZZY if text[0].islower() else FUZZY - CAPITALISED
        near = process.extract(
            key, self._fuzzy, scorer=JaroWinkler.similarity, score_cutoff=cutoff, limit=PER_GUESS
        )
        found: list[ValueMatch] = []
        for stored, similarity, _ in near:
            matches = self._places([stored], index, index, similarity * GUESSED)
            found += matches[:PER_GUESS]
        return found


# Signs that mark a value: 'how many products' in quotes is meant as it is written.
_QUOTES = frozenset("'\"`\u2018\u2019\u201c\u201d\u00ab\u00bb\u201e\u201a")


def _is_quoted(question: str, start: int, end: int) -> bool:
    return question[start - 1 : start] in _QUOTES and question[end : end + 1] in _QUOTES


def _is_shape(words: Sequence[Word], first: int, said: frozenset[str]) -> bool:
    """Return whether a phrase that starts at word `first` is part of the question itself: words of
    asking, counting and ordering, and names of tables and columns; or the question's own beginning.

    Else a row that holds `how many products` would turn that question into a filter.
    """
    if first == 0 and len(words) > 1 and words[0].text.lower() in ASKING:
        return True
    return all(_belongs_to_shape(word.text, said) for word in words)


def _belongs_to_shape(word: str, said: frozenset[str]) -> bool:
    root = stem(word)
    if word.lower() in STOPWORDS or root in SHAPE_STEMS or root in said:
        return True
    return not any(letter.isalnum() for letter in word)


def _says_nothing(word: str) -> bool:
    """Return whether a single word is a stop word, a letter or a sign."""
    return word.lower() in STOPWORDS or (len(word) < 2 and not word.isdigit())


def phrases(count: int) -> Iterator[tuple[int, int]]:
    """Yield (first, last) of all phrases among `count` words, longest first."""
    for length in range(min(LONGEST, count), 0, -1):
        for first in range(count - length + 1):
            yield first, first + length - 1
