"""The slice: the part of a catalog, bounded in size, that a model reads with a question.

Pretraining, tuning and translation use the same slice: a change of any weight here moves what the
bundled model was trained on.
"""

from __future__ import annotations

import copy
import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path

from mome.catalog import Catalog, Column, Table
from mome.linking.dates import written_days
from mome.linking.join_graph import JoinGraph
from mome.linking.names import (
    COMMON_STEMS,
    STOPWORDS,
    Word,
    abbreviates,
    content_stems,
    name_stems,
    name_words,
    numbers,
    question_words,
    stem,
)
from mome.linking.similar_words import Embed, Meanings
from mome.linking.values import ValueIndex, ValueMatch, read_values

COLUMNS = (30, 20, 14, 10, 8, 8, 6, 6)
"""Maximum number of columns of the best table, the second best and so on. The length of the tuple
is the maximum number of tables.
"""
TABLE_NAME, COMMON = 4.0, 0.3
"""Two weights: of a word that names a table, and of a common word (`name`, `id`) that names a
column. Other words that name a column have 1.
"""
SIMILAR = 1.0
"""Weight of a word with a similar meaning, multiplied by its cosine similarity."""
DESCRIBED, LONGEST_COMMENT = 0.5, 24
"""Weight of a word in a comment, and maximum number of words of a comment that are read."""
LENT, FURTHER = 0.5, 0.3
"""Boost tables whose neighbours score well; this separates tables of the same name. score += LENT x
(best neighbour + FURTHER x (second + third)).
"""
# Maximum number of stored values in a slice.
VALUES = 12
DATE_COLUMNS = 4
"""Maximum number of date columns that are shown with a day of the question."""
LONGEST_SHORT = 6
"""Maximum length of a part of a name that may abbreviate a word."""
CODE_LENGTH = 3
"""Values up to this length are codes, such as 'F' for female."""


@dataclass(frozen=True)
class Item:
    """Something that a pointer can name."""

    kind: str
    """word, table, column or value."""
    table: str = ""
    column: str | None = None
    text: str = ""
    """The word or the stored value."""

    @property
    def name(self) -> str:
        """`table` or `table.column`."""
        return self.table if self.column is None else f"{self.table}.{self.column}"


@dataclass(frozen=True)
class SliceColumn:
    """A column with its match to the question."""

    column: Column
    match: int
    """0 if not named, 1 if some of its words are, 2 if all are."""
    values: tuple[str, ...]
    """Stored values that the question may name."""


@dataclass(frozen=True)
class SliceTable:
    """A table with the columns that were kept."""

    table: Table
    match: int
    """As for a column."""
    columns: tuple[SliceColumn, ...]


@dataclass(frozen=True)
class Slice:
    """A question with the part of the catalog that it is about."""

    question: str
    words: tuple[Word, ...]
    tables: tuple[SliceTable, ...]
    matches: tuple[ValueMatch, ...]
    score: float
    """Score of the best table; 0 if no word is in a name or a stored value."""

    @classmethod
    def whole(cls, catalog: Catalog) -> Slice:
        """Return all of a catalog, with no question."""
        tables = tuple(
            SliceTable(t, 0, tuple(SliceColumn(c, 0, ()) for c in t.columns))
            for t in catalog.tables
        )
        return cls("", (), tables, (), 0.0)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Everything that can be pointed at, in reading order."""
        items = [Item("word", text=word.text) for word in self.words]
        for entry in self.tables:
            items.append(Item("table", entry.table.key))
            for column in entry.columns:
                items.append(Item("column", entry.table.key, column.column.name))
                items += [
                    Item("value", entry.table.key, column.column.name, value)
                    for value in column.values
                ]
        return tuple(items)


class Linker:
    """Slices one catalog for any question. Thread-safe; built once."""

    @classmethod
    def load(cls, version: Path) -> Linker:
        """Load the catalog, values and synonyms beside a memory.

        Raises CatalogError, OSError, ValueError, KeyError or TypeError.
        """
        synonyms = json.loads((version / "synonyms.json").read_text("utf-8"))
        return cls(
            Catalog.load(version / "catalog.json"), read_values(version / "values.jsonl"), synonyms
        )

    def __init__(
        self,
        catalog: Catalog,
        values: Iterable[tuple] = (),
        synonyms: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Index a catalog. `synonyms` are a glossary's (term, meaning): a term in a question is
        read with its meaning appended.
        """
        self.catalog = catalog
        self._synonyms = [
            (_whole_word(term), f"{term} refers to {meaning};") for term, meaning in synonyms
        ]
        self.graph = JoinGraph(catalog)
        self.values = ValueIndex(values)
        self._places = {table.key: t for t, table in enumerate(catalog.tables)}
        self._named: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._described: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for t, table in enumerate(catalog.tables):
            for word in name_stems(table.name):
                self._named[word].append((t, -1))
            for c, column in enumerate(table.columns):
                for word in name_stems(column.name):
                    self._named[word].append((t, c))
        self._known = frozenset(self._named)
        for t, table in enumerate(catalog.tables):
            named: list[tuple[int, Table | Column]] = [(-1, table), *enumerate(table.columns)]
            for c, item in named:
                for word in _said_of(item) - (name_stems(item.name) | COMMON_STEMS):
                    self._described[word].append((t, c))
        names = [
            name
            for table in catalog.tables
            for name in (table.name, *(column.name for column in table.columns))
        ]
        parts = sorted({word for name in names for word in name_words(name)})
        self._parts = [word for word in parts if word not in STOPWORDS and not word.isdigit()]
        self._meanings: Meanings | None = None
        self._short: dict[str, list[str]] = defaultdict(list)
        for word in parts:
            if len(word) <= LONGEST_SHORT and word not in STOPWORDS:
                self._short[word[0]].append(word)

    def with_meanings(self, embed: Embed) -> Linker:
        """Return a linker that also links words of similar meaning."""
        linker = copy.copy(self)
        linker._meanings = Meanings(embed, self._parts)
        return linker

    def slice(self, question: str, require: Iterable[str] = ()) -> Slice:
        """Return the slice for a question. `require` names tables and table.columns that must be in
        it, such as those of a known answer.
        """
        question = " ".join(
            [question, *(hint for term, hint in self._synonyms if term.search(question))]
        )
        words = question_words(question)
        said = {stem(word.text) for word in words} | self._run_together(words)
        stems = said | self._abbreviated(words)
        matches = self.values.match(question, words, self._known)
        similar = self._similar(words, matches)
        scores = self._table_scores(stems, matches, similar)
        wanted: dict[str, set[str]] = defaultdict(set)
        for table, column in filter(None, map(self._place, require)):
            wanted[table].add(column)
        chosen = self._choose(scores, list(wanted))
        kept = self._keep_values(matches, {table.key for table, _ in chosen}, stems)
        self._keep_days(
            kept,
            question,
            sorted(
                (table for table, _ in chosen),
                key=lambda table: -scores.get(self._places[table.key], 0.0),
            ),
            stems,
        )
        tables = tuple(
            self._slice_table(table, stems, similar, kept, wanted[table.key], limit)
            for table, limit in chosen
        )
        score = max(scores.values(), default=0.0) if matches or said & self._known else 0.0
        return Slice(question, words, tables, tuple(matches), score)

    def unexplained(self, question: str) -> frozenset[str]:
        """Return stems of content words that are in no name and no stored value."""
        words = question_words(question)
        valued = {
            i
            for match in self.values.match(question, words, self._known)
            for i in range(match.first, match.last + 1)
        }
        return content_stems(word for i, word in enumerate(words) if i not in valued) - self._known

    def named(self, question: str) -> frozenset[str]:
        """Return what a question names: stems in names or exactly matched values, and numbers."""
        words = question_words(question)
        matches = self.values.match(question, words, self._known)
        written = content_stems(
            words[i]
            for match in matches
            if match.score == 1
            for i in range(match.first, match.last + 1)
        )
        return written | content_stems(words) & self._known | numbers(words)

    def _run_together(self, words: Sequence[Word]) -> set[str]:
        """Return stems of two words that a name writes as one: `high schoolers` of
        `Highschooler`.
        """
        return {stem(one.text + other.text) for one, other in pairwise(words)} & self._known

    def _abbreviated(self, words: Sequence[Word]) -> set[str]:
        """Return parts of names that abbreviate a word which is in no name: `cust` for customer."""
        found: set[str] = set()
        for word in (word.text.lower() for word in words):
            if word not in STOPWORDS and stem(word) not in self._known:
                word = f"{word[:-3]}y" if word.endswith("ies") else word
                found.update(
                    stem(short)
                    for short in self._short.get(word[0], ())
                    if abbreviates(short, word)
                )
        return found

    def _similar(self, words: Sequence[Word], matches: Sequence[ValueMatch]) -> dict[str, float]:
        """Return words of names with their similarity to a word of the question that is in no name
        and no value.
        """
        found: dict[str, float] = {}
        if self._meanings is None:
            return found
        valued = {i for match in matches for i in range(match.first, match.last + 1)}
        for i, word in enumerate(words):
            text = word.text.lower()
            if i in valued or not text.isalpha() or text in STOPWORDS or stem(text) in self._known:
                continue
            for near, cosine in self._meanings.like(text):
                found[near] = max(cosine, found.get(near, 0.0))
        return found

    def _place(self, name: str) -> tuple[str, str] | None:
        """Return (table key, column) for `table` (empty column) or `table.column`, where both may
        hold dots; None if there is none.
        """
        parts = name.split(".")
        for split in range(len(parts), 0, -1):
            table = self.catalog.table(".".join(parts[:split]))
            if table is None:
                continue
            if split == len(parts):
                return table.key, ""
            column = table.column(".".join(parts[split:]))
            if column is not None:
                return table.key, column.name
        return None

    def _table_scores(
        self, stems: set[str], matches: Sequence[ValueMatch], similar: dict[str, float]
    ) -> dict[int, float]:
        """Score tables by the words and stored values of the question that they explain.

        A word gives the best of its weights in the table, divided by 1 + log(1 + n) for n tables
        that have it, as an inverse document frequency. A value gives score^4 x sqrt(words).
        """
        scores: dict[int, float] = defaultdict(float)
        for word in stems | similar.keys():
            # A word of similar meaning counts in proportion to its cosine.
            part = 1.0 if word in stems else SIMILAR * similar[word]
            best: dict[int, float] = {}
            for t, c in self._named.get(word, ()):
                table = self.catalog.tables[t]
                weight = (
                    TABLE_NAME / len(name_stems(table.name))
                    if c < 0
                    else self._column_weight(word, table.columns[c].name)
                )
                best[t] = max(best.get(t, 0.0), weight)
            described = {t for t, _ in self._described.get(word, ())} - set(best)
            for t, weight in best.items():
                scores[t] += part * weight / (1 + math.log(1 + len(best)))
            for t in described:
                scores[t] += part * DESCRIBED / (1 + math.log(1 + len(best) + len(described)))
        place = self._places
        said: dict[tuple[int, int], float] = {}
        for match in matches:
            if match.table in place:
                here = (place[match.table], match.first)
                said[here] = max(
                    said.get(here, 0.0), match.score**4 * (1 + match.last - match.first) ** 0.5
                )
        for (t, _), score in said.items():
            scores[t] += score
        return self._with_neighbours(scores, place)

    @staticmethod
    def _column_weight(word: str, name: str) -> float:
        return (COMMON if word in COMMON_STEMS else 1.0) / len(name_stems(name))

    def _with_neighbours(self, scores: dict[int, float], place: dict[str, int]) -> dict[int, float]:
        """Add a part of the scores of the best neighbours; see `LENT`."""
        lent: dict[int, list[float]] = defaultdict(list)
        for t, score in scores.items():
            for key in self.graph.neighbours(self.catalog.tables[t].key):
                lent[place[key]].append(score)
        found = dict(scores)
        for t, near in lent.items():
            best, *others = sorted(near, reverse=True)[:3]
            found[t] = scores.get(t, 0.0) + LENT * (best + FURTHER * sum(others))
        return found

    def _choose(self, scores: dict[int, float], required: Sequence[str]) -> list[tuple[Table, int]]:
        """Return the tables of the slice in the catalog's order, each with its maximum number of
        columns.
        """
        ranked = sorted(range(len(self.catalog.tables)), key=lambda t: (-scores.get(t, 0.0), t))
        best = [self.catalog.tables[t] for t in ranked]
        chosen = dict.fromkeys([*required, *(table.key for table in best[: len(COLUMNS) - 2])])
        # Tables that join the best ones are needed even if the question does not name them.
        for other in best[1:3]:
            for edge in self.graph.path([best[0].key], [other.key]) or []:
                chosen.setdefault(edge.right)
        for table in best:
            chosen.setdefault(table.key)
        kept = set(list(chosen)[: max(len(COLUMNS), len(required))])
        limits = dict(
            zip((table.key for table in best if table.key in kept), COLUMNS, strict=False)
        )
        return [
            (table, limits.get(table.key, COLUMNS[-1]))
            for table in self.catalog.tables
            if table.key in kept
        ]

    def _keep_values(
        self, matches: Sequence[ValueMatch], chosen: set[str], stems: set[str]
    ) -> dict[str, list[str]]:
        kept: dict[str, list[str]] = defaultdict(list)
        ranked = sorted(
            (m for m in matches if m.table in chosen),
            key=lambda m: -m.score * (1 + 0.2 * bool(name_stems(m.column) & stems)),
        )
        for match in ranked[:VALUES]:
            name = f"{match.table}.{match.column}"
            if match.stored not in kept[name]:
                kept[name].append(match.stored)
        return kept

    @staticmethod
    def _keep_days(
        kept: dict[str, list[str]], question: str, chosen: Sequence[Table], stems: set[str]
    ) -> None:
        """Add a day that the question writes out to date columns: named columns first, then those
        of the best tables.
        """
        days = [day for _, _, day in written_days(question)]
        columns = (
            [
                (table, c)
                for table in chosen
                for c in table.columns
                if c.family in ("date", "datetime")
            ]
            if days
            else []
        )
        named = sorted(columns, key=lambda found: -_match(found[1].name, stems))
        for name in [f"{table.key}.{c.name}" for table, c in named[:DATE_COLUMNS]]:
            kept[name] = list(dict.fromkeys([*kept[name], *days]))

    def _slice_table(
        self,
        table: Table,
        stems: set[str],
        similar: dict[str, float],
        kept: dict[str, list[str]],
        wanted: set[str],
        limit: int,
    ) -> SliceTable:
        keys = {name for key in table.foreign_keys for name in key.columns} | set(table.primary_key)
        matched = {c.name: _match(c.name, stems) for c in table.columns}

        def rank(column: Column) -> tuple:
            described = len(_said_of(column) & stems) + sum(
                similar.get(part, 0.0) for part in name_stems(column.name) - stems
            )
            return (
                column.name not in wanted,
                f"{table.key}.{column.name}" not in kept,
                -matched[column.name],
                -described,
                column.name not in keys,
            )

        keep = {
            column.name for column in sorted(table.columns, key=rank)[: max(limit, len(wanted))]
        }
        columns = tuple(
            SliceColumn(
                c,
                matched[c.name],
                tuple(kept.get(f"{table.key}.{c.name}", ())) or _codes(c, stems, matched[c.name]),
            )
            for c in table.columns
            if c.name in keep
        )
        return SliceTable(table, _match(table.name, stems), columns)


@lru_cache(maxsize=65536)
def _stems_of(text: str) -> frozenset[str]:
    return frozenset(
        stem(word.text)
        for word in question_words(text, LONGEST_COMMENT)
        if word.text not in STOPWORDS
    )


def _said_of(named: Table | Column) -> frozenset[str]:
    """Return stems of the words of its comment."""
    return _stems_of(named.comment) if named.comment else frozenset()


def _whole_word(term: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(term)}(?!\w)", re.IGNORECASE)


def _match(name: str, stems: set[str]) -> int:
    parts = name_stems(name)
    shared = parts & stems
    return 2 if shared == parts else 1 if shared - STOPWORDS else 0


def _codes(column: Column, stems: set[str], match: int) -> tuple[str, ...]:
    """Return the codes of a short complete list that a word may mean: 'F' for female."""
    values = column.values or ()
    if (
        column.family != "text"
        or not column.values_complete
        or len(values) > 6
        or any(len(str(v)) > CODE_LENGTH for v in values)
    ):
        return ()
    initials = {word[0] for word in stems if len(word) > 2 and word not in STOPWORDS}
    return tuple(str(v) for v in values if v and (match or str(v)[0].lower() in initials))
