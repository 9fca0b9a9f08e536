"""The slice: the part of a catalog, bounded in size, that a model reads with a question.

Pretraining, tuning and translation use the same slice: a change of any bound here moves what the
bundled model was trained on.
"""

from __future__ import annotations

import copy
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mome.catalog import Catalog, Column, Table
from mome.linking.code_meanings import CodeMeanings, with_meanings
from mome.linking.column_values import codes, name_match, values_by_column
from mome.linking.join_graph import JoinGraph
from mome.linking.matched_question import MatchedQuestion, matched_indices
from mome.linking.name_index import LONGEST_COMMENT, TABLE_ITSELF, NameIndex, comment_stems
from mome.linking.names import (
    COMMON_STEMS,
    STOPWORDS,
    Word,
    name_stems,
    question_words,
    stem,
)
from mome.linking.said_periods import said_periods
from mome.linking.similar_words import Embed, Meanings
from mome.linking.table_scores import TableScores
from mome.linking.values import ValueIndex, ValueMatch, read_values

COLUMNS = (30, 20, 14, 10, 8, 8, 6, 6)
"""Maximum number of columns of the best table, the second best and so on. The length of the tuple
is the maximum number of tables. The sum, 102, is about what 320 tokens of the bundled model hold.
"""
FOR_JOINS = 2
"""Places in the slice that tables which join the best ones may take from tables that are named."""


@dataclass(frozen=True)
class Item:
    """Something that a pointer can name."""

    kind: str
    """word, period, table, column or value."""
    table: str = ""
    column: str | None = None
    text: str = ""
    """The word, the period or the stored value."""

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
    comment: str = ""
    """Its comment if the question says some of it and nothing of the name; else empty."""


@dataclass(frozen=True)
class SliceTable:
    """A table with the columns that were kept."""

    table: Table
    match: int
    """As for a column."""
    columns: tuple[SliceColumn, ...]
    comment: str = ""
    """As for a column."""


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
        tables = []
        for table in catalog.tables:
            columns = tuple(SliceColumn(column, 0, ()) for column in table.columns)
            tables.append(SliceTable(table, 0, columns))
        return cls("", (), tuple(tables), (), 0.0)

    @property
    def periods(self) -> tuple[str, ...]:
        """The periods that the question names, as forms write them."""
        return said_periods(self.question)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Everything that can be pointed at, in reading order."""
        items = [Item("word", text=word.text) for word in self.words]
        items += [Item("period", text=text) for text in self.periods]
        for entry in self.tables:
            items.append(Item("table", entry.table.key))
            for column in entry.columns:
                place = (entry.table.key, column.column.name)
                items.append(Item("column", *place))
                items += [Item("value", *place, value) for value in column.values]
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
        self._constant = frozenset(
            (table.key, column.name)
            for table in catalog.tables
            for column in table.columns
            if column.is_constant
        )
        self.code_meanings = CodeMeanings(catalog)
        self._names = NameIndex(catalog)
        self._scores = TableScores(catalog, self._names, self.graph)
        self._meanings: Meanings | None = None

    def with_meanings(self, embed: Embed) -> Linker:
        """Return a linker that also links words of similar meaning."""
        linker = copy.copy(self)
        linker._meanings = Meanings(embed, self._names.parts)
        return linker

    def slice(self, question: str, require: Iterable[str] = ()) -> Slice:
        """Return the slice for a question. `require` names tables and table.columns that must be in
        it, such as those of a known answer.
        """
        return self.slice_of(self.match(question), require)

    def slice_of(self, matched: MatchedQuestion, require: Iterable[str] = ()) -> Slice:
        """Return the slice for a question whose values were matched before."""
        question = self._with_meanings_of_terms(matched.question)
        if question != matched.question:
            # The question comes first, so that its words keep their indices.
            matched = self.match(question).with_values(matched.beyond)
        words = matched.words
        matches = matched.matches
        said = {stem(word.text) for word in words}
        said |= self._names.run_together(words) | self._names.respelled(words)
        stems = said | self._names.abbreviated(words)
        similar = self._similar(words, matches)
        spelled = self._names.spelled(question)
        scores = self._scores.scores(stems, matches, similar, spelled)
        wanted = self._wanted(require)
        chosen = self._choose(scores, list(wanted))
        for t, c in spelled:
            if c != TABLE_ITSELF:
                table = self.catalog.tables[t]
                wanted[table.key].add(table.columns[c].name)
        by_score = sorted(
            (table for table, _ in chosen), key=lambda table: -scores.get(table.key, 0.0)
        )
        shown = values_by_column(matches, question, by_score, stems)
        tables = tuple(
            _slice_table(table, stems, similar, shown, wanted.get(table.key, set()), limit)
            for table, limit in chosen
        )
        # A word of similar meaning is a guess: it finds a table, but does not say that the question
        # is about this database.
        named = bool(matches) or bool(said & self._names.known)
        score = max(scores.values(), default=0.0) if named else 0.0
        return Slice(question, words, tables, matches, score)

    def match(self, question: str) -> MatchedQuestion:
        """Return the question with the stored values of the index that it names."""
        words = question_words(question)
        matches = self.values.match(question, words, self.known, self._names.said(words))
        matches = with_meanings(matches, list(self.code_meanings.matches(words, self.known)))
        return MatchedQuestion(
            question,
            words,
            tuple(matches),
            self.known,
            codes=self.values.codes,
            constant=self._constant,
        )

    @property
    def known(self) -> frozenset[str]:
        """Stems of all words in names."""
        return self._names.known

    def unexplained(self, question: str) -> frozenset[str]:
        """Return stems of content words that are in no name and no stored value."""
        return self.match(question).unexplained(question)

    def named(self, question: str) -> frozenset[str]:
        """Return what a question names: stems in names or exactly matched values, and numbers."""
        return self.match(question).named(question)

    def valued(self, question: str) -> frozenset[str]:
        """Return stems of the words that write a stored value exactly, glossary terms read with
        their meanings; words that also stand in names are left out.
        """
        question = self._with_meanings_of_terms(question)
        return self.match(question).valued(question)

    def _with_meanings_of_terms(self, question: str) -> str:
        """Return the question with the meanings of its glossary terms appended."""
        hints = [hint for term, hint in self._synonyms if term.search(question)]
        return " ".join([question, *hints])

    def _similar(self, words: Sequence[Word], matches: Sequence[ValueMatch]) -> dict[str, float]:
        """Return words of names with their similarity to a word of the question that is in no name
        and no value.
        """
        found: dict[str, float] = {}
        if self._meanings is None:
            return found
        valued = matched_indices(matches)
        known = self._names.known
        for i, word in enumerate(words):
            text = word.text.lower()
            if i in valued or not text.isalpha() or text in STOPWORDS or stem(text) in known:
                continue
            for near, cosine in self._meanings.like(text):
                found[near] = max(cosine, found.get(near, 0.0))
        return found

    def _wanted(self, require: Iterable[str]) -> dict[str, set[str]]:
        """Return required columns by table key. An empty column stands for the table itself."""
        wanted: dict[str, set[str]] = defaultdict(set)
        for table, column in filter(None, map(self._place, require)):
            wanted[table].add(column)
        return wanted

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

    def _choose(
        self, scores: Mapping[str, float], required: Sequence[str]
    ) -> list[tuple[Table, int]]:
        """Return the tables of the slice in the catalog's order, each with its maximum number of
        columns.
        """
        # Sorting is stable: tables of equal score keep the catalog's order.
        best = sorted(self.catalog.tables, key=lambda table: -scores.get(table.key, 0.0))
        named = [table.key for table in best[: len(COLUMNS) - FOR_JOINS]]
        chosen = dict.fromkeys([*required, *named])
        # Tables that join the best ones are needed even if the question does not name them.
        for other in best[1:3]:
            for edge in self.graph.path([best[0].key], [other.key]) or []:
                chosen.setdefault(edge.right)
        for table in best:
            chosen.setdefault(table.key)
        kept = set(list(chosen)[: max(len(COLUMNS), len(required))])
        kept_by_score = [table.key for table in best if table.key in kept]
        limits = dict(zip(kept_by_score, COLUMNS, strict=False))
        return [
            (table, limits.get(table.key, COLUMNS[-1]))
            for table in self.catalog.tables
            if table.key in kept
        ]


def _slice_table(
    table: Table,
    stems: AbstractSet[str],
    similar: Mapping[str, float],
    shown: Mapping[str, tuple[str, ...]],
    wanted: AbstractSet[str],
    limit: int,
) -> SliceTable:
    """Return a table with its best columns, at most `limit` besides those `wanted`."""
    keys = set(table.primary_key)
    for key in table.foreign_keys:
        keys.update(key.columns)
    matched = {column.name: name_match(column.name, stems) for column in table.columns}

    def rank(column: Column) -> tuple:
        # In this order: what a known answer needs, what shows a value, what is named, what a
        # comment or a similar word describes, and keys, without which tables cannot be joined.
        described = len(comment_stems(column) & stems)
        alike = sum(similar.get(part, 0.0) for part in name_stems(column.name) - stems)
        return (
            column.name not in wanted,
            f"{table.key}.{column.name}" not in shown,
            -matched[column.name],
            -(described + alike),
            column.name not in keys,
        )

    best = sorted(table.columns, key=rank)[: max(limit, len(wanted))]
    kept = {column.name for column in best}
    columns = []
    for column in table.columns:
        if column.name not in kept:
            continue
        match = matched[column.name]
        values = shown.get(f"{table.key}.{column.name}", ())
        values = values or codes(column, stems, match)
        columns.append(SliceColumn(column, match, values, _comment_said(column, match, stems)))
    match = name_match(table.name, stems)
    return SliceTable(table, match, tuple(columns), _comment_said(table, match, stems))


def _comment_said(named: Table | Column, match: int, stems: AbstractSet[str]) -> str:
    """Return the comment in one line if the question says some of it and nothing of the name: a
    model can read `f29` only as what its comment says.
    """
    if match or not comment_stems(named) & (stems - COMMON_STEMS):
        return ""
    return " ".join((named.comment or "").split()[:LONGEST_COMMENT])


def _whole_word(term: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(term)}(?!\w)", re.IGNORECASE)
