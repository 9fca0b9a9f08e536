"""The memories that the page offers: the folders it was started with, or all under MOME_HOME.
`main` calls it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mome.artifacts import home


@dataclass(frozen=True)
class ListedMemory:
    """A database that can be asked, or a set of labels."""

    path: Path
    """The memory's folder; feedback is stored here."""
    version: Path
    """Folder of the current version. It is the key of all caches, so that a new tune invalidates
    them.
    """

    @property
    def name(self) -> str:
        """Its name on the page."""
        return self.path.name


def find(folders: Sequence[Path]) -> tuple[list[ListedMemory], list[Path]]:
    """Return the memories among these folders (default: under MOME_HOME) and the folders that hold
    none.
    """
    found, missing = [], []
    for path in folders or [*home.memories(), *home.label_memories()]:
        if home.holds_memory(path):
            found.append(ListedMemory(path.absolute(), (path / home.CURRENT).resolve()))
        else:
            missing.append(path)
    return found, missing


def names(memories: Sequence[ListedMemory]) -> dict[str, str]:
    """Return a name per memory path; memories of the same name get their whole path."""
    own = [memory.name for memory in memories]
    called = {}
    for memory in memories:
        path = str(memory.path)
        called[path] = memory.name if own.count(memory.name) == 1 else path
    return called
