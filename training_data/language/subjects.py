"""A table as something to talk about: its nouns, what its columns are good for, and the tables it joins. What every rule reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

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
    from schemas.catalog import Catalog, Column, ForeignKey, Table

_KEY_ENDS = frozenset("id ids key code no number fk ref uuid guid".split())
MAIN_COLUMNS = 4


@dataclass(frozen=True)
class Subject:
    """A table with the words for it."""

    table: Table
    one: str
    """`order line`"""
    sql: Sql

    @property
    def many(self) -> str:
        """`order lines`"""
        return plural(self.one)

    @cached_property
    def described(self) -> str | None:
        """The table's comment as a plural noun phrase of at most three words."""
        phrase = gloss(self.table.comment, longest=3)
        return plural(phrase) if phrase and plural(phrase).lower() != self.many else None

    @cached_property
    def names(self) -> tuple[Column, ...]:
        """The columns by which people know a row; empty for tables such as orders."""
        return roles.name_columns(self.table)

    @cached_property
    def label(self) -> tuple[Column, ...]:
        """What stands for a row in an answer: its names, else its key; empty where it has neither."""
        return self.names or tuple(
            column for column in self.table.columns if column.name in self.table.primary_key
        )

    @cached_property
    def measures(self) -> tuple[Column, ...]:
        """Numbers to average."""
        return tuple(
            column for column in self.table.columns if roles.is_measure(self.table, column)
        )

    @cached_property
    def categories(self) -> tuple[Column, ...]:
        """Columns with few values, all of them known: codes and names before numbers."""
        found = [
            column
            for column in self.table.columns
            if roles.is_category(self.table, column) and column not in self.names
        ]
        return tuple(sorted(found, key=lambda column: column.family == "integer"))

    @cached_property
    def dates(self) -> tuple[Column, ...]:
        """Days, what the row is about first and the software's own stamps last."""
        return tuple(
            sorted(
                (column for column in self.table.columns if roles.is_date(column)),
                key=roles.is_audit,
            )
        )

    @cached_property
    def main(self) -> tuple[Column, ...]:
        """A handful of columns that say most about a row."""
        useful = [*self.names, *self.categories, *self.measures, *self.dates]
        chosen = list(dict.fromkeys(useful))[:MAIN_COLUMNS]
        return tuple(column for column in self.table.columns if column in chosen)

    def phrase(self, column: Column) -> str:
        """The words for a column where the table is named too: `singer_name` of singers is `name`."""
        if roles.is_date(column) and (done := participle(column.name)):
            return f"date {done}"
        words, own = split_name(column.name), self.one.split()
        if roles.is_flag(column) and len(words) > 1 and words[0] in ("is", "was", "are", "has"):
            return " ".join(words[1:]) if words[0] == "has" else f"{' '.join(words[1:])} status"
        rest = words[len(own) :] if words[: len(own)] == own else words[len(words[0]) == 1 :]
        rest = rest if rest and rest[-1] not in _KEY_ENDS else words
        return " ".join(rest) or column.name

    def amount(self, column: Column) -> str:
        """The words for a measure: `price`, `number of pages`."""
        phrase = self.phrase(column)
        return f"number of {phrase}" if is_plural(phrase) else phrase

    def glossed(self, column: Column) -> str | None:
        """The column's comment as a phrase, where it says more than the name."""
        phrase = gloss(column.comment)
        return phrase if phrase and phrase.lower() != self.phrase(column) else None

    def label_phrase(self, number: Callable[[str], str] = singular) -> str:
        """`title`, `first and last name`, `order id`; with `plural`, `titles`."""
        words = [self.phrase(column) for column in self.label]
        ends = {word.rpartition(" ")[2] for word in words}
        if len(words) > 1 and len(ends) == 1:
            return listing(
                [*(word.rpartition(" ")[0] or word for word in words[:-1]), number(words[-1])]
            )
        return listing([number(word) for word in words])

    def labels_of(self, rows: str) -> str:
        """`the titles of the books from 2024` for rows `the books from 2024`; the rows alone where their label is only their noun again."""
        labels = self.label_phrase(plural) if self.label else self.many
        return rows if labels == self.many else f"the {labels} of {rows}"

    def grouping(self, key: tuple[str, ...] = ()) -> tuple[str, ...]:
        """What to group by for one group a row: the label, and unless it is unique the key before it, or `key` where none is declared."""
        label = tuple(column.name for column in self.label)
        unique = {tuple(self.table.primary_key), *map(tuple, self.table.unique)}
        return (
            label
            if label in unique
            else tuple(dict.fromkeys([*(self.table.primary_key or key), *label]))
        )

    def meanings(self, column: Column) -> dict[object, str]:
        """What the column's comment says of its stored values."""
        return meanings(column.comment, roles.askable(column))


@dataclass(frozen=True)
class Link:
    """A foreign key between two subjects, with the names that a join gives them."""

    child: Subject
    parent: Subject
    key: ForeignKey
    role: str
    """What the parent is to the child: `author`, or `manager` where an employee refers to an employee."""

    @property
    def child_name(self) -> str:
        """The child's name in the query."""
        return self.child.table.name

    @cached_property
    def alias(self) -> str | None:
        """The parent's alias, needed where both tables have one name."""
        if self.child.table.name.lower() != self.parent.table.name.lower():
            return None
        alias = self.role.replace(" ", "_")
        return (
            alias
            if alias.isidentifier() and alias != self.child_name.lower()
            else f"{self.parent.table.name}_2"
        )

    @property
    def parent_name(self) -> str:
        """The parent's name in the query."""
        return self.alias or self.parent.table.name

    @property
    def child_columns(self) -> tuple[Column, ...]:
        """The referring columns."""
        return tuple(
            column for name in self.key.columns if (column := self.child.table.column(name))
        )


class Database:
    """The catalog as subjects and links; made once for a run of the generator."""

    def __init__(self, catalog: Catalog) -> None:
        self.sql = Sql(catalog.dialect)
        nouns = {table.key: table_noun(table.name) for table in catalog.tables}
        shared = Counter(nouns.values())
        self._subjects = {
            table.key: Subject(table, _told_apart(table, nouns[table.key], shared), self.sql)
            for table in catalog.tables
        }
        self._parents = {
            key: tuple(self._links(subject)) for key, subject in self._subjects.items()
        }
        self._children: dict[str, list[Link]] = {key: [] for key in self._subjects}
        for links in self._parents.values():
            for link in links:
                self._children[link.parent.table.key].append(link)

    def subjects(self) -> list[Subject]:
        """All tables, those that people ask about first: with rows, with many joins."""
        return sorted(self._subjects.values(), key=self._rank)

    def subject(self, key: str) -> Subject:
        """The table with this key."""
        return self._subjects[key]

    def parents(self, subject: Subject) -> tuple[Link, ...]:
        """The keys by which this table refers to others."""
        return self._parents[subject.table.key]

    def children(self, subject: Subject) -> tuple[Link, ...]:
        """The keys by which others refer to this table."""
        return tuple(self._children[subject.table.key])

    def _rank(self, subject: Subject) -> tuple[bool, int, str]:
        degree = len(self.parents(subject)) + len(self.children(subject))
        return (subject.table.rows == 0, -degree, subject.table.key)

    def _links(self, child: Subject) -> list[Link]:
        keys = [key for key in child.table.foreign_keys if key.ref_table in self._subjects]
        targets = Counter(key.ref_table for key in keys)
        return [
            self._link(
                child, key, ambiguous=targets[key.ref_table] > 1 or key.ref_table == child.table.key
            )
            for key in keys
        ]

    def _link(self, child: Subject, key: ForeignKey, *, ambiguous: bool) -> Link:
        parent = self._subjects[key.ref_table]
        words = split_name(key.columns[0])
        bare = words[:-1] if len(words) > 1 and words[-1] in _KEY_ENDS else []
        role = " ".join(bare or (words if ambiguous else []))
        clear = (
            role
            and role != child.one
            and len(key.columns) == 1
            and all(len(word) > 3 for word in role.split())
        )
        return Link(child, parent, key, role if clear else parent.one)


def _told_apart(table: Table, noun: str, shared: Counter[str]) -> str:
    """The noun, with the schema's name before it where another table has the same."""
    return (
        f"{' '.join(split_name(table.schema))} {noun}"
        if table.schema and shared[noun] > 1
        else noun
    )
