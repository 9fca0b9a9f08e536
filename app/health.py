"""Whether a memory's database is reachable and has the structure it was tuned on. `resources` calls
it in its own thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mome.artifacts.checksums import checked
from mome.artifacts.source import stored_source
from mome.errors import MomeError
from mome.execution import open_executor
from schemas import FullCatalog, SchemaError, resolve_url
from schemas.drift import schema_drift


@dataclass(frozen=True)
class Health:
    """The state of a database; all fields are empty if nothing is wrong."""

    unreachable: str = ""
    """Why the database does not answer."""
    moved: bool = False
    """Whether its structure differs from the memory's catalog."""
    changes: tuple[str, ...] = ()
    """Structural changes, one line each."""
    warnings: tuple[str, ...] = ()
    """What the operator should fix, for example a role that can write."""


def look(version: Path) -> Health:
    """Compare the database with the catalog of a memory's version. Reads no rows and never
    raises.
    """
    try:
        return _looked(version)
    except (SchemaError, MomeError) as error:
        return Health(unreachable=str(error))
    # Any error: what a driver raises on a damaged file or a server in trouble has no common class,
    # and in this thread it would reach nobody; the page would wait for ever. Only its class is
    # shown, since its text may hold what no one should see.
    except Exception as error:
        return Health(
            unreachable=(
                f"looking at the database stopped with {type(error).__name__}; `mome "
                "doctor` shows more"
            )
        )


def _looked(version: Path) -> Health:
    stored = stored_source(version)
    known = FullCatalog.read(checked(version / "catalog.json"))
    with open_executor(stored) as executor:
        warnings = executor.warnings
    drift = schema_drift(resolve_url(stored.secret_text), known)
    return Health(moved=drift.moved, changes=drift.changes, warnings=warnings)
