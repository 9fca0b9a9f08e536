"""Whether the database is still there, and still as it was when it was tuned on. Called by `resources`, in a thread of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mome.artifacts.source import stored_source, url_with_password
from mome.errors import MomeError
from mome.execution import open_executor
from schemas import Catalog, SchemaError, resolve_url
from schemas.drift import schema_drift


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
    drift = schema_drift(resolve_url(url_with_password(stored)), known)
    return Health(moved=drift.moved, changes=drift.changes, warnings=warnings)
