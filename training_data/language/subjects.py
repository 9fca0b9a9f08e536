"""Subjects: tables with their nouns, the roles of their columns and their links to other tables.

Every rule, and the facts of a glossary, read the database through `Database` and `Subject`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sqlglot import exp

from training_data.language import column_roles as roles
from training_data.language.comments import gloss, meanings
from training_data.language.words import (
    is_plural,
    listing,
    participle,
    plural,
    singular,
    split_name,
    table_noun,
)
from training_data.sql.builder import Sql

if TYPE_CHECKING:
    from schemas.catalog import FullCatalog, FullColumn, FullForeignKey, FullTable

_KEY_ENDS = frozenset("id ids key code no number fk ref uuid guid".split())
_FLAG_STARTS = ("is", "was", "are", "has")

MAIN_COLUMNS = 4
"""The most columns that a question about the main facts of a row shows."""

SHORTEST_ROLE = 4
"""Characters of a word that says what a parent is; shorter ones are abbreviations."""


@dataclass(frozen=True)
class Subject:
    """A table with the words for it."""

    table: FullTable
    one: str
    """The noun for one row, such as `order line`."""
    sql: Sql
    """Writes SQL in the dialect of the database."""

    @property
    def many(self) -> str:
        """Return the noun for several rows, such as `order lines`."""
        return plural(self.one)

    @cached_property
    def described(self) -> str | None:
        """Return the table's comment as a plural noun phrase of at most three words.

        None where there is no such comment, or it only repeats the table's name.
        """
        phrase = gloss(self.table.comment, longest=3)
        return plural(phrase) if phrase and plural(phrase).lower() != self.many else None

    @cached_property
    def names(self) -> tuple[FullColumn, ...]:
        """Return the columns by which people know a row; empty for tables such as orders."""
        return roles.name_columns(self.table)

    @cached_property
    def label(self) -> tuple[FullColumn, ...]:
        """Return the columns that stand for a row in an answer: its names, else its key.

        Empty where the table has neither.
        """
        return self.names or tuple(
            column for column in self.table.columns if column.name in self.table.primary_key
        )

    @cached_property
    def measures(self) -> tuple[FullColumn, ...]:
        """Return the columns whose average means something."""
        return tuple(
            column for column in self.table.columns if roles.is_measure(self.table, column)
        )

    @cached_property
    def categories(self) -> tuple[FullColumn, ...]:
        """Return the columns with few values, all of them known; texts before integers."""
        found = [
            column
            for column in self.table.columns
            if roles.is_category(self.table, column) and column not in self.names
        ]
        return tuple(sorted(found, key=lambda column: column.family == "integer"))

    @cached_property
    def groupings(self) -> tuple[FullColumn, ...]:
        """Return the categories by which rows can be grouped: each value has one spelling."""
        return tuple(column for column in self.categories if roles.is_consistent(column))

    @cached_property
    def dates(self) -> tuple[FullColumn, ...]:
        """Return the date columns, those that software fills in for itself last."""
        found = [column for column in self.table.columns if roles.is_date(column)]
        return tuple(sorted(found, key=roles.is_audit))

    @cached_property
    def main(self) -> tuple[FullColumn, ...]:
        """Return at most MAIN_COLUMNS columns that say most about a row, in the table's order."""
        useful = [*self.names, *self.categories, *self.measures, *self.dates]
        chosen = list(dict.fromkeys(useful))[:MAIN_COLUMNS]
        return tuple(column for column in self.table.columns if column in chosen)

    def phrase(self, column: FullColumn) -> str:
        """Return the words for a column in a question that also names the table.

        The table's own noun is left out: `singer_name` of singers is `name`.
        """
        if roles.is_date(column):
            event = participle(column.name)
            if event:
                return f"date {event}"
        words, own = split_name(column.name), self.one.split()
        # A name without a letter or digit, such as `__`, is its own word.
        if not words:
            return column.name
        if roles.is_flag(column) and len(words) > 1 and words[0] in _FLAG_STARTS:
            flag = " ".join(words[1:])
            return flag if words[0] == "has" else f"{flag} status"
        if words[: len(own)] == own:
            rest = words[len(own) :]
        else:
            # A single letter in front is a mark of the schema, as in `c_name`.
            rest = words[1:] if len(words[0]) == 1 else words
        if not rest or rest[-1] in _KEY_ENDS:
            rest = words
        return " ".join(rest) or column.name

    def has_value(self, column: FullColumn, value: object, of: str | None = None) -> exp.Expr:
        """Return the condition that a column has a value, in whichever spelling it is stored.

        `of`: the table's name or alias in the query; None where the column needs none.
        """
        node = self.sql.column(column, of)
        same = roles.same_values(column, value)
        if len(same) == 1:
            return self.sql.equals(node, same[0])
        return exp.In(this=node, expressions=[exp.convert(spelling) for spelling in same])

    def amount(self, column: FullColumn) -> str:
        """Return the words for a measure, such as `price` and `number of pages`."""
        phrase = self.phrase(column)
        return f"number of {phrase}" if is_plural(phrase) else phrase

    def glossed(self, column: FullColumn) -> str | None:
        """Return the column's comment as a phrase; None where it only repeats the name."""
        phrase = gloss(column.comment)
        return phrase if phrase and phrase.lower() != self.phrase(column) else None

    def label_phrase(self, number: Callable[[str], str] = singular) -> str:
        """Return the words for the label, such as `title` and `first and last name`.

        `number`: `singular` or `plural`.
        """
        phrases = [self.phrase(column) for column in self.label]
        last_words = {phrase.rpartition(" ")[2] for phrase in phrases}
        if len(phrases) > 1 and len(last_words) == 1:
            # `first name, last name` share their last word, which is said once.
            starts = [phrase.rpartition(" ")[0] or phrase for phrase in phrases[:-1]]
            return listing([*starts, number(phrases[-1])])
        return listing([number(phrase) for phrase in phrases])

    def labels_of(self, rows: str) -> str:
        """Return `the titles of the books from 2024` for rows `the books from 2024`.

        Where the label is only the table's noun again, `rows` is returned as it is.
        """
        labels = self.label_phrase(plural) if self.label else self.many
        return rows if labels == self.many else f"the {labels} of {rows}"

    def grouping(self, key: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return the names of columns to group by for one group per row.

        These are the label and, unless it is unique, the primary key before it.

        `key`: columns to take where no primary key is declared.
        """
        label = tuple(column.name for column in self.label)
        unique = {tuple(self.table.primary_key), *map(tuple, self.table.unique)}
        if label in unique:
            return label
        return tuple(dict.fromkeys([*(self.table.primary_key or key), *label]))

    def meanings(self, column: FullColumn) -> dict[object, str]:
        """Return the meanings that the column's comment gives to its stored values."""
        return meanings(column.comment, roles.askable(column))


@dataclass(frozen=True)
class Link:
    """A foreign key between two subjects, with the names that a join gives them."""

    child: Subject
    parent: Subject
    key: FullForeignKey
    role: str
    """The noun for the parent as seen by the child: `author`, or `manager` of employees."""
    is_plain: bool = True
    """False where only the role says what is meant: another key links the two tables, or a table
    refers to itself.
    """

    @property
    def child_name(self) -> str:
        """Return the child's name in the query."""
        return self.child.table.name

    @cached_property
    def alias(self) -> str | None:
        """Return the parent's alias; None where the two tables differ in name and need none."""
        if self.child.table.name.lower() != self.parent.table.name.lower():
            return None
        alias = self.role.replace(" ", "_")
        if alias.isidentifier() and alias != self.child_name.lower():
            return alias
        return f"{self.parent.table.name}_2"

    @property
    def parent_name(self) -> str:
        """Return the parent's name in the query."""
        return self.alias or self.parent.table.name

    @property
    def child_columns(self) -> tuple[FullColumn, ...]:
        """Return the referring columns."""
        columns = [self.child.table.column(name) for name in self.key.columns]
        return tuple(column for column in columns if column)


class Database:
    """The catalog as subjects and links; made once for a run of the generator."""

    def __init__(self, catalog: FullCatalog) -> None:
        self.sql = Sql(catalog.dialect)
        nouns = {table.key: table_noun(table.name) for table in catalog.tables}
        uses = Counter(nouns.values())
        self._subjects: dict[str, Subject] = {}
        for table in catalog.tables:
            noun = _distinct_noun(table, nouns[table.key], uses)
            self._subjects[table.key] = Subject(table, noun, self.sql)
        self._between: Counter[frozenset[str]] = Counter()
        for table in catalog.tables:
            for key in table.foreign_keys:
                self._between[frozenset((table.key, key.ref_table))] += 1
        self._parents = {
            key: tuple(self._links(subject)) for key, subject in self._subjects.items()
        }
        self._children: dict[str, list[Link]] = {key: [] for key in self._subjects}
        for links in self._parents.values():
            for link in links:
                self._children[link.parent.table.key].append(link)

    def subjects(self) -> list[Subject]:
        """Return all tables, first those that people ask about: with rows, with many joins."""
        return sorted(self._subjects.values(), key=self._rank)

    def subject(self, key: str) -> Subject:
        """Return the table with this key."""
        return self._subjects[key]

    def parents(self, subject: Subject) -> tuple[Link, ...]:
        """Return the foreign keys by which this table refers to others."""
        return self._parents[subject.table.key]

    def children(self, subject: Subject) -> tuple[Link, ...]:
        """Return the foreign keys by which others refer to this table."""
        return tuple(self._children[subject.table.key])

    def _rank(self, subject: Subject) -> tuple[bool, int, str]:
        degree = len(self.parents(subject)) + len(self.children(subject))
        return (subject.table.rows == 0, -degree, subject.table.key)

    def _links(self, child: Subject) -> list[Link]:
        keys = [key for key in child.table.foreign_keys if key.ref_table in self._subjects]
        uses = Counter(key.ref_table for key in keys)
        links = []
        for key in keys:
            is_ambiguous = uses[key.ref_table] > 1 or key.ref_table == child.table.key
            links.append(self._link(child, key, ambiguous=is_ambiguous))
        return links

    def _link(self, child: Subject, key: FullForeignKey, *, ambiguous: bool) -> Link:
        """Return a link whose role is the referring column's name without its ending.

        `manager_id` gives `manager`. A name without such an ending is taken only where several
        keys refer to one table. The parent's own noun is used where the name says nothing.
        """
        parent = self._subjects[key.ref_table]
        words = split_name(key.columns[0])
        if len(words) > 1 and words[-1] in _KEY_ENDS:
            role = " ".join(words[:-1])
        else:
            role = " ".join(words) if ambiguous else ""
        is_clear = (
            role
            and role != child.one
            and len(key.columns) == 1
            and all(len(word) >= SHORTEST_ROLE for word in role.split())
        )
        said = role if is_clear else parent.one
        # Of home and away team neither is plain; of an employee's department and the department's
        # manager the first is. "Employees of Ann" does not say on which side of the key Ann is.
        several = self._between[frozenset((child.table.key, key.ref_table))] > 1
        needs_role = several or key.ref_table == child.table.key
        return Link(child, parent, key, said, is_plain=not needs_role or said == parent.one)


def _distinct_noun(table: FullTable, noun: str, uses: Counter[str]) -> str:
    """Return the noun, after the schema's name where several tables have this noun.

    `uses`: the number of tables with each noun.
    """
    if table.schema and uses[noun] > 1:
        return f"{' '.join(split_name(table.schema)) or table.schema} {noun}"
    return noun
