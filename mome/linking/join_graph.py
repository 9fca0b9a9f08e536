"""Join paths over a catalog's keys; SQL may then leave joins out. Linking and decoding call it."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mome.catalog import Catalog, Table

_Place = tuple[str, bool]
"""A table of a path, and whether the step to it followed a key."""


@dataclass(frozen=True)
class Edge:
    """One join condition; each pair is (left column, right column)."""

    left: str
    right: str
    """Table keys."""
    pairs: tuple[tuple[str, str], ...]

    def turned(self) -> Edge:
        """Return the same condition seen from the other table."""
        return Edge(self.right, self.left, tuple((b, a) for a, b in self.pairs))


class JoinGraph:
    """The keys of a catalog as an undirected graph of tables.

    Two tables may have several keys, one for each role, such as the home team and the away team of
    a match. The first of them joins the tables; declared keys come before inferred ones.
    `answering.key_roles` puts the join on the key whose role a question names.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._edges: dict[str, dict[str, tuple[Edge, ...]]] = {
            table.key: {} for table in catalog.tables
        }
        self._refers: set[tuple[str, str]] = set()
        """(left, right) where the default join of two tables is a key of the left one."""
        # The first edge between two tables is the default, so declared keys come first.
        for inferred in (False, True):
            for table in catalog.tables:
                self._add_keys(catalog, table, inferred)

    def _add_keys(self, catalog: Catalog, table: Table, inferred: bool) -> None:
        """Add the declared or the inferred keys of one table. A key to the own table joins
        nothing.
        """
        for key in table.foreign_keys:
            target = catalog.table(key.ref_table)
            if key.inferred != inferred or target is None or target is table:
                continue
            # An engine may report a key without its columns; such a key gives no condition.
            if not key.columns or len(key.columns) != len(key.ref_columns):
                continue
            pairs = tuple(zip(key.columns, key.ref_columns, strict=True))
            self._add(Edge(table.key, target.key, pairs))

    def _add(self, edge: Edge) -> None:
        if not self.between(edge.left, edge.right):
            self._refers.add((edge.left, edge.right))
        for seen in (edge, edge.turned()):
            known = self._edges[seen.left].get(seen.right, ())
            if seen not in known:
                self._edges[seen.left][seen.right] = (*known, seen)

    def between(self, left: str, right: str) -> tuple[Edge, ...]:
        """Return every join condition between two tables, the default first."""
        return self._edges[left].get(right, ())

    def neighbours(self, table: str) -> Iterable[str]:
        """Return tables one join away."""
        return self._edges[table]

    def path(self, sources: Iterable[str], targets: Iterable[str]) -> list[Edge] | None:
        """Return the shortest chain of joins from any source to any target; None if there is none.

        Of equally short ones it takes one with fewer crossings: clients - projects - hours pairs
        each hour with one client, clients - owner - hours with all clients of the person's.
        """
        goal = set(targets)
        # Tables are told apart by whether the last step went to a table that is referred to.
        before: dict[_Place, tuple[Edge, _Place] | None] = {}
        queue: list[tuple[int, int, int, _Place, tuple[Edge, _Place] | None]] = []
        for source in sources:
            queue.append((0, 0, len(queue), (source, False), None))
        heapq.heapify(queue)
        number = len(queue)
        while queue:
            length, crossings, _, place, came = heapq.heappop(queue)
            if place in before:
                continue
            before[place] = came
            here, is_referred_to = place
            if here in goal:
                return self._unwind(before, place)
            for there, edges in self._edges[here].items():
                goes_up = (here, there) in self._refers
                crossed = crossings + (is_referred_to and not goes_up)
                step = (length + 1, crossed, number, (there, goes_up), (edges[0], place))
                heapq.heappush(queue, step)
                number += 1
        return None

    @staticmethod
    def _unwind(before: Mapping[_Place, tuple[Edge, _Place] | None], place: _Place) -> list[Edge]:
        path: list[Edge] = []
        while (came := before[place]) is not None:
            edge, place = came
            path.append(edge)
        return path[::-1]

    def tree(self, tables: Sequence[str]) -> list[Edge] | None:
        """Return joins that connect all `tables`, from the first on and through others where
        needed; None if they are not connected.
        """
        joined = list(tables[:1])
        left = [table for table in tables[1:] if table not in joined]
        edges: list[Edge] = []
        while left:
            path = self.path(joined, left)
            if path is None:
                return None
            edges += path
            joined += [edge.right for edge in path]
            left = [table for table in left if table not in joined]
        return edges
