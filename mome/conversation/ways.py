"""The ways over keys from the rows of an answer to the rows that they belong to: from an order line
to its order, to the customer who placed it, and to the customer's country.

A value or a noun of a follow-up may be reached in several ways, for a book's author has a country
too. `best_ways` puts them in order; `Conversation` tells the others as other readings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from mome.catalog import Catalog, ForeignKey, Table
from mome.conversation.clauses import anchors, set_anchors
from mome.conversation.scene import FollowUp
from mome.forms.nodes import FormColumn, form_column, steps
from mome.forms.roles import owner, usable_keys
from mome.linking.names import name_stems, name_words, stem

LONGEST_WAY = 4
"""Maximum number of keys of a way; there are more of longer ones than anybody means."""
# Who does what is counted: an order is its customer's more than its store's or its book's author's.
_DOERS = frozenset(
    map(
        stem,
        "customer client buyer consumer shopper user member person people account subscriber "
        "patient student pupil guest visitor passenger player employee voter donor tenant".split(),
    )
)


@dataclass(frozen=True)
class Way:
    """A chain of keys from a table of the answer to another table."""

    start: Table
    steps: tuple[tuple[ForeignKey, Table], ...]
    """Each key with the table that it leads to."""

    @property
    def holders(self) -> tuple[Table, ...]:
        """The tables between the answer's and the last one: the customer of the country."""
        return tuple(table for _, table in self.steps[:-1])

    def column(self, name: str) -> FormColumn:
        """Return a column of the last table, reached from the one before it."""
        if len(self.steps) < 2:
            return form_column(self.steps[-1][1].key, name)
        key, _ = self.steps[-1]
        return form_column(self.holders[-1].key, name, (key.columns[0],))


def best_ways(scene: FollowUp, target: Table) -> list[Way]:
    """Return the ways from the answer's rows to a table, the likeliest first; those of equal
    likelihood as the keys are declared.
    """
    found = [way for start in _starts(scene) for way in _ways(start, target, scene.catalog)]
    return sorted(found, key=lambda way: _unlikely(way, scene))


def _starts(scene: FollowUp) -> list[Table]:
    """Return the tables of the answer to which no key of its other tables leads."""
    tables = _read_tables(scene)
    referred = {key.ref_table for table in tables for key in table.foreign_keys}
    return [table for table in tables if table.key not in referred]


def _read_tables(scene: FollowUp) -> list[Table]:
    """Return all tables that the answer reads, with those that its form leaves out."""
    keys = [table.key for table in scene.tables]
    edges = scene.linker.graph.tree(keys) or []
    found = (scene.catalog.table(key) for key in dict.fromkeys([*keys, *(e.right for e in edges)]))
    return [table for table in found if table is not None]


def _ways(start: Table, target: Table, catalog: Catalog) -> Iterator[Way]:
    open_ways = [Way(start, ())]
    while open_ways:
        way = open_ways.pop(0)
        here = way.steps[-1][1] if way.steps else start
        if here is target and way.steps:
            yield way
            continue
        if len(way.steps) == LONGEST_WAY:
            continue
        seen = {start.key, *(table.key for _, table in way.steps)}
        for key in usable_keys(catalog, here):
            there = catalog.table(key.ref_table)
            if there is not None and there.key not in seen:
                open_ways.append(Way(start, (*way.steps, (key, there))))


def _unlikely(way: Way, scene: FollowUp) -> tuple[bool, bool, bool, bool, int]:
    """Return what makes a way unlikely, what weighs most first."""
    said = {stem(word.text) for word in scene.words}
    shown = {table.key for table in scene.shown_tables}
    is_named = any(name_stems(table.name) <= said for table in way.holders)
    is_shown = bool(way.holders) and way.holders[-1].key in shown
    # A line of an order is a part of it: whoever placed the order bought what is on the line.
    first = way.steps[0][0]
    is_part = set(first.columns) < set(way.start.primary_key)
    is_doer = any(name_stems(table.name) & _DOERS for table in way.holders)
    return not is_named, not is_shown, not is_part, not is_doer, len(way.steps)


def told_way(tree: exp.Query, catalog: Catalog) -> str:
    """Return whose row a form means where several keys lead to its table: `the country is that of
    the store`. Empty if it names no key.
    """
    for column in tree.find_all(FormColumn):
        if column.args.get("keys"):
            table = owner(catalog, steps(column))
            holder = owner(catalog, steps(column)[:-1])
            return f"the {_spoken(table)} is that of the {_spoken(holder)}"
    return ""


def _spoken(table: Table) -> str:
    return " ".join(name_words(table.name))


@dataclass(frozen=True)
class Reached:
    """A column of a table that the answer need not read yet."""

    node: FormColumn
    holders: tuple[Table, ...] = ()
    """The tables on the way to it."""
    tables: tuple[Table, ...] = ()
    """All tables that the answer reads then, each joined by one key to those before it."""

    def join(self, tree: exp.Select) -> None:
        """Read the tables on the way. All are named, for a shorter way could lead elsewhere."""
        kept = anchors(tree)
        if self.holders and kept is not None:
            set_anchors(tree, [*kept, *(table.key for table in self.tables)])


def reach(scene: FollowUp, table: Table, name: str) -> Reached:
    """Return a column of a table as the answer's rows reach it."""
    if table in scene.tables:
        return Reached(form_column(table.key, name))
    found = best_ways(scene, table)
    if not found:
        return Reached(form_column(table.key, name))
    way = found[min(scene.way, len(found) - 1)]
    return Reached(way.column(name), way.holders, (*_read_tables(scene), *way.holders))
