"""Which date people mean: the one by which verified and glossary queries select or group.

Follow-ups and questions that go on behind a verified one read it: an order has a day on which it
was placed and one on which it was shipped.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from sqlglot import exp

from mome.artifacts.facts import MemoryFact
from mome.catalog import Catalog, Column, Table
from mome.sql_tree import parsed, places, table_of

MOST_READ = 100
"""Number of queries that are read, of those that name a date column: parsing one takes about a
millisecond, and a memory may know 10,000.
"""
_GIVEN = ("verified", "glossary")


@dataclass(frozen=True)
class UsualDate:
    """A date column that queries given by people read."""

    table: str
    """The table's key."""
    column: str
    beside: frozenset[str]
    """Keys of the tables that these queries read. An order's day is that of its lines, but the day
    on which a store opened is none of its staff's.
    """

    @property
    def place(self) -> tuple[str, str]:
        """(table key, column)."""
        return self.table, self.column


def usual_dates(facts: Iterable[MemoryFact], catalog: Catalog) -> tuple[UsualDate, ...]:
    """Return the date columns that queries given by people read, the most frequent first."""
    counts: Counter[tuple[str, str]] = Counter()
    beside: dict[tuple[str, str], set[str]] = defaultdict(set)
    names = [column.name for table in catalog.tables for column in date_columns(table)]
    given = (fact for fact in facts if fact.kind in _GIVEN)
    dated = (fact for fact in given if any(name in fact.answer for name in names))
    for fact in islice(dated, MOST_READ):
        tree = parsed(fact.answer, catalog.dialect)
        if tree is None:
            continue
        read = [table_of(node, catalog) for node in tree.find_all(exp.Table)]
        # A range compares one column twice.
        for place in set(_dates(tree, catalog)):
            counts[place] += 1
            beside[place].update(table.key for table in read if table is not None)
    return tuple(UsualDate(*place, frozenset(beside[place])) for place, _ in counts.most_common())


def date_columns(table: Table) -> list[Column]:
    """Return the columns of a table that hold dates."""
    return [column for column in table.columns if column.family in ("date", "datetime")]


def _dates(tree: exp.Expr, catalog: Catalog) -> Iterable[tuple[str, str]]:
    for column in tree.find_all(exp.Column):
        for key, name in places(column, catalog):
            table = catalog.table(key)
            if table is not None and table.column(name) in date_columns(table):
                yield key, name
