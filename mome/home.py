"""Where memories live, and which database is whose: for the command line and the page. Brings no torch, so that both start at once."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from mome.errors import BrokenMemory
from mome.execution.target import read_target

CURRENT, SOURCE = "current", "source.json"


@dataclass(frozen=True)
class StoredSource:
    """The database of a memory, as `mome.execution.open_executor` takes it."""

    url: str
    """Without a password."""
    files: tuple[Path, ...] = ()
    """The csv and parquet files that are the tables; empty for a real database."""


def home() -> Path:
    """Where memories live that were given no other place: MOME_HOME, or the user's data folder."""
    return Path(os.environ.get("MOME_HOME") or platformdirs.user_data_dir("mome"))


def memories() -> list[Path]:
    """The memories under `home()`, sorted."""
    root = home()
    return sorted(folder for folder in root.iterdir() if holds_memory(folder)) if root.is_dir() else []


def holds_memory(folder: Path) -> bool:
    """Whether a tune has made a memory here, be it whole or damaged since: then loading it says so."""
    return (folder / CURRENT).is_symlink()


def stored_source(version: Path) -> StoredSource:
    """The database that a memory's version was tuned on. Raises BrokenMemory."""
    written = version / SOURCE
    try:
        entry = json.loads(written.read_text("utf-8"))
        return StoredSource(str(entry["url"]), tuple(map(Path, entry["files"])))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenMemory(f"{written} cannot be read ({type(error).__name__}); run `mome tune` again") from error


def url_with_password(stored: StoredSource) -> str:
    """The database's URL, with the password of DB_URL where that is of the same database. Never to be shown. Raises Unreachable."""
    url = None if stored.files else read_target(stored).url
    return stored.url if url is None else url.render_as_string(hide_password=False)
