"""Sums and averages over rows that a join repeats ("fan-out").

`SELECT SUM(orders.total) FROM orders JOIN lines ON ...` adds a total once for every line of its
order. `candidates` refuses such a query, or says what it repeats. Covered: SUM and AVG over columns
of one table, in SELECTs that read tables of the catalog alone. Not covered: COUNT, which people
often mean of the joined rows, and joins by anything but equal columns.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from mome.answering.join_columns import (
    column_of,
    equal_columns,
    keys_of,
    rows_only,
    written_out,
)
from mome.catalog import Catalog, Table
from mome.linking.names import all_stems, name_stems
from mome.sql_tree import sources, tables_in

_AGGREGATES = (exp.Sum, exp.Avg)


@dataclass(frozen=True)
class FanOut:
    """An aggregate over columns of a table whose rows a join repeats."""

    measure: exp.Expr
    """The SUM or AVG."""
    table: Table
    """The table whose columns it reads."""
    path: tuple[tuple[str, Table], ...]
    """(alias, table) from the measured table to the one that `repeated_by` is joined to."""
    repeated_by: Table
    is_crossing: bool
    """Whether the path leads through a table of fewer rows, such as orders - customer - payments.

    No question means that: each order is paired with all payments of its customer.
    """

    def describe(self) -> str:
        """Return what is repeated, as the end of a sentence."""
        columns = sorted({column.name for column in self.measure.find_all(exp.Column)})
        name = ", ".join(f"{self.table.key}.{column}" for column in columns)
        return f"it counts {name} once for every row of {self.repeated_by.key}"

    def is_asked(self, question: str) -> bool:
        """Return whether the question names what repeats the rows, so that the repetition may be
        meant: the prices of all books *sold*.
        """
        own = name_stems(self.repeated_by.name) - name_stems(self.table.name)
        return not self.is_crossing and bool(own & all_stems([question]))

    def probe(self) -> exp.Select | None:
        """Return a query that has a row if rows are repeated within a group of the result; None if
        a table on the path has no key.
        """
        select = self.measure.parent_select
        assert select is not None, "fan_outs found the measure in a SELECT"
        keys = [exp.column(name, table=alias) for alias, name in self._key_columns()]
        if not keys:
            return None
        # Only what chooses and groups rows matters.
        probe = rows_only(select)
        group = select.args.get("group")
        # A group by position or alias is written out, since the probe shows no columns.
        dimensions = [written_out(node, select) for node in group.expressions] if group else []
        probe = probe.group_by(*dimensions, *keys)
        return probe.having("COUNT(*) > 1").limit(1)

    def _key_columns(self) -> list[tuple[str, str]]:
        found = []
        for alias, table in self.path:
            key = next(keys_of(table), ())
            if not key:
                return []
            found += [(alias, name) for name in key]
        return found


def fan_outs(tree: exp.Expr, catalog: Catalog) -> list[FanOut]:
    """Return the aggregates of a query whose rows the keys of its joins allow to repeat."""
    found: list[FanOut] = []
    for select in tree.find_all(exp.Select):
        tables = dict(tables_in(select, catalog))
        # Rows of a subquery or a CTE have keys that are not in the catalog.
        if len(tables) < 2 or len(tables) != len(sources(select)):
            continue
        joins = _Joins(select, tables)
        for measure in select.find_all(*_AGGREGATES):
            alias = _only_alias(measure, select, tables)
            if alias:
                found += joins.repeating(measure, alias)
    return found


class _Joins:
    """Which columns of which tables a SELECT sets equal."""

    def __init__(self, select: exp.Select, tables: dict[str, Table]) -> None:
        self._tables = tables
        # Columns of the second alias that equal columns of the first.
        self._equal: dict[tuple[str, str], set[str]] = defaultdict(set)
        for (one, left), (other, right) in equal_columns(select, tables):
            self._equal[one, other].add(right)
            self._equal[other, one].add(left)

    def repeating(self, measure: exp.Expr, start: str) -> Iterator[FanOut]:
        """Yield a fan-out for each table, on the paths from `start`, that repeats rows."""
        paths: dict[str, tuple[str, ...]] = {start: (start,)}
        queue = deque([start])
        while queue:
            here = queue.popleft()
            for there in self._tables:
                if there in paths or (here, there) not in self._equal:
                    continue
                paths[there] = (*paths[here], there)
                queue.append(there)
                if not self._is_unique(here, there):
                    path = tuple((alias, self._tables[alias]) for alias in paths[here])
                    yield FanOut(
                        measure,
                        self._tables[start],
                        path,
                        self._tables[there],
                        self._narrows(paths[here]),
                    )

    def _is_unique(self, here: str, there: str) -> bool:
        """Return whether a row of `here` is joined to one row of `there` at most."""
        equal = self._equal[here, there]
        return any({name.lower() for name in key} <= equal for key in keys_of(self._tables[there]))

    def _narrows(self, path: tuple[str, ...]) -> bool:
        """Return whether several rows at the path's start share a row at a later step."""
        steps = zip(path, path[1:], strict=False)
        return any(self._is_unique(a, b) and not self._is_unique(b, a) for a, b in steps)


def _only_alias(measure: exp.Expr, select: exp.Select, tables: dict[str, Table]) -> str:
    """Return the alias whose columns the aggregate reads; empty if there are several or none, or
    if it reads each value once or is no aggregate of this SELECT's groups.
    """
    is_window = isinstance(measure.parent, exp.Window)
    if measure.parent_select is not select or is_window or isinstance(measure.this, exp.Distinct):
        return ""
    named = [column_of(column, tables) for column in measure.find_all(exp.Column)]
    aliases = {found[0] if found else "" for found in named}
    return aliases.pop() if len(aliases) == 1 else ""
