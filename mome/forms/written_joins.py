"""Read the joins of a SQL query, and what a form would call its tables. `shorten` uses it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from mome.catalog import ForeignKey, Table
from mome.errors import NotExpressible
from mome.forms.context import Context
from mome.forms.joins import ImpliedJoin
from mome.forms.nodes import FormColumn
from mome.forms.roles import Handle, key_from, pairs_of, usable_keys
from mome.forms.trees import given_arguments, sources

Place = tuple[str, str]
"""A source and one of its columns."""
Equal = tuple[frozenset[tuple[Handle, str]], bool]
"""Two columns that a join sets equal, and whether it is a LEFT JOIN."""


@dataclass(frozen=True)
class WrittenJoins:
    """The joins of a query of tables that are joined on equal columns."""

    tables: dict[str, Table]
    """Its tables by their ids, in their order."""
    optional: tuple[str, ...]
    """The sources of LEFT JOINs."""
    equal: tuple[tuple[Place, Place, bool], ...]
    """Columns that are equal, and whether by a LEFT JOIN."""

    def by_handle(self, handles: dict[str, Handle]) -> set[Equal]:
        """Return the conditions by what the form calls the tables."""
        found = set()
        for left, right, is_left in self.equal:
            sides = frozenset(((handles[left[0]], left[1]), (handles[right[0]], right[1])))
            found.add((sides, is_left))
        return found


def implied_equal(links: Sequence[ImpliedJoin]) -> set[Equal]:
    """Return the conditions of implied joins."""
    found = set()
    for link in links:
        for left, right in link.pairs:
            sides = frozenset(((link.parent, left), (link.handle, right)))
            found.add((sides, link.is_left))
    return found


def read_joins(select: exp.Select, context: Context) -> WrittenJoins | None:
    """Return the joins of a query; None if one has another condition or reads no table."""
    tables: dict[str, Table] = {}
    for node in sources(select):
        table = context.table(node.alias)
        if table is None:
            return None
        tables[node.alias] = table
    optional: list[str] = []
    equal: list[tuple[Place, Place, bool]] = []
    for join in select.args.get("joins") or []:
        is_known = set(given_arguments(join)) <= {"this", "on", "side", "kind"}
        if not is_known or join.side not in ("", "LEFT") or join.kind not in ("", "INNER", "OUTER"):
            return None
        if join.side:
            optional.append(join.this.alias)
        # A table after a LEFT JOIN may be joined to it and so take its empty rows away.
        elif optional:
            return None
        for sides in _equalities(join.args.get("on")):
            if sides is None or not {sides[0][0], sides[1][0]} <= set(tables):
                return None
            equal.append((*sides, bool(join.side)))
    return WrittenJoins(tables, tuple(optional), tuple(equal))


def _equalities(on: exp.Expr | None) -> Iterator[tuple[Place, Place] | None]:
    """Yield the columns that a condition sets equal; None for any other part of it."""
    if on is None:
        return
    for part in on.flatten() if isinstance(on, exp.And) else [on]:
        bare = part.unnest()
        left, right = bare.args.get("this"), bare.args.get("expression")
        is_equal = isinstance(bare, exp.EQ) and isinstance(left, FormColumn)
        if is_equal and isinstance(right, FormColumn):
            yield (left.table, left.name), (right.table, right.name)
        else:
            yield None


def handles_of(joins: WrittenJoins, context: Context) -> dict[str, Handle] | None:
    """Return what a form calls the tables; None if two would have the same handle.

    A table that is read twice, or joined by another key than the default one, is called by the key
    that leads to it.
    """
    counts = Counter(table.key for table in joins.tables.values())
    leading: dict[str, list[Place]] = {source: [] for source in joins.tables}
    for child, parent, key in _keys(joins, context):
        is_default = _is_default(joins.tables[child], joins.tables[parent], key, context)
        if counts[joins.tables[parent].key] > 1 or not is_default:
            leading[parent].append((child, key.columns[0]))
    handles: dict[str, Handle] = {}
    for source in joins.tables:
        handle = _handle(source, leading, joins, ())
        if handle is None or handle in handles.values():
            return None
        handles[source] = handle
    return handles


def _handle(
    source: str, leading: dict[str, list[Place]], joins: WrittenJoins, below: tuple[str, ...]
) -> Handle | None:
    """Return the handle of a source; None if its keys lead in a circle."""
    if len(leading[source]) != 1:
        return (joins.tables[source].key,)
    child, column = leading[source][0]
    if child in below:
        return None
    parent = _handle(child, leading, joins, (*below, source))
    return None if parent is None else (*parent, column)


def _keys(joins: WrittenJoins, context: Context) -> Iterator[tuple[str, str, ForeignKey]]:
    """Yield (referencing source, referenced source, key) for the joins that follow a key."""
    pairs: dict[tuple[str, str], set[Place]] = {}
    for left, right, _ in joins.equal:
        pairs.setdefault((left[0], right[0]), set()).add((left[1], right[1]))
        pairs.setdefault((right[0], left[0]), set()).add((right[1], left[1]))
    for (child, parent), equal in pairs.items():
        for key in usable_keys(context.catalog, joins.tables[child]):
            is_this = set(pairs_of(key)) == equal and child != parent
            target = context.catalog.table(key.ref_table)
            if is_this and target is joins.tables[parent] and _is_named(key, child, joins, context):
                yield child, parent, key
                break


def _is_named(key: ForeignKey, child: str, joins: WrittenJoins, context: Context) -> bool:
    """Return whether a key is the one that its first column names."""
    try:
        return key_from(context.catalog, joins.tables[child], key.columns[0]) == key
    except NotExpressible:
        return False


def _is_default(child: Table, parent: Table, key: ForeignKey, context: Context) -> bool:
    edges = context.graph.between(child.key, parent.key)
    return bool(edges) and set(edges[0].pairs) == set(pairs_of(key))
