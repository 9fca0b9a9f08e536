"""Where memories live, and which database is whose: for the command line and the page. Brings no torch, so that both start at once."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from mome.errors import NoMemory

CURRENT, SOURCE = "current", "source.json"


def home() -> Path:
    """Where memories live that were given no other place: MOME_HOME, or the user's data folder."""
    return Path(os.environ.get("MOME_HOME") or platformdirs.user_data_dir("mome"))


def memories() -> list[Path]:
    """The memories under `home()`, sorted."""
    root = home()
    return (
        sorted(folder for folder in root.iterdir() if holds_memory(folder)) if root.is_dir() else []
    )


def holds_memory(folder: Path) -> bool:
    """Whether a tune has made a memory here, be it whole or damaged since: then loading it says so."""
    return (folder / CURRENT).is_symlink()


def current_version(memory: Path) -> Path:
    """Folder of a memory's current version. Raises NoMemory."""
    link = memory / CURRENT
    if not link.is_symlink():
        raise NoMemory(
            f"there is no memory at {memory}: make one with `mome tune --db-url URL --memory {memory}`"
        )
    return memory / os.readlink(link)
