"""Which memories there are: the folders the page was started with, else all under MOME_HOME. Read by `main`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mome.artifacts import home


@dataclass(frozen=True)
class Memory:
    """A database that can be asked."""

    path: Path
    """The memory's folder; feedback is kept here."""
    version: Path
    """The folder of the current tune: another one after the next tune, so whatever is cached under it is fresh."""

    @property
    def name(self) -> str:
        """How the page calls it."""
        return self.path.name


def find(folders: Sequence[Path]) -> tuple[list[Memory], list[Path]]:
    """The memories among these folders, or under MOME_HOME where none are given; and the folders given that hold none."""
    folders = folders or home.memories()
    found = [
        Memory(path.absolute(), (path / home.CURRENT).resolve())
        for path in folders
        if home.holds_memory(path)
    ]
    return found, [path for path in folders if not home.holds_memory(path)]


def names(memories: Sequence[Memory]) -> dict[str, str]:
    """A name for each memory's path; where two share one, their whole paths."""
    own = [memory.name for memory in memories]
    return {
        str(memory.path): memory.name if own.count(memory.name) == 1 else str(memory.path)
        for memory in memories
    }
