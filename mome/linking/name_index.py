"""Which tables and columns each word names or describes, and which parts of names it abbreviates.
The linker builds one index per catalog.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from mome.catalog import Catalog, Column, Table
from mome.linking.abbreviations import settled_shorts
from mome.linking.names import (
    COMMON_STEMS,
    STOPWORDS,
    Word,
    abbreviates,
    has_case,
    name_stems,
    name_words,
    question_words,
    spelled_out,
    stem,
)

LONGEST_COMMENT = 24
"""Maximum number of words of a comment that are read."""
LONGEST_SHORT = 6
"""Maximum length of a part of a name that may abbreviate a word."""
TABLE_ITSELF = -1
"""The column index in a `Place` that stands for the table's own name."""

# A name as it may be written in a question, perhaps with that of its schema or table.
_IDENTIFIER = re.compile(r"\w+(?:\.\w+)*")

Place = tuple[int, int]
"""(index of a table in the catalog, index of its column or `TABLE_ITSELF`)."""


class NameIndex:
    """The words of one catalog's names and comments. Thread-safe; built once."""

    def __init__(self, catalog: Catalog) -> None:
        self.named: Mapping[str, list[Place]] = _places_of_names(catalog)
        """Stem -> what it names."""
        self.described: Mapping[str, list[Place]] = _places_of_comments(catalog)
        """Stem -> what a comment describes with it, unless the name holds the word already."""
        self.known = frozenset(self.named)
        """Stems of all words in names."""
        self._tables = catalog.tables
        # Lower-case name of several parts -> what has it; tables also by key.
        self._by_name = _places_by_name(catalog)
        parts = _parts_of_names(catalog)
        self.parts = [part for part in parts if part not in STOPWORDS and not part.isdigit()]
        """Words of names that may have words of similar meaning, sorted."""
        # Umlauts may be spelled out in the question, in the name, or in neither.
        self._spelled_out = {
            stem(spelled_out(part)): stem(part) for part in parts if not part.isascii()
        }
        self._without_case = [part for part in parts if not has_case(part)]
        # Abbreviations share their first letter with the word, so that few have to be compared.
        self._short: dict[str, list[str]] = defaultdict(list)
        for part in parts:
            if len(part) <= LONGEST_SHORT and part not in STOPWORDS:
                self._short[part[0]].append(part)

    def run_together(self, words: Sequence[Word]) -> set[str]:
        """Return stems of two words that a name writes as one: `high schoolers` of
        `Highschooler`.
        """
        joined = {stem(one.text + other.text) for one, other in pairwise(words)}
        return joined & self.known

    def respelled(self, words: Sequence[Word]) -> set[str]:
        """Return parts of names that the question spells otherwise: with umlauts or `ue`, as one
        `camelCase` word, or inside a text without spaces.
        """
        found: set[str] = set()
        for word in words:
            found.update(name_stems(word.text))
            found.add(self._spelled_out.get(stem(word.text), ""))
            if not word.text.isascii():
                found.add(stem(spelled_out(word.text)))
            if not has_case(word.text):
                found.update(part for part in self._without_case if part in word.text)
        return found & self.known

    def said(self, words: Sequence[Word]) -> frozenset[str]:
        """Return stems of the question's words in names of tables and in names of columns that it
        says whole.

        A part of a column's name may as well be a value: `operational` beside `OperationalFrom`.
        """
        stems = frozenset(stem(word.text) for word in words) & self.known
        found: set[str] = set()
        for root in stems:
            for t, c in self.named[root]:
                table = self._tables[t]
                if c == TABLE_ITSELF or name_stems(table.columns[c].name) <= stems:
                    found.add(root)
                    break
        return frozenset(found)

    def spelled(self, question: str) -> frozenset[Place]:
        """Return what the question names exactly as it is stored. Only names of several parts
        count: `payment_history`, but not `name`.
        """
        found: set[Place] = set()
        for written in _IDENTIFIER.findall(question):
            name = unicodedata.normalize("NFC", written).lower()
            # `sales.total_amount` and `payment_history.id` name their parts too.
            for text in {name, *name.split(".")}:
                found.update(self._by_name.get(text, ()))
        return frozenset(found)

    def abbreviated(self, words: Sequence[Word]) -> set[str]:
        """Return parts of names that abbreviate a word which is in no name: `cust` for customer."""
        found: set[str] = set()
        for word in words:
            text = word.text.lower()
            if stem(text) in self.known:
                continue
            # `name` is a stop word, and what nm stands for.
            found.update(short for short in settled_shorts(text) if stem(short) in self.known)
            if text in STOPWORDS:
                continue
            # `countries` does not begin with the letters of `ctry`, but `country` does.
            text = f"{text[:-3]}y" if text.endswith("ies") else text
            for short in self._short.get(text[0], ()):
                if abbreviates(short, text):
                    found.add(stem(short))
        return found


def comment_stems(named: Table | Column) -> frozenset[str]:
    """Return stems of the words of a table's or column's comment."""
    return _stems_of(named.comment) if named.comment else frozenset()


# As many texts as names, so that the comments of a large catalog are stemmed once.
@lru_cache(maxsize=65536)
def _stems_of(text: str) -> frozenset[str]:
    words = question_words(text, LONGEST_COMMENT)
    return frozenset(stem(word.text) for word in words if word.text not in STOPWORDS)


def _named_things(catalog: Catalog) -> Iterator[tuple[Place, Table | Column]]:
    """Yield every table and column with its place."""
    for t, table in enumerate(catalog.tables):
        yield (t, TABLE_ITSELF), table
        for c, column in enumerate(table.columns):
            yield (t, c), column


def _places_by_name(catalog: Catalog) -> dict[str, list[Place]]:
    places: dict[str, list[Place]] = defaultdict(list)
    for place, thing in _named_things(catalog):
        if len(name_words(thing.name)) > 1:
            places[unicodedata.normalize("NFC", thing.name).lower()].append(place)
        if isinstance(thing, Table) and thing.key != thing.name:
            places[thing.key.lower()].append(place)
    return dict(places)


def _places_of_names(catalog: Catalog) -> dict[str, list[Place]]:
    named: dict[str, list[Place]] = defaultdict(list)
    for place, thing in _named_things(catalog):
        for word in name_stems(thing.name):
            named[word].append(place)
    return dict(named)


def _places_of_comments(catalog: Catalog) -> dict[str, list[Place]]:
    described: dict[str, list[Place]] = defaultdict(list)
    for place, thing in _named_things(catalog):
        for word in comment_stems(thing) - name_stems(thing.name) - COMMON_STEMS:
            described[word].append(place)
    return dict(described)


def _parts_of_names(catalog: Catalog) -> list[str]:
    """Return the different words of all names, sorted, so that an index is the same every time."""
    names = (thing.name for _, thing in _named_things(catalog))
    return sorted(_different_words(names))


def _different_words(names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for name in names:
        found.update(name_words(name))
    return found
