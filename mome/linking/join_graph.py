"""Join paths over a catalog's keys; SQL may then leave joins out. Linking and decoding call it."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from mome.catalog import Catalog, Table
from mome.linking.names import name_stems


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
    a match. Where the words of a question name one role alone, its key joins the tables. Otherwise
    the first does; declared keys come before inferred ones.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._edges: dict[str, dict[str, tuple[Edge, ...]]] = {
            table.key: {} for table in catalog.tables
        }
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

    def path(
        self, sources: Iterable[str], targets: Iterable[str], said: Collection[str] = ()
    ) -> list[Edge] | None:
        """Return the shortest chain of joins from any source to any target; None if there is none.

        said: stems of the question's words, which may name the role of a key.
        """
        goal = set(targets)
        before: dict[str, Edge | None] = {source: None for source in sources}
        queue = deque(before)
        while queue:
            here = queue.popleft()
            if here in goal:
                return self._unwind(before, here)
            for there, edges in self._edges[here].items():
                if there not in before:
                    before[there] = _meant(edges, said)
                    queue.append(there)
        return None

    @staticmethod
    def _unwind(before: dict[str, Edge | None], here: str) -> list[Edge]:
        path: list[Edge] = []
        while (edge := before[here]) is not None:
            path.append(edge)
            here = edge.left
        return path[::-1]

    def tree(self, tables: Sequence[str], said: Collection[str] = ()) -> list[Edge] | None:
        """Return joins that connect all `tables`, from the first on and through others where
        needed; None if they are not connected.

        said: as for `path`.
        """
        joined = list(tables[:1])
        left = [table for table in tables[1:] if table not in joined]
        edges: list[Edge] = []
        while left:
            path = self.path(joined, left, said)
            if path is None:
                return None
            edges += path
            joined += [edge.right for edge in path]
            left = [table for table in left if table not in joined]
        return edges


def _meant(edges: Sequence[Edge], said: Collection[str]) -> Edge:
    """Return the only edge whose role is named, or the first."""
    if len(edges) == 1 or not said:
        return edges[0]
    named = [edge for edge, role in zip(edges, _roles(edges), strict=True) if _names(said, role)]
    return named[0] if len(named) == 1 else edges[0]


def _roles(edges: Sequence[Edge]) -> list[frozenset[str]]:
    """Return for each edge the stems of its columns that no other edge has."""
    own = []
    for edge in edges:
        columns = [column for pair in edge.pairs for column in pair]
        own.append(frozenset().union(*map(name_stems, columns)))
    roles = []
    for at, stems in enumerate(own):
        others = frozenset().union(*(other for there, other in enumerate(own) if there != at))
        roles.append(stems - others)
    return roles


def _names(said: Collection[str], role: frozenset[str]) -> bool:
    """Return whether a word of the question is in the role, or a verb of which it is the agent."""
    for word in said:
        # The winner wins and the owner owns: a key is named after who does it.
        agents = {word, f"{word}er", f"{word}{word[-1:]}er", f"{word}or"}
        if agents & role:
            return True
    return False
