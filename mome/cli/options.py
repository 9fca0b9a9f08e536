"""Options that several commands share, and the default memory."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mome.artifacts.home import current_version, home, memories
from mome.errors import NoMemory

MemoryOption = Annotated[
    Path | None,
    typer.Option(
        "--memory",
        envvar="MEMORY",
        help="Folder of the memory; by default the only one under MOME_HOME.",
    ),
]
QuietOption = Annotated[bool, typer.Option("--quiet", help="No progress bars.")]


def loadable(memory: Path | None) -> Path:
    """Return the memory to use, before torch is imported. Raises NoMemory also if there is none at
    the path.
    """
    path = chosen(memory)
    current_version(path)
    return path


def chosen(memory: Path | None) -> Path:
    """Return the memory to use. Raises NoMemory if none is given and there is not exactly one."""
    if memory is not None:
        return memory
    found = memories()
    if not found:
        raise NoMemory(f"there is no memory under {home()}; make one with `mome tune --db-url URL`")
    if len(found) > 1:
        raise NoMemory(
            f"say which memory with --memory: {home()} holds "
            f"{', '.join(path.name for path in found)}"
        )
    return found[0]
