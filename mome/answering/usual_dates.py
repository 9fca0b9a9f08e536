"""Which date people mean: the one by which verified and glossary queries select or group.

Follow-ups and questions that go on behind a verified one read it: an order has a day on which it
was placed and one on which it was shipped.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp

from mome.artifacts.facts import MemoryFact
from mome.catalog import Catalog
from mome.sql_tree import parsed, places, table_of

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
    for fact in facts:
        tree = parsed(fact.answer, catalog.dialect) if fact.kind in _GIVEN else None
        if tree is None:
            continue
        read = [table_of(node, catalog) for node in tree.find_all(exp.Table)]
        # A range compares one column twice.
        for place in set(_dates(tree, catalog)):
            counts[place] += 1
            beside[place].update(table.key for table in read if table is not None)
    return tuple(UsualDate(*place, frozenset(beside[place])) for place, _ in counts.most_common())


def _dates(tree: exp.Expr, catalog: Catalog) -> Iterable[tuple[str, str]]:
    for column in tree.find_all(exp.Column):
        for key, name in places(column, catalog):
            table = catalog.table(key)
            owned = None if table is None else table.column(name)
            if owned is not None and owned.family in ("date", "datetime"):
                yield key, name
