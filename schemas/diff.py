"""The differences between two catalogs of one database.

`mome tune` shows them to the user and, on a refresh, retrains the facts that they affect.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.catalog import FullCatalog, FullColumn, FullForeignKey, FullTable, Scalar

# A column may list up to 50 values; a line of the difference names only the first few.
_SHOWN_VALUES = 5


@dataclass(frozen=True)
class Change:
    """One difference."""

    object: str
    """`table` or `table.column`, spelled as in the newer catalog (the older one if removed)."""
    kind: str
    """added, removed, type, nullable, comment, enum, values, key or kind (table, view)."""
    line: str
    """The difference as a sentence, such as `orders.status: new values 'returned'`."""


@dataclass(frozen=True)
class CatalogDiff:
    """All differences, sorted; false if there is none.

    Row counts, value ranges and problems are not compared.
    """

    changes: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.changes)

    @property
    def objects(self) -> frozenset[str]:
        """The changed tables and columns; facts that use none of them remain valid."""
        return frozenset(change.object for change in self.changes)

    def lines(self) -> tuple[str, ...]:
        """Return one line for each change."""
        return tuple(change.line for change in self.changes)


def diff(old: FullCatalog, new: FullCatalog) -> CatalogDiff:
    """Compare two catalogs of one database."""
    before = {table.key: table for table in old.tables}
    after = {table.key: table for table in new.tables}
    changes: list[Change] = []
    for key in after.keys() - before.keys():
        changes.append(Change(key, "added", f"{key}: new {_kind_name(after[key])}"))
    for key in before.keys() - after.keys():
        changes.append(Change(key, "removed", f"{key}: {_kind_name(before[key])} is gone"))
    for key in before.keys() & after.keys():
        changes += _table_changes(before[key], after[key])
    # The keys were compared as sets, which have no order.
    changes.sort(key=lambda change: (change.object, change.kind, change.line))
    return CatalogDiff(tuple(changes))


def _kind_name(table: FullTable) -> str:
    return table.kind.replace("_", " ")


def _table_changes(old: FullTable, new: FullTable) -> Iterator[Change]:
    key = new.key
    if old.kind != new.kind:
        yield Change(key, "kind", f"{key}: was a {_kind_name(old)}, is a {_kind_name(new)}")
    if old.comment != new.comment:
        yield Change(key, "comment", f"{key}: comment is now {new.comment!r}")
    yield from _key_changes(old, new)
    before = {column.name: column for column in old.columns}
    after = {column.name: column for column in new.columns}
    for name in after.keys() - before.keys():
        yield Change(f"{key}.{name}", "added", f"{key}.{name}: new column, {after[name].type}")
    for name in before.keys() - after.keys():
        yield Change(f"{key}.{name}", "removed", f"{key}.{name}: column is gone")
    for name in before.keys() & after.keys():
        yield from _column_changes(f"{key}.{name}", before[name], after[name])


def _key_changes(old: FullTable, new: FullTable) -> Iterator[Change]:
    before = _described_keys(old)
    after = _described_keys(new)
    for key in after - before:
        yield Change(new.key, "key", f"{new.key}: new {key}")
    for key in before - after:
        yield Change(new.key, "key", f"{new.key}: no longer {key}")


def _described_keys(table: FullTable) -> set[str]:
    keys = set()
    if table.primary_key:
        keys.add(f"primary key ({', '.join(table.primary_key)})")
    for names in table.unique:
        keys.add(f"unique ({', '.join(names)})")
    for key in table.foreign_keys:
        keys.add(_described_foreign_key(key))
    return keys


def _described_foreign_key(key: FullForeignKey) -> str:
    prefix = "inferred " if key.inferred else ""
    columns = ", ".join(key.columns)
    ref_columns = ", ".join(key.ref_columns)
    return f"{prefix}foreign key ({columns}) to {key.ref_table} ({ref_columns})"


def _column_changes(name: str, old: FullColumn, new: FullColumn) -> Iterator[Change]:
    if old.type != new.type:
        before = old.type or "undeclared"
        after = new.type or "undeclared"
        yield Change(name, "type", f"{name}: type was {before}, is {after}")
    if old.nullable != new.nullable:
        state = "may be null now" if new.nullable else "is never null now"
        yield Change(name, "nullable", f"{name}: {state}")
    if old.comment != new.comment:
        yield Change(name, "comment", f"{name}: comment is now {new.comment!r}")
    if old.enum != new.enum:
        yield Change(name, "enum", f"{name}: {_list_change('allowed values', old.enum, new.enum)}")
    if old.values != new.values:
        yield Change(name, "values", f"{name}: {_list_change('values', old.values, new.values)}")


def _list_change(what: str, old: tuple[Scalar, ...] | None, new: tuple[Scalar, ...] | None) -> str:
    if new is None:
        return f"{what} are no longer listed"
    if old is None:
        return f"{what} are listed now: {_first_values(new)}"
    added = [value for value in new if value not in old]
    removed = [value for value in old if value not in new]
    parts = []
    if added:
        parts.append(f"new {what} {_first_values(added)}")
    if removed:
        parts.append(f"{what} gone {_first_values(removed)}")
    return ", ".join(parts) or f"{what} are in another order"


def _first_values(values: Sequence[Scalar]) -> str:
    shown = ", ".join(repr(value) for value in values[:_SHOWN_VALUES])
    hidden = len(values) - _SHOWN_VALUES
    return f"{shown} and {hidden} more" if hidden > 0 else shown
