"""What a follow-up may mean by its words: the answer before it as a form, with the tables, columns
and stored values around it. The rules of `edits` read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp

from mome.answering.usual_dates import UsualDate
from mome.catalog import Catalog, Column, Table, holds_numbers
from mome.conversation.clauses import is_aggregate
from mome.conversation.cues import Cues, pronoun
from mome.forms.nodes import FormColumn, form_column
from mome.linking.matched_question import MatchedQuestion
from mome.linking.names import Word, name_stems, name_words, question_words, stem
from mome.linking.slice import Linker
from mome.linking.values import STEMMED, ValueMatch

_NAMING = ("name", "title", "label")
LONGEST_NAME = 5
"""Maximum number of words of a question that name one column."""


@dataclass(frozen=True)
class Mention:
    """Words of a follow-up that name a column."""

    first: int
    last: int
    """Indices of the words, both inclusive."""
    table: Table
    column: Column
    is_noun: bool = False
    """Whether they name the table, whose rows the column tells apart for people."""

    @property
    def node(self) -> FormColumn:
        """The column as a form writes it."""
        return form_column(self.table.key, self.column.name)


@dataclass(frozen=True)
class ShownFigure:
    """Words of a follow-up that name a figure as the answer before calls it, such as `revenue`."""

    first: int
    last: int
    """Indices of the words, both inclusive."""
    node: exp.Expr
    """The figure as the form writes it."""


@dataclass(frozen=True)
class FollowUp:
    """A follow-up beside the answer before it."""

    cues: Cues
    tree: exp.Query
    """The form of the answer before, as `Forms.read` returns it."""
    linker: Linker
    earlier: exp.Query | None = None
    """The form of the answer before that one."""
    headings: tuple[str, ...] = ()
    """What the columns of the answer before are called, one text for each; empty if not known."""
    usual_dates: tuple[UsualDate, ...] = ()
    """The dates that people's queries read, the most frequent first."""
    way: int = 0
    """Which of several ways to a table is taken, the likeliest first; see `ways`."""

    @property
    def catalog(self) -> Catalog:
        """The catalog of the memory."""
        return self.linker.catalog

    @cached_property
    def select(self) -> exp.Select | None:
        """The form if it is one SELECT; None for a union and the like."""
        return self.tree if isinstance(self.tree, exp.Select) else None

    @property
    def shows_all(self) -> bool:
        """Whether the answer before shows whole rows."""
        return self.select is not None and all(node.is_star for node in self.select.expressions)

    @cached_property
    def matched(self) -> MatchedQuestion:
        """The follow-up with the stored values that it names."""
        return self.linker.match(self.cues.text)

    @property
    def words(self) -> tuple[Word, ...]:
        """The words of the follow-up."""
        return self.matched.words

    @cached_property
    def values(self) -> list[ValueMatch]:
        """The stored values that the follow-up names as they are stored."""
        return [match for match in self.matched.matches if match.score >= STEMMED]

    @cached_property
    def tables(self) -> list[Table]:
        """The tables of the answer before; those that are shown come first."""
        keys = [column.table for column in self._columns(shown_only=True)]
        keys += [node.name for node in self.tree.find_all(exp.Table)]
        keys += [column.table for column in self._columns(shown_only=False)]
        found = (self.catalog.table(key) for key in dict.fromkeys(keys))
        return [table for table in found if table is not None]

    @cached_property
    def shown_tables(self) -> list[Table]:
        """The tables of the columns by which the answer before tells its rows apart."""
        shown = self.select.expressions if self.select is not None else []
        plain = [entry for entry in shown if not is_aggregate(entry)]
        keys = [column.table for entry in plain for column in entry.find_all(FormColumn)]
        found = (self.catalog.table(key) for key in dict.fromkeys(keys))
        return [table for table in found if table is not None]

    def _columns(self, *, shown_only: bool) -> Iterator[FormColumn]:
        if not shown_only or self.select is None:
            yield from self.tree.find_all(FormColumn)
            return
        for entry in self.select.expressions:
            yield from entry.find_all(FormColumn)

    @cached_property
    def subject(self) -> Table | None:
        """The table whose rows the answer before shows or counts."""
        return self.tables[0] if self.tables else None

    @property
    def details(self) -> list[Table]:
        """The tables to which no key of the answer's other tables leads: its rows are theirs."""
        referred = {
            key.ref_table
            for table in self.tables
            for key in table.foreign_keys
            if key.ref_table != table.key
        }
        return [table for table in self.tables if table.key not in referred]

    @cached_property
    def owners(self) -> list[Table]:
        """The tables to which a key of the answer's tables leads: each row has one of theirs."""
        keys = [key.ref_table for table in self.tables for key in table.foreign_keys]
        found = (self.catalog.table(key) for key in dict.fromkeys(keys))
        return [table for table in found if table is not None]

    @cached_property
    def farther(self) -> list[Table]:
        """The tables to which several keys lead, one behind the other, from the answer's."""
        found = list(self.owners)
        for table in found:
            for key in table.foreign_keys:
                there = self.catalog.table(key.ref_table)
                if there is not None and there not in found:
                    found.append(there)
        return found[len(self.owners) :]

    @cached_property
    def neighbours(self) -> list[Table]:
        """The tables that a key joins to those of the answer."""
        keys = {table.key for table in self.tables}
        found = []
        for table in self.catalog.tables:
            refers = {key.ref_table for key in table.foreign_keys}
            is_referred = any(
                key.ref_table == table.key for own in self.tables for key in own.foreign_keys
            )
            if table.key not in keys and (refers & keys or is_referred):
                found.append(table)
        return found

    def mentions(self, *, nouns: bool = False) -> list[Mention]:
        """Return the columns that the follow-up names, from left to right, the longest names
        first; words of stored values name none.

        nouns: whether the name of a neighbouring table stands for its column of names, as in `by
            genre`.
        """
        valued = {at for match in self.values for at in range(match.first, match.last + 1)}
        found: list[Mention] = []
        at = 0
        while at < len(self.words):
            mention = None if at in valued else self._mention_at(at, valued, nouns=nouns)
            if mention is not None:
                found.append(mention)
            at = at + 1 if mention is None else mention.last + 1
        return found

    def figures(self) -> list[ShownFigure]:
        """Return the figures of the answer before that the follow-up names, from left to right."""
        entries = self.select.expressions if self.select is not None else []
        if len(entries) != len(self.headings):
            return []
        called = {
            tuple(map(stem, name_words(heading))): entry.unalias()
            for heading, entry in zip(self.headings, entries, strict=True)
            if is_aggregate(entry)
        }
        stems = [stem(word.text) for word in self.words]
        found = []
        for first in range(len(stems)):
            for words, node in called.items():
                if words and tuple(stems[first : first + len(words)]) == words:
                    found.append(ShownFigure(first, first + len(words) - 1, node))
        return found

    def _mention_at(self, at: int, valued: set[int], *, nouns: bool) -> Mention | None:
        for last in range(min(at + LONGEST_NAME, len(self.words)) - 1, at - 1, -1):
            if valued.isdisjoint(range(at, last + 1)):
                words = [word.text for word in self.words[at : last + 1]]
                place = self.column_of(words)
                if place is not None:
                    return Mention(at, last, *place)
                place = self._named_by(words) if nouns else None
                if place is not None:
                    return Mention(at, last, *place, is_noun=True)
        return None

    def _named_by(self, words: Sequence[str]) -> tuple[Table, Column] | None:
        """Return the column of names of the neighbouring table that some words name."""
        said = frozenset(map(stem, words))
        for table in [*self.neighbours, *self.farther]:
            if said == name_stems(table.name):
                names = (table.column(name) for name in _NAMING)
                return next(((table, column) for column in names if column is not None), None)
        return None

    def has_extremes(self, node: exp.Expr) -> bool:
        """Return whether a node is a column of numbers or dates, of which one is the highest."""
        table = self.catalog.table(node.table) if isinstance(node, FormColumn) else None
        column = None if table is None else table.column(node.name)
        is_dated = column is not None and column.family in ("date", "datetime")
        return column is not None and (is_dated or holds_numbers(column))

    def column_of(self, words: Sequence[str]) -> tuple[Table, Column] | None:
        """Return the column that words name as a whole: that of the nearest table."""
        words = ["age" if word.lower() == "old" else word for word in words]
        for near in ([self.subject] if self.subject else [], self.tables, self.neighbours):
            for fits in (_is_name, _is_name_of_owner):
                places = [
                    (table, column)
                    for table in near
                    for column in table.columns
                    if fits(words, table, column)
                ]
                if places:
                    return places[0]
        return None


def _is_name(words: Sequence[str], table: Table, column: Column) -> bool:
    """Return whether words are a column's name, with or without that of its table."""
    said = frozenset(map(stem, words))
    own, owner = name_stems(column.name), name_stems(table.name)
    if said == own or (own - owner and said == own - owner) or (own < said and said - own <= owner):
        return True
    return _is_squeezed([word.lower() for word in words], column.name.lower())


def _is_name_of_owner(words: Sequence[str], table: Table, column: Column) -> bool:
    """Return whether words end a column's name: `age` of pet_age, `code` of AirportCode."""
    parts = [stem(part) for part in name_words(column.name)]
    said = [stem(word) for word in words]
    return len(said) < len(parts) and parts[-len(said) :] == said


def _is_squeezed(words: Sequence[str], name: str) -> bool:
    """Return whether a name is the last word behind the beginnings of the others: `fname`."""
    if len(words) != 2 or not words[1]:
        return False
    last = words[1] if name.endswith(words[1]) else words[1].removesuffix("s")
    head = name.removesuffix(last)
    return name.endswith(last) and len(last) > 1 and bool(head) and words[0].startswith(head)


def named_tables(question: str, catalog: Catalog) -> list[tuple[Table, int]]:
    """Return the tables whose names a question says, each with where the name begins in it."""
    words = question_words(question)
    stems = [stem(word.text) for word in words]
    found = []
    for table in catalog.tables:
        own = name_stems(table.name)
        joined = stem("".join(name_words(table.name)))
        places = [at for at, root in enumerate(stems) if root in own or root == joined]
        if own <= set(stems) or joined in stems:
            found.append((table, words[places[0]].start))
    return found


def stands_alone(cues: Cues, catalog: Catalog, before: Sequence[str] = ()) -> bool:
    """Return whether a question names what it is about, and points at nothing before it.

    before: keys of the tables of the answer before, whose rows `also show the names` is about.
    """
    tables = named_tables(cues.text, catalog)
    if cues.adds and all(table.key in before for table, _ in tables):
        return False
    at = pronoun(cues.text)
    return (
        bool(tables) and not cues.strong and (at is None or any(start < at for _, start in tables))
    )


_EACH = re.compile(r"\b(?:by|per|each|every)\b", re.IGNORECASE)
_FIGURE = re.compile(
    r"\b(?:how many|number of|average|mean|total|sum|highest|lowest|maximum|minimum)\b",
    re.IGNORECASE,
)


def is_complete(scene: FollowUp) -> bool:
    """Return whether a question that points at nothing before it says all of a query: a figure and
    what it is divided by, or a value and a column that the answer before does not read.
    """
    cues = scene.cues
    if cues.strong or cues.adds or cues.kind != "show" or pronoun(cues.text) is not None:
        return False
    mentions = scene.mentions()
    if _FIGURE.search(cues.text) and _EACH.search(cues.text):
        return len(mentions) > 1
    read = {table.key for table in scene.tables}
    return bool(scene.values) and any(one.table.key not in read for one in mentions)
