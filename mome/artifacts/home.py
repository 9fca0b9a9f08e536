"""Where memories live and which version of one is current. Imports no torch, so that the command
line and the page start at once.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from mome.errors import NoMemory

CURRENT, SOURCE = "current", "source.json"
LABELS, BASKETS = "labels.json", "baskets.json"
"""Files that versions of a classifier's and a recommender's memory have, and others do not."""


def home() -> Path:
    """Return the default folder of memories: MOME_HOME, or the user's data folder."""
    return Path(os.environ.get("MOME_HOME") or platformdirs.user_data_dir("mome"))


def memories() -> list[Path]:
    """Return the memories of databases under `home()`, sorted."""
    return [folder for folder in _memories() if not has_labels(folder)]


def label_memories() -> list[Path]:
    """Return the memories of labels under `home()`, sorted."""
    return [folder for folder in _memories() if has_labels(folder)]


def _memories() -> list[Path]:
    root = home()
    if not root.is_dir():
        return []
    return sorted(
        folder for folder in root.iterdir() if holds_memory(folder) and not has_baskets(folder)
    )


def holds_memory(folder: Path) -> bool:
    """Return whether a tune has created a memory here. It may be damaged; loading it says so."""
    return (folder / CURRENT).is_symlink()


def has_labels(folder: Path) -> bool:
    """Return whether the memory here labels texts instead of asking a database."""
    return (folder / CURRENT / LABELS).exists()


def has_baskets(folder: Path) -> bool:
    """Return whether the memory here recommends items instead of asking a database."""
    return (folder / CURRENT / BASKETS).exists()


def current_version(memory: Path) -> Path:
    """Return the folder of a memory's current version. Raises NoMemory."""
    link = memory / CURRENT
    if not link.is_symlink():
        raise NoMemory(
            f"there is no memory at {memory}: make one with `mome tune --db-url URL --memory "
            f"{memory}`"
        )
    # Read the link once and return the folder that it names: `current` may point elsewhere a moment
    # later, and a reader must not mix two versions.
    return memory / os.readlink(link)
