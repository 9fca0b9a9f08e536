"""Words of a question that the database writes in short: `appointments` where a table is called
appt, `completed` where a status is CMP. `respelling` puts them in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mome.catalog import Catalog
from mome.linking.abbreviations import (
    PHRASES,
    SETTLED,
    is_abbreviated,
    settled_shorts,
    skeleton,
)
from mome.linking.common_words import common_words
from mome.linking.names import SHAPE_STEMS, STOPWORDS, Word, abbreviates, name_words, stem

MOST_CODES = 12
"""Maximum number of values of a column of codes: among more of them some fits to any word."""
_CODE = re.compile(r"[A-Z]{2,5}")
# A place or a currency is no short spelling of a word: CAN is Canada there, and not cancelled.
_CODED = frozenset(
    "status stat stage phase type typ kind class cls category cat method mthd mode reason "
    "priority prio level result outcome severity".split()
)
_PLACES = frozenset("country ctry nation region city state lang language currency curr".split())
# Of the letters after the first one, short spellings keep consonants.
_VOWELS = frozenset("aeiou")
SHORTEST_WORD = 4
"""Minimum length of a word that has a short spelling."""
# Two letters begin too many words, but few that name a status.
_STATUSES = frozenset(
    map(
        stem,
        "active inactive open closed paid unpaid pending cancelled canceled returned delivered "
        "shipped completed finished failed refused rejected approved accepted draft void new done "
        "booked blocked suspended expired processed received written-off overdue".split(),
    )
)
_ENDINGS = frozenset("s ed er ers ing ment ments".split())
"""What may follow a word that is a short spelling, too: `pay` and payment."""
_DERIVING = frozenset("ist ists istic ful less ly ness ish y ial".split())
"""What makes another word of a word: an artist is no art."""
_NO_SUPERLATIVES = frozenset(
    "request interest guest test contest harvest forest protest invest conquest arrest".split()
)
# Words of asking and computing.
_SHAPES = SHAPE_STEMS | frozenset(map(stem, "percent percentage median compare work".split()))


class ShortSpellings:
    """The short spellings in the names and codes of one catalog."""

    def __init__(self, catalog: Catalog) -> None:
        names = [table.name for table in catalog.tables]
        names += [column.name for table in catalog.tables for column in table.columns]
        parts = {part for name in names for part in name_words(name)}
        # `per` of qty_per is no short person.
        self._parts = tuple(part for part in parts - STOPWORDS if stem(part) not in SHAPE_STEMS)
        self._is_abbreviated = is_abbreviated(names)
        # A table's name, which begins those of columns: `mat` and `mat_no`.
        self._tables = {name_words(table.name)[0] for table in catalog.tables}
        self._phrases: dict[str, str] = {}
        if self._is_abbreviated:
            self._phrases = {text: short for short, text in PHRASES.items() if short in parts}
        self._codes = tuple(_coded_columns(catalog))

    def phrase(self, words: Sequence[Word], first: int) -> tuple[str, int]:
        """Return the short spelling of the words from `first` on, and how many they are; nothing
        and 0 if they have none: `wo` and 2 for `work orders`.
        """
        for text, short in self._phrases.items():
            wanted = text.split()
            said = [word.text.lower() for word in words[first : first + len(wanted)]]
            if list(map(stem, said)) == list(map(stem, wanted)):
                return short, len(wanted)
        return "", 0

    def short(self, word: Word) -> str:
        """Return the one short spelling of a word; empty if there is none or more than one."""
        text = word.text.lower()
        # A capital within the question begins the name of something.
        is_name = word.start > 0 and word.text[0].isupper()
        if is_name or len(text) < SHORTEST_WORD or stem(text) in _SHAPES or _is_superlative(text):
            return ""
        found = self._parts_for(_singular(text)) or set(self._codes_for(text))
        short = found.pop() if len(found) == 1 else ""
        return "" if short in common_words() and not self._is_own(short, text) else short

    def _is_own(self, short: str, text: str) -> bool:
        """Return whether a word that is a short spelling, too, is one here: `mat` of materials.
        `art` is a word and no abbreviation of `artist`.
        """
        rest = text.removeprefix(short)
        if not self._is_abbreviated or rest == text or rest in _DERIVING:
            return False
        return short in self._tables or rest in _ENDINGS

    def _parts_for(self, word: str) -> set[str]:
        """Return the parts of names that shorten a word: what is settled, else the word's
        beginnings, if there are.
        """
        if self._is_abbreviated:
            bare = _without_ending(word)
            exact = {part for part in self._parts if part in (skeleton(word), skeleton(bare))}
            exact = {part for part in exact if len(part) > 2 or part in SETTLED}
            exact = {part for part in exact if bare.startswith(SETTLED.get(part, ""))}
            if exact:
                return exact
        settled = set(self._parts) & settled_shorts(word)
        found = settled or {part for part in self._parts if _shortens(part, word)}
        return {part for part in found if word.startswith(part)} or found

    def _codes_for(self, text: str) -> Iterator[str]:
        for codes in self._codes:
            fitting = [code for code in codes if is_code_of(code, text)]
            # Of two codes of one column, neither is surely meant.
            if len(fitting) == 1:
                yield fitting[0]


def _shortens(part: str, word: str) -> bool:
    """Return whether a part of a name is a short spelling of a word."""
    # Its first letters alone: a slip in `departement` does not hide what it means.
    if not abbreviates(part, word) or not word.startswith(SETTLED.get(part, "")[:4]):
        return False
    # Of three letters, the last one ends the word: `qty`, `amt`, `whs`.
    bare = _without_ending(word)
    ends = {skeleton(one)[-1:] for one in (word, word.removesuffix("s"), bare)}
    is_ended = part[-1] in ends or part.removesuffix("s")[-1] in ends
    return word.startswith(part) or is_ended or len(part) > 3


def _without_ending(word: str) -> str:
    """Return a word without what makes it a plural or a participle: `receiv` of received."""
    return re.sub(r"(?:ed|ing|s)$", "", word)


def _is_superlative(word: str) -> bool:
    """Return whether a word says how to order: `cheapest` is not `cst`."""
    return word.endswith("est") and word not in _NO_SUPERLATIVES


def _coded_columns(catalog: Catalog) -> Iterator[tuple[str, ...]]:
    """Yield the codes of each column that holds codes alone."""
    for table in catalog.tables:
        for column in table.columns:
            values = tuple(map(str, column.values or ()))
            words = set(name_words(column.name))
            is_listed = column.values_complete and 0 < len(values) <= MOST_CODES
            is_coded = bool(words & _CODED) and not words & _PLACES
            if is_listed and is_coded and all(map(_CODE.fullmatch, values)):
                yield values


def is_code_of(code: str, word: str) -> bool:
    """Return whether a code in capitals shortens a word in small letters: its beginning, its first
    letter and later consonants, or the first letters of its parts (`written-off`).
    """
    short, parts = code.lower(), word.split("-")
    is_status = stem(word) in _STATUSES
    if len(short) < 3 and not is_status:
        return False
    if len(parts) > 1 and short == "".join(part[:1] for part in parts):
        return True
    joined = "".join(parts)
    if joined.startswith(short):
        return True
    # `complaints` is not CMP, where `completed` is.
    is_sure = is_status or len(short) > 3
    if not is_sure or len(joined) < len(short) + 2 or joined[0] != short[0]:
        return False
    letters = iter(joined[1:])
    return all(letter not in _VOWELS and letter in letters for letter in short[1:])


def _singular(word: str) -> str:
    # `countries` does not begin with the letters of `ctry`, but `country` does.
    return f"{word[:-3]}y" if word.endswith("ies") else word
