"""Whether the database is still there, and still as it was when it was tuned on. Called by `resources`, in a thread of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from mome.artifacts.source import StoredSource, stored_source, url_with_password
from mome.errors import MomeError
from mome.execution import open_executor
from schemas import Catalog, SchemaError, Table, diff, open_reader, resolve_url
from schemas.structure.reading import read_structure

_STRUCTURAL = frozenset({"added", "removed", "type", "nullable", "enum", "key", "kind"})


@dataclass(frozen=True)
class Health:
    """What was found; all empty where all is well."""

    unreachable: str = ""
    """Why the database does not answer."""
    moved: bool = False
    """True where its structure is another than the memory's."""
    changes: tuple[str, ...] = ()
    """What moved, a line each."""
    warnings: tuple[str, ...] = ()
    """What the operator should mend, such as a role that can write."""


def look(version: Path) -> Health:
    """Compare the database with the catalog of a memory's version. Reads no rows; every error is part of the value."""
    try:
        return _looked(version)
    except (SchemaError, MomeError) as error:
        return Health(unreachable=str(error))
    except Exception as error:  # the page has to stand, whatever a driver raises; its text may hold what no one should see
        return Health(
            unreachable=f"looking at the database stopped with {type(error).__name__}; `mome doctor` shows more"
        )


def _looked(version: Path) -> Health:
    stored = stored_source(version)
    known = Catalog.read(version / "catalog.json")
    with open_executor(stored) as executor:
        warnings = executor.warnings
    found = _structure(stored, known)
    before, after = _comparable(known, known), _comparable(found, known)
    if before.fingerprint == after.fingerprint:
        return Health(warnings=warnings)
    changes = tuple(
        change.line for change in diff(before, after).changes if change.kind in _STRUCTURAL
    )
    return Health(moved=True, changes=changes, warnings=warnings)


def _structure(stored: StoredSource, known: Catalog) -> Catalog:
    with open_reader(resolve_url(url_with_password(stored))) as reader:
        return replace(known, tables=read_structure(reader).tables)


def _comparable(catalog: Catalog, known: Catalog) -> Catalog:
    """Without what needs rows to be found (inferred keys), and without what could not be read when the memory was tuned."""
    unread = {problem.object for problem in known.problems} - {table.key for table in known.tables}
    unread -= {f"{table.key}.{column.name}" for table, column in known.columns()}
    return replace(
        catalog,
        tables=tuple(
            _declared(table, unread) for table in catalog.tables if table.key not in unread
        ),
    )


def _declared(table: Table, unread: set[str]) -> Table:
    columns = tuple(
        column for column in table.columns if f"{table.key}.{column.name}" not in unread
    )
    return replace(
        table,
        columns=columns,
        foreign_keys=tuple(key for key in table.foreign_keys if not key.inferred),
    )
