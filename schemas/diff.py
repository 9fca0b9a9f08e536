"""The differences between two catalogs of one database.

`mome tune` shows them to the user and, on a refresh, retrains the facts that they affect.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.catalog import Catalog, Column, Scalar, Table

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


def diff(old: Catalog, new: Catalog) -> CatalogDiff:
    """Compare two catalogs of one database."""
    before, after = ({table.key: table for table in catalog.tables} for catalog in (old, new))
    changes = [
        Change(key, "added", f"{key}: new {_words(after[key].kind)}")
        for key in after.keys() - before.keys()
    ]
    changes += [
        Change(key, "removed", f"{key}: {_words(before[key].kind)} is gone")
        for key in before.keys() - after.keys()
    ]
    for key in before.keys() & after.keys():
        changes += _table_changes(before[key], after[key])
    return CatalogDiff(
        tuple(sorted(changes, key=lambda change: (change.object, change.kind, change.line)))
    )


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def _table_changes(old: Table, new: Table) -> Iterator[Change]:
    key = new.key
    if old.kind != new.kind:
        yield Change(key, "kind", f"{key}: was a {_words(old.kind)}, is a {_words(new.kind)}")
    if old.comment != new.comment:
        yield Change(key, "comment", f"{key}: comment is now {new.comment!r}")
    yield from _key_changes(old, new)
    before, after = ({column.name: column for column in table.columns} for table in (old, new))
    for name in after.keys() - before.keys():
        yield Change(f"{key}.{name}", "added", f"{key}.{name}: new column, {after[name].type}")
    for name in before.keys() - after.keys():
        yield Change(f"{key}.{name}", "removed", f"{key}.{name}: column is gone")
    for name in before.keys() & after.keys():
        yield from _column_changes(f"{key}.{name}", before[name], after[name])


def _key_changes(old: Table, new: Table) -> Iterator[Change]:
    before, after = _keys(old), _keys(new)
    for words in after - before:
        yield Change(new.key, "key", f"{new.key}: new {words}")
    for words in before - after:
        yield Change(new.key, "key", f"{new.key}: no longer {words}")


def _keys(table: Table) -> set[str]:
    keys = {f"primary key ({', '.join(table.primary_key)})"} if table.primary_key else set()
    keys |= {f"unique ({', '.join(names)})" for names in table.unique}
    return keys | {
        f"{'inferred ' if key.inferred else ''}foreign key ({', '.join(key.columns)}) to {key.ref_table} ({', '.join(key.ref_columns)})"
        for key in table.foreign_keys
    }


def _column_changes(name: str, old: Column, new: Column) -> Iterator[Change]:
    if old.type != new.type:
        yield Change(
            name,
            "type",
            f"{name}: type was {old.type or 'undeclared'}, is {new.type or 'undeclared'}",
        )
    if old.nullable != new.nullable:
        yield Change(
            name,
            "nullable",
            f"{name}: {'may be null now' if new.nullable else 'is never null now'}",
        )
    if old.comment != new.comment:
        yield Change(name, "comment", f"{name}: comment is now {new.comment!r}")
    if old.enum != new.enum:
        yield Change(name, "enum", f"{name}: {_list_change('allowed values', old.enum, new.enum)}")
    if old.values != new.values:
        yield Change(name, "values", f"{name}: {_list_change('values', old.values, new.values)}")


def _list_change(what: str, old: tuple[Scalar, ...] | None, new: tuple[Scalar, ...] | None) -> str:
    if old is None or new is None:
        return f"{what} are {'no longer listed' if new is None else 'listed now: ' + _some(new)}"
    added, gone = (
        [value for value in one if value not in other] for one, other in ((new, old), (old, new))
    )
    parts = ([f"new {what} {_some(added)}"] if added else []) + (
        [f"{what} gone {_some(gone)}"] if gone else []
    )
    return ", ".join(parts) or f"{what} are in another order"


def _some(values: tuple[Scalar, ...] | list[Scalar]) -> str:
    shown = ", ".join(repr(value) for value in values[:_SHOWN_VALUES])
    return shown + (
        f" and {len(values) - _SHOWN_VALUES} more" if len(values) > _SHOWN_VALUES else ""
    )
