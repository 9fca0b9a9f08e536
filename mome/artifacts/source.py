"""Which database a memory belongs to, and how to connect to it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from mome.artifacts.checksums import verify_files
from mome.artifacts.home import SOURCE, current_version
from mome.errors import BrokenMemory
from mome.execution import Executor, open_executor
from mome.execution.target import read_target


@dataclass(frozen=True)
class StoredSource:
    """The database of a memory, in the form that `mome.execution.open_executor` takes."""

    url: str
    """Without a password."""
    files: tuple[Path, ...] = ()
    """The csv and parquet files that are the tables; empty for a real database."""


def stored_source(version: Path) -> StoredSource:
    """Read the database that a version was tuned on. Raises BrokenMemory."""
    written = version / SOURCE
    try:
        entry = json.loads(written.read_text("utf-8"))
        return StoredSource(str(entry["url"]), tuple(map(Path, entry["files"])))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenMemory(
            f"{written} cannot be read ({type(error).__name__}); run `mome tune` again"
        ) from error


def url_with_password(stored: StoredSource) -> str:
    """Return the database's URL, with DB_URL's password if that names the same database. Must never
    be shown. Raises Unreachable.
    """
    url = None if stored.files else read_target(stored).url
    return stored.url if url is None else url.render_as_string(hide_password=False)


def source_of(memory: Path) -> StoredSource:
    """Return the database that a memory was tuned on. Raises NoMemory, or BrokenMemory if any of
    its files is damaged.
    """
    folder = current_version(memory)
    verify_files(folder, required=(SOURCE,))
    return stored_source(folder)


def executor_of(memory: Path, *, timeout_s: float = 10.0) -> Executor:
    """Return an executor for a memory's database; it connects on first use."""
    return open_executor(source_of(memory), timeout_s=timeout_s)
