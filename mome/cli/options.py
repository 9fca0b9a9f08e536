"""Options that several commands have, and the memory that is meant where none is named. For the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mome.artifacts.home import home, memories
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


def chosen(memory: Path | None) -> Path:
    """The memory that is meant. Raises NoMemory where there is none or more than one."""
    if memory is not None:
        return memory
    found = memories()
    if not found:
        raise NoMemory(f"there is no memory under {home()}; make one with `mome tune --db-url URL`")
    if len(found) > 1:
        raise NoMemory(
            f"say which memory with --memory: {home()} holds {', '.join(path.name for path in found)}"
        )
    return found[0]
