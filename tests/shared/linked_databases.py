"""SQLite databases with their linkers, as `mome tune` reads them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from mome.linking.slice import Linker
from schemas import collect_values, introspect, resolve_url, write_values


def linked_database(path: Path, script: str) -> Linker:
    """Make a database of statements; return the linker of its names and stored values."""
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()
    source, folder = resolve_url(path), path.parent
    catalog = introspect(source)
    catalog.write(folder / "catalog.json")
    write_values(folder / "values.jsonl", collect_values(source, catalog))
    (folder / "synonyms.json").write_text("[]")
    return Linker.load(folder)
