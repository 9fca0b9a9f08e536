"""Whether a database still has the schema that a memory knows; `ask` and `doctor` say so."""

from __future__ import annotations

from pathlib import Path

from mome.artifacts.checksums import checked
from mome.artifacts.home import current_version
from mome.artifacts.source import source_of
from mome.sources.secrets import storable_url
from schemas import FullCatalog, resolve_url
from schemas.drift import schema_drift


def schema_change(memory: Path) -> str | None:
    """Compare the database's structure with the memorised catalog; reads no row.

    Return one line with what to do; None if nothing has changed. Raises MomeError or SchemaError.
    """
    stored = source_of(memory)
    known = FullCatalog.read(checked(current_version(memory) / "catalog.json"))
    if not schema_drift(resolve_url(stored.secret_text), known).moved:
        return None
    remedy = f"run `mome tune --db-url {storable_url(stored.text)} --memory {memory}`"
    return f"the schema has changed; {remedy}"
