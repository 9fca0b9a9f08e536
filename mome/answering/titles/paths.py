"""The ways from a table up to those that its rows refer to. Along them no row is repeated, so that
sums stay right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mome.answering.titles.columns import date_columns_of, main_date
from mome.answering.titles.naming import said_parts, unprefixed
from mome.answering.titles.said_words import Words, are_said, is_alike, parts_of
from mome.catalog import Catalog, Column, Table

LONGEST = 3
"""Maximum number of joins: a line of an order, its order, the customer, the customer's country."""
_KEY_ENDS = frozenset("id ids key code cd no number num nr fk ref by to uuid".split())


@dataclass(frozen=True)
class Hop:
    """A key from one table to another one."""

    column: str
    ref_column: str
    target: Table
    role: tuple[str, ...]
    """Parts of the column's name that do not name the target: `sales`, `rep` of `sales_rep_id`."""


Path = tuple[Hop, ...]
"""Keys to be followed from a table; empty for the table itself."""


@dataclass(frozen=True)
class RowDate:
    """A date of the rows of a table: its own, or one of what they belong to."""

    column: Column
    path: Path = ()


class Paths:
    """The keys of one catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._hops = {table.key: tuple(self._hops_of(table)) for table in catalog.tables}

    def _hops_of(self, table: Table) -> Iterator[Hop]:
        seen = set()
        for key in table.foreign_keys:
            target = self._catalog.table(key.ref_table)
            if target is None or len(key.columns) != 1 or len(key.ref_columns) != 1:
                continue
            if key.columns[0] not in seen:
                seen.add(key.columns[0])
                role = _role(unprefixed(key.columns[0], table), key.ref_columns[0], target)
                yield Hop(key.columns[0], key.ref_columns[0], target, role)

    def up(self, table: Table) -> list[Path]:
        """Return all ways of at most `LONGEST` keys, shortest first. A key to the own table is only
        followed from the start.
        """
        found: list[Path] = []
        level: list[Path] = [(hop,) for hop in self._hops[table.key]]
        for _ in range(LONGEST):
            found += level
            level = [(*path, hop) for path in level for hop in self._onward(table, path)]
        return found

    def _onward(self, table: Table, path: Path) -> Iterator[Hop]:
        passed = {table.key, *(hop.target.key for hop in path)}
        if path[0].target is table:
            return
        for hop in self._hops[path[-1].target.key]:
            if hop.target.key not in passed:
                yield hop

    def date_of(self, table: Table) -> RowDate | None:
        """Return the date that says when a row came about; None if that is not clear. The lines of
        an order have that of the order.
        """
        if date_columns_of(table):
            own = main_date(table)
            return RowDate(own) if own is not None else None
        found = []
        for hop in self._hops[table.key]:
            date = main_date(hop.target)
            if date is not None:
                found.append(RowDate(date, (hop,)))
        # The line of an order belongs to the order, and only names a product.
        owners = [one for one in found if self._share_a_word(one.path[0].target, table)]
        likely = owners or found
        return likely[0] if len(likely) == 1 else None

    def _share_a_word(self, one: Table, other: Table) -> bool:
        parts, others = said_parts(one, self._catalog), said_parts(other, self._catalog)
        return any(is_alike(a, b) for a in parts for b in others)

    def to(self, table: Table, target: Table, words: Words) -> Path | None:
        """Return the way to a table that a title means; None if it may mean another one as well.

        `words`: those that may say the role of a key.
        """
        ways = [path for path in self.up(table) if path[-1].target is target]
        if len(ways) == 1:
            return ways[0]
        plain = [path for path in ways if all(are_said(hop.role, words) for hop in path)]
        best = _shortest(plain) or _shortest([way for way in plain if _is_owner(table, way[0])])
        # Treatments have their own doctor, whose role is not said, and that of the appointment.
        is_far = best is not None and any(len(path) < len(best) for path in ways)
        return None if is_far else best


def _is_owner(table: Table, hop: Hop) -> bool:
    """Return whether the rows of a table are parts of those that a key leads to: the key tells them
    apart only together with another column, as the number of an invoice's line does.
    """
    keys = [key.columns for key in table.foreign_keys]
    others = [name for name in table.primary_key if (name,) not in keys]
    return hop.column in table.primary_key and len(table.primary_key) > 1 and bool(others)


def _shortest(ways: Sequence[Path]) -> Path | None:
    """Return the only shortest way."""
    short = [path for path in ways if len(path) == min(map(len, ways))]
    return short[0] if len(short) == 1 else None


def _role(column: Sequence[str], ref_column: str, target: Table) -> tuple[str, ...]:
    """Return what the parts of a key's name say beside its target."""
    named = (*parts_of(target.name), *parts_of(ref_column))
    parts = list(column)
    while len(parts) > 1 and parts[-1] in _KEY_ENDS:
        parts.pop()
    rest = [part for part in parts if part not in ("by", "fk")]
    return tuple(part for part in rest if not any(is_alike(part, name) for name in named))
