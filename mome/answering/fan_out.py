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
        probe = exp.select("1")
        for part in ("from_", "joins", "where"):
            probe.set(part, _copied(select.args.get(part)))
        group = select.args.get("group")
        # A group by position or alias is written out, since the probe shows no columns.
        dimensions = [_written_out(node, select) for node in group.expressions] if group else []
        probe = probe.group_by(*dimensions, *keys)
        return probe.having("COUNT(*) > 1").limit(1)

    def _key_columns(self) -> list[tuple[str, str]]:
        found = []
        for alias, table in self.path:
            key = next(_keys(table), ())
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
        for node in _conditions(select):
            for equality in node.find_all(exp.EQ):
                self._add(equality.this, equality.expression)
        for join in select.args.get("joins") or []:
            for name in join.args.get("using") or []:
                self._add_shared(join.this.alias_or_name.lower(), name.name)

    def _add(self, left: exp.Expr, right: exp.Expr) -> None:
        if not isinstance(left, exp.Column) or not isinstance(right, exp.Column):
            return
        one, other = _alias_of(left, self._tables), _alias_of(right, self._tables)
        if one and other and one != other:
            self._equal[one, other].add(right.name.lower())
            self._equal[other, one].add(left.name.lower())

    def _add_shared(self, joined: str, name: str) -> None:
        """Add a column of USING, which the joined table shares with one before it."""
        for alias, table in self._tables.items():
            if alias == joined:
                break
            if table.column(name) is not None:
                self._add(exp.column(name, table=alias), exp.column(name, table=joined))

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
        return any({name.lower() for name in key} <= equal for key in _keys(self._tables[there]))

    def _narrows(self, path: tuple[str, ...]) -> bool:
        """Return whether several rows at the path's start share a row at a later step."""
        steps = zip(path, path[1:], strict=False)
        return any(self._is_unique(a, b) and not self._is_unique(b, a) for a, b in steps)


def _conditions(select: exp.Select) -> Iterator[exp.Expr]:
    """Yield the conditions of the joins, and WHERE, in which a comma join has its condition."""
    for join in select.args.get("joins") or []:
        if join.args.get("on") is not None:
            yield join.args["on"]
    if select.args.get("where") is not None:
        yield select.args["where"]


def _only_alias(measure: exp.Expr, select: exp.Select, tables: dict[str, Table]) -> str:
    """Return the alias whose columns the aggregate reads; empty if there are several or none, or
    if it reads each value once or is no aggregate of this SELECT's groups.
    """
    is_window = isinstance(measure.parent, exp.Window)
    if measure.parent_select is not select or is_window or isinstance(measure.this, exp.Distinct):
        return ""
    aliases = {_alias_of(column, tables) for column in measure.find_all(exp.Column)}
    return aliases.pop() if len(aliases) == 1 else ""


def _alias_of(column: exp.Column, tables: dict[str, Table]) -> str:
    if column.table:
        alias = column.table.lower()
        return alias if alias in tables else ""
    owners = [alias for alias, table in tables.items() if table.column(column.name) is not None]
    return owners[0] if len(owners) == 1 else ""


def _keys(table: Table) -> Iterator[tuple[str, ...]]:
    """Yield the columns of each key by which a row is unique."""
    for key in (table.primary_key, *table.unique):
        if key:
            yield key


def _copied(part: exp.Expr | list[exp.Expr] | None) -> exp.Expr | list[exp.Expr] | None:
    if isinstance(part, list):
        return [node.copy() for node in part]
    return part.copy() if part is not None else None


def _written_out(node: exp.Expr, select: exp.Select) -> exp.Expr:
    """Return the expression that a GROUP BY position or alias stands for."""
    if isinstance(node, exp.Literal) and node.is_int:
        return select.expressions[int(node.name) - 1].unalias().copy()
    if isinstance(node, exp.Column) and not node.table:
        for shown in select.expressions:
            if isinstance(shown, exp.Alias) and shown.alias == node.name:
                return shown.this.copy()
    return node.copy()
