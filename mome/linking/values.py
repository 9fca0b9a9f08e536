"""Stored values that a question names: exact, stemmed and fuzzy look-up in the value index beside
the catalog.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from mome.linking.names import STOPWORDS, Word, stem

LONGEST = 6
"""Maximum number of words in a phrase that is looked up."""
# Minimum similarity of a fuzzy match, as rapidfuzz measures it in [0, 1].
FUZZY = 0.86
SHORTEST_MISSPELT = 4
"""Minimum length of a literal that may be a misspelt stored value."""
FUZZY_VALUES = 50_000
"""Maximum number of distinct values that are compared one by one."""
# Maximum number of matches of one phrase.
PER_PHRASE = 4


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


def normalise(text: str) -> str:
    """Remove case, spacing and punctuation."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _is_slip(text: str, stored: str) -> bool:
    """Return whether the texts differ by one letter added, removed or swapped with its neighbour;
    digits must agree.
    """
    if abs(len(text) - len(stored)) > 1 or OSA.distance(text, stored, score_cutoff=1) != 1:
        return False
    same_digits = re.sub(r"\D", "", text) == re.sub(r"\D", "", stored)
    return same_digits and (len(text) != len(stored) or sorted(text) == sorted(stored))


def _stemmed(text: str) -> str:
    return " ".join(stem(word) for word in text.split())


class ValueIndex:
    """Look-up of stored text values; built once per catalog from one `StoredValues` (or an equal
    tuple) per column.
    """

    def __init__(self, rows: Iterable[tuple]) -> None:
        self._columns: dict[tuple[str, str], StoredValues] = {}
        self._exact: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        self._stems: dict[str, list[str]] = defaultdict(list)
        for table, column, values, complete in (StoredValues(*row) for row in rows):
            self._columns[table, column] = StoredValues(
                table, column, tuple(map(str, values)), complete
            )
            for value in values:
                key = normalise(str(value))
                if key:
                    self._exact[key].append((table, column, str(value)))
        for key in self._exact:
            self._stems[_stemmed(key)].append(key)
        self._fuzzy = [key for key in self._exact if len(key) >= 3 and not key.isdigit()][
            :FUZZY_VALUES
        ]

    def of(self, table: str, column: str) -> Sequence[str]:
        """Return the known values of a column."""
        row = self._columns.get((table, column))
        return row.values if row else ()

    def beside(self, text: str, column: str) -> Sequence[str]:
        """Return the values of a column of this name, in any table, that holds `text`."""
        owners = (
            table_column
            for *table_column, stored in self._exact.get(normalise(text), ())
            if stored == text
        )
        return next((self.of(*owner) for owner in owners if owner[1].lower() == column.lower()), ())

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
        if not alike and row.complete and len(key) >= SHORTEST_MISSPELT:
            alike = [value for value in row.values if _is_slip(key, normalise(value))]
            alike = alike if len(alike) == 1 else []
        return alike[0] if alike else None

    def _spelt(self, row: StoredValues, keys: Iterable[str]) -> list[str]:
        """Return the column's values under these keys."""
        return [
            value
            for key in keys
            for table, column, value in self._exact.get(key, ())
            if (table, column) == row[:2]
        ]

    def match(
        self, question: str, words: Sequence[Word], known: frozenset[str]
    ) -> list[ValueMatch]:
        """Return values that phrases of the question name, longest first. Phrases of `known` stems,
        which name tables or columns, are not matched fuzzily.
        """
        taken: set[int] = set()
        found: list[ValueMatch] = []
        for first, last in _phrases(len(words)):
            if taken.isdisjoint(range(first, last + 1)):
                hits = self._phrase(question, words, first, last)
                found += hits
                if hits:
                    taken.update(range(first, last + 1))
        for index, word in enumerate(words):
            if index not in taken and self._worth_guessing(word, known):
                found += self._guess(word.text, index)
        return found

    def _phrase(
        self, question: str, words: Sequence[Word], first: int, last: int
    ) -> list[ValueMatch]:
        if first == last and (
            words[first].text.lower() in STOPWORDS
            or len(words[first].text) < 2
            and not words[first].text.isdigit()
        ):
            return []
        key = normalise(question[words[first].start : words[last].end])
        keys, score = (
            ([key], 1.0) if key in self._exact else (self._stems.get(_stemmed(key), []), 0.9)
        )
        return self._places(keys, first, last, score)

    def _places(self, keys: Iterable[str], first: int, last: int, score: float) -> list[ValueMatch]:
        places = [place for key in keys for place in self._exact[key]]
        return [ValueMatch(*place, first, last, score) for place in places[:PER_PHRASE]]

    @staticmethod
    def _worth_guessing(word: Word, known: frozenset[str]) -> bool:
        text = word.text.lower()
        return (
            len(text) >= 3
            and text[0].isalpha()
            and text not in STOPWORDS
            and stem(text) not in known
        )

    def _guess(self, text: str, index: int) -> list[ValueMatch]:
        key = normalise(text)
        cutoff = FUZZY if text[0].islower() else FUZZY - 0.05
        near = process.extract(
            key, self._fuzzy, scorer=JaroWinkler.similarity, score_cutoff=cutoff, limit=2
        )
        return [
            match
            for found, score, _ in near
            for match in self._places([found], index, index, score * 0.9)[:2]
        ]


def _phrases(count: int) -> Iterator[tuple[int, int]]:
    for length in range(min(LONGEST, count), 0, -1):
        for first in range(count - length + 1):
            yield first, first + length - 1
