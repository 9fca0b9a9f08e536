"""What stored codes mean, by the comments of their columns: `A active, I inactive` or `1 = male`.
The linker finds the codes that a question says in words, and `answering` compares with them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from mome.catalog import Catalog, Column
from mome.linking.names import COMMON_STEMS, SHAPE_STEMS, Word, stem
from mome.linking.values import ValueMatch

MOST_CODES = 30
"""Maximum number of values of a column of codes."""
LONGEST_MEANING = 4
"""Words of a code's meaning; longer ones are sentences about something else."""
SHORTEST_MEANING = 4
"""Minimum length of a meaning that a rule looks for in a question."""
_PLAIN = COMMON_STEMS | SHAPE_STEMS


@dataclass(frozen=True)
class CodeMeaning:
    """One code and the words by which its comment explains it."""

    table: str
    """The table's key."""
    column: str
    code: str
    """As it is stored; the digits of a number."""
    words: tuple[str, ...]
    """In lower case."""
    is_number: bool = False

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """The stems of the words."""
        return tuple(map(stem, self.words))


class CodeMeanings:
    """The codes of one catalog that comments explain."""

    def __init__(self, catalog: Catalog) -> None:
        self.all: tuple[CodeMeaning, ...] = tuple(_of_catalog(catalog))
        self._by_stems: dict[tuple[str, ...], list[CodeMeaning]] = defaultdict(list)
        for meaning in self.all:
            self._by_stems[meaning.stems].append(meaning)
        self._longest = max((len(stems) for stems in self._by_stems), default=0)

    def of(self, table: str, column: str) -> dict[str, CodeMeaning]:
        """Return the explained codes of a column."""
        own = (one for one in self.all if (one.table, one.column) == (table, column))
        return {one.code: one for one in own}

    def said(self, words: Sequence[Word]) -> Iterator[tuple[int, int, tuple[CodeMeaning, ...]]]:
        """Yield (first, last, meanings) of the phrases that say what codes mean, the longest of
        those that overlap.
        """
        stems = [stem(word.text) for word in words]
        first = 0
        while first < len(stems):
            for length in range(min(self._longest, len(stems) - first), 0, -1):
                found = self._by_stems.get(tuple(stems[first : first + length]))
                if found:
                    yield first, first + length - 1, tuple(found)
                    first += length - 1
                    break
            first += 1

    def matches(self, words: Sequence[Word], known: AbstractSet[str]) -> Iterator[ValueMatch]:
        """Yield the texts that phrases of a question mean, but for what names a table or column.

        `known`: stems of all words in names.
        """
        for first, last, meanings in self.said(words):
            for one in meanings:
                if not one.is_number and not set(one.stems) <= known:
                    yield ValueMatch(
                        one.table, one.column, one.code, first, last, 1.0, is_meant=True
                    )


def with_meanings(matches: Sequence[ValueMatch], meant: Sequence[ValueMatch]) -> list[ValueMatch]:
    """Return the matches of stored values with those of meanings, which replace guesses and what
    their words write in part: `raw material` means RAW, and no other `raw`.
    """

    def is_kept(match: ValueMatch) -> bool:
        over = [one for one in meant if one.first <= match.last and match.first <= one.last]
        widest = max((one.last - one.first for one in over), default=-1)
        return not over or (match.score == 1 and match.last - match.first >= widest)

    kept = list(filter(is_kept, matches))
    spans = [(match.first, match.last) for match in kept]
    longer = [
        one
        for one in meant
        if not any(
            a <= one.first and one.last <= b and b - a > one.last - one.first for a, b in spans
        )
    ]
    return list(dict.fromkeys((*longer, *kept)))


def _of_catalog(catalog: Catalog) -> Iterator[CodeMeaning]:
    for table in catalog.tables:
        for column in table.columns:
            for code, text in explained(column).items():
                words = tuple(re.findall(r"[^\W_]+", text.lower()))
                is_number = column.family != "text"
                if not set(map(stem, words)) <= _PLAIN:
                    yield CodeMeaning(table.key, column.name, code, words, is_number)


def explained(column: Column) -> dict[str, str]:
    """Return the meaning that a column's comment gives to each of its values.

    Covered: `A = active, I: inactive`, and `A active, I inactive` if two codes or more have one.
    """
    codes = [str(value) for value in column.values or ()]
    if not column.comment or not codes or len(codes) > MOST_CODES:
        return {}
    # Longer codes come first, so that `EU = ...` is not read as the code `E`.
    names = "|".join(re.escape(code) for code in sorted(codes, key=len, reverse=True))
    signed = rf"(?<![\w-])['\"]?({names})['\"]?\s*(?:=>?|:|->|–|—|\s-\s)\s*"
    plain = rf"(?:^|(?<=[,;:(]\s))['\"]?({names})['\"]? (?=[a-z])"
    found = _marked(signed, column.comment)
    if not found:
        beside = _marked(plain, column.comment)
        found = beside if len(beside) > 1 else {}
    return found


def spoken(column: Column, value: str) -> tuple[str, ...]:
    """Return what people may say for a value: the value itself, and what its comment explains."""
    meaning = explained(column).get(value, "")
    return (value, meaning) if len(meaning) >= SHORTEST_MEANING else (value,)


def _marked(pattern: str, comment: str) -> dict[str, str]:
    """Return the words behind each mark of a code, up to the next one."""
    marks = list(re.finditer(pattern, comment))
    ends = [*(mark.start() for mark in marks[1:]), len(comment)]
    found: dict[str, str] = {}
    for mark, end in zip(marks, ends, strict=False):
        text = re.match(r"['\"]?[^\W\d_][^,;/|)(\n=:.]*", comment[mark.end() : end])
        if text and len(text[0].split()) <= LONGEST_MEANING:
            found.setdefault(mark[1], text[0].strip(" '\""))
    return found
