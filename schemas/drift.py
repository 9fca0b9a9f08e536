"""Check whether a database's structure still is what a memory was tuned on, without reading a row.

The app and `mome doctor` call this. A tune compares whole catalogs with `schemas.diff` instead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from schemas.catalog import FullCatalog, FullTable
from schemas.diff import diff
from schemas.readers.opening import open_reader
from schemas.source import Source
from schemas.structure.reading import read_structure

# Kinds of `schemas.diff.Change` that can make memorised SQL wrong; comments and values cannot.
_STRUCTURAL = frozenset({"added", "removed", "type", "nullable", "enum", "key", "kind"})


@dataclass(frozen=True)
class Drift:
    """How a database's structure differs from a catalog."""

    moved: bool = False
    """Whether the fingerprints differ."""
    changes: tuple[str, ...] = ()
    """One line for each structural change; may be empty although `moved` is True."""


def schema_drift(source: Source, known: FullCatalog) -> Drift:
    """Compare the database at `source` with the catalog `known`.

    Raises what `open_reader` raises if the database cannot be read.
    """
    with open_reader(source) as reader:
        current = replace(known, tables=read_structure(reader).tables)
    before = _comparable(known, known)
    after = _comparable(current, known)
    if before.fingerprint == after.fingerprint:
        return Drift()
    structural = (change for change in diff(before, after).changes if change.kind in _STRUCTURAL)
    return Drift(moved=True, changes=tuple(change.line for change in structural))


def _comparable(catalog: FullCatalog, known: FullCatalog) -> FullCatalog:
    """Return the catalog without inferred keys, which need rows, and without unread objects.

    Unread objects are those that `known` reports as problems and does not hold. They may be
    readable by now, which is no change of the structure.
    """
    unread = {problem.object for problem in known.problems} - {table.key for table in known.tables}
    unread -= {f"{table.key}.{column.name}" for table, column in known.columns()}
    kept = (table for table in catalog.tables if table.key not in unread)
    return replace(catalog, tables=tuple(_declared(table, unread) for table in kept))


def _declared(table: FullTable, unread: set[str]) -> FullTable:
    columns = (column for column in table.columns if f"{table.key}.{column.name}" not in unread)
    keys = (key for key in table.foreign_keys if not key.inferred)
    return replace(table, columns=tuple(columns), foreign_keys=tuple(keys))
