"""A database from which questions are drawn: its tables and columns by the role that they can play.

Every family of questions draws through a `Scene`, so that one seed gives one list of questions.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from mome.catalog import Catalog
from mome.errors import NotExpressible
from mome.forms.forms import Forms
from mome.pretrain.sampling.naming import (
    HALF_SAID,
    is_point,
    is_said,
    is_sayable,
    is_update,
    quoted,
)
from mome.pretrain.sampling.running import run
from schemas import FullCatalog
from schemas.catalog import FullColumn
from training_data.language import column_roles as roles
from training_data.language.subjects import Database, Link, Subject
from training_data.language.words import split_name

T = TypeVar("T")

MOST_STORED = 200
"""Number of distinct values read of a column that the catalog does not list."""
MOST_SHOWN = 4
"""The most columns that a question lists by name."""
_EXTREMES = frozenset("min max minimum maximum avg average mean total median".split())
_HIDDEN = frozenset({"binary", "other"})


class Scene:
    """A database with its tables by role, and the random numbers that draw from it."""

    def __init__(self, catalog: FullCatalog, path: Path, seed: int) -> None:
        """Open the SQLite file `path`, which `catalog` describes, read-only."""
        self.rng = random.Random(seed)
        self.connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        # Values that are not UTF-8 would raise at the first row that holds one.
        self.connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        self.forms = Forms(Catalog.from_dict(catalog.to_dict()))
        self.database = Database(catalog)
        self.subjects = tuple(subject for subject in self.database.subjects() if subject.table.rows)
        self._stored: dict[tuple[str, str], tuple[object, ...]] = {}
        self._nulls: dict[tuple[str, str], bool] = {}
        self._periods: dict[tuple[str, str], bool] = {}

    def pick(self, items: Sequence[T]) -> T | None:
        """Return one of the items; None if there are none."""
        return self.rng.choice(items) if items else None

    def chance(self, probability: float) -> bool:
        """Return True with this probability."""
        return self.rng.random() < probability

    def some(self, items: Sequence[T], most: int) -> list[T]:
        """Return 1 to `most` different items in their order; fewer if there are fewer."""
        number = self.rng.randint(1, min(most, len(items))) if items else 0
        chosen = sorted(self.rng.sample(range(len(items)), number))
        return [items[index] for index in chosen]

    # Tables.

    def table(self) -> Subject | None:
        """Return a table with rows."""
        return self.pick(self.subjects)

    def named_table(self) -> Subject | None:
        """Return a table with rows that have a name."""
        return self.pick([subject for subject in self.subjects if subject.names])

    def measured_table(self) -> Subject | None:
        """Return a table with rows that have a measure."""
        return self.pick([subject for subject in self.subjects if subject.measures])

    def dated_table(self) -> Subject | None:
        """Return a table with rows that have a date or a year."""
        return self.pick([subject for subject in self.subjects if self.dates(subject)])

    def parents(self, subject: Subject) -> tuple[Link, ...]:
        """Return the links to tables with rows that this one refers to, each by one key alone."""
        links = self.database.parents(subject)
        return tuple(link for link in links if self._is_clear(link) and link.parent.table.rows)

    def children(self, subject: Subject) -> tuple[Link, ...]:
        """Return the links from tables with rows that refer to this one, each by one key alone."""
        links = self.database.children(subject)
        return tuple(link for link in links if self._is_clear(link) and link.child.table.rows)

    def _is_clear(self, link: Link) -> bool:
        """Return True if no other key links the two tables, and they are two.

        The forms here name tables, not keys: of two keys they would not say which is meant.
        """
        parent, child = link.parent.table.key, link.child.table.key
        there = [one.parent.table.key for one in self.database.parents(link.child)]
        back = [one.parent.table.key for one in self.database.parents(link.parent)]
        return parent != child and there.count(parent) == 1 and child not in back

    def named_parents(self, subject: Subject) -> tuple[Link, ...]:
        """Return the links to parents whose rows have a name."""
        return tuple(link for link in self.parents(subject) if link.parent.names)

    # Columns.

    def dates(self, subject: Subject) -> tuple[FullColumn, ...]:
        """Return the dates and years of which periods can be asked."""
        columns = subject.table.columns
        return tuple(column for column in columns if self._has_periods(subject, column))

    def date(self, subject: Subject) -> FullColumn | None:
        """Return a date or year; seldom one that software keeps for itself."""
        dates = self.dates(subject)
        main = [column for column in dates if not is_update(column)]
        return self.pick(main if main and self.chance(0.9) else dates)

    def full_dates(self, subject: Subject) -> tuple[FullColumn, ...]:
        """Return the dates with a day, without those that hold a year alone."""
        return tuple(column for column in self.dates(subject) if roles.is_date(column))

    def categories(self, subject: Subject) -> tuple[FullColumn, ...]:
        """Return the categories to group or filter by; a year is asked for by its period."""
        dated = self.dates(subject)
        return tuple(
            column
            for column in subject.groupings
            if column not in dated
            and split_name(column.name)[-1] not in HALF_SAID
            and is_sayable(column)
            and (not roles.is_flag(column) or split_name(column.name)[0] == "is")
        )

    def measures(self, subject: Subject) -> tuple[FullColumn, ...]:
        """Return the columns with numbers of which an average is asked."""
        return tuple(
            column
            for column in subject.measures
            if is_sayable(column) and not column.excluded and not is_point(column)
        )

    def additive(self, subject: Subject) -> tuple[FullColumn, ...]:
        """Return the measures whose sum is asked for; nobody adds up lowest salaries."""
        return tuple(
            column
            for column in filter(roles.is_additive, self.measures(subject))
            if not _EXTREMES & set(split_name(column.name)[:-1])
        )

    def shown(self, subject: Subject, besides: Sequence[FullColumn] = ()) -> list[FullColumn]:
        """Return one or several columns to show: mostly those by which people know a row.

        `besides`: columns that say nothing, since all rows have one value there.
        """
        keys = [column for column in subject.table.columns if roles.is_key(subject.table, column)]
        others = [
            column
            for column in filter(is_sayable, subject.table.columns)
            if column not in (*keys, *subject.label, *besides) and column.family not in _HIDDEN
        ]
        extra = self.some(others, MOST_SHOWN - 1) if self.chance(0.6) else []
        known = [column for column in subject.label if column not in besides]
        label = known if subject.names or not extra or self.chance(0.5) else []
        return [*label, *extra] or extra

    def group_by(self, subject: Subject) -> list[str]:
        """Return the columns to group by for one group a row: the name, and the key of namesakes.

        Two customers of one name are two groups.
        """
        return [self.ref(subject, name) for name in subject.grouping()]

    # Values.

    def stored(self, subject: Subject, column: FullColumn) -> tuple[object, ...]:
        """Return values that the column stores and that fit into a question."""
        key = (subject.table.key, column.name)
        if key not in self._stored:
            self._stored[key] = self._read_stored(subject, column)
        return self._stored[key]

    def has_nulls(self, subject: Subject, column: FullColumn) -> bool:
        """Return True if some rows have a value in this column and some have none."""
        key = (subject.table.key, column.name)
        if key not in self._nulls:
            counts = f"COUNT(*), COUNT({quoted(column.name)})"
            ((rows, filled),) = self._read(f"SELECT {counts} FROM {_table_name(subject)}")
            self._nulls[key] = 0 < filled < rows
        return self._nulls[key]

    def rows(self, form: str) -> list[tuple]:
        """Return the first rows that a form finds; none if it does not compile or run."""
        try:
            return run(self.connection, self.forms.decode(form))
        except (NotExpressible, sqlite3.Error):
            return []

    # Spelling.

    def ref(self, subject: Subject, column: FullColumn | str) -> str:
        """Return the name of a column in a form."""
        name = column if isinstance(column, str) else column.name
        return f"{_table_name(subject)}.{quoted(name)}"

    def refs(self, subject: Subject, columns: Sequence[FullColumn]) -> list[str]:
        """Return the names of several columns in a form."""
        return [self.ref(subject, column) for column in columns]

    def source(self, subject: Subject) -> str:
        """Return the name of a table in a form."""
        return _table_name(subject)

    def _has_periods(self, subject: Subject, column: FullColumn) -> bool:
        """Return True if the column stores dates that forms know, and their range is known."""
        key = (subject.table.key, column.name)
        if key not in self._periods:
            is_dated = roles.is_date(column) or roles.is_year(column)
            is_known = bool(is_dated and column.min not in (None, "") and not column.excluded)
            self._periods[key] = is_known and self._is_read_back(
                f"SELECT COUNT(*) WHERE DURING({self.ref(subject, column)}, '2020')"
            )
        return self._periods[key]

    def _is_read_back(self, form: str) -> bool:
        """Return True if forms know how the column stores dates, and so find the period again."""
        try:
            return "DURING" in self.forms.encode(self.forms.decode(form))
        except NotExpressible:
            return False

    def _read_stored(self, subject: Subject, column: FullColumn) -> tuple[object, ...]:
        if column.excluded:
            return ()
        if column.values_complete:
            return tuple(filter(is_said, roles.askable(column)))
        name = quoted(column.name)
        rows = self._read(
            f"SELECT DISTINCT {name} FROM {_table_name(subject)} WHERE {name} IS NOT NULL "
            f"ORDER BY {name} LIMIT 20000"
        )
        values = [value for (value,) in rows if roles.is_short(value) and is_said(value)]
        # Evenly over all values, not the first ones of the alphabet.
        return tuple(values[:: max(1, len(values) // MOST_STORED)])

    def _read(self, sql: str) -> list[tuple]:
        return self.connection.execute(sql).fetchall()


def _table_name(subject: Subject) -> str:
    return quoted(subject.table.name)
