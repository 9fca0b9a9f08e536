"""The commands that change a memory without a tune: `mome rollback`. `mome.cli` lists them."""

from __future__ import annotations

from mome.options import MemoryOption, chosen
from mome.progress import silent_libraries
from mome.terminal import say


def rollback(memory: MemoryOption = None) -> None:
    """Go back to the version before the last change of a memory."""
    path = chosen(memory)
    silent_libraries()
    from mome.memory import MemoryStore

    version = MemoryStore(path).rollback()
    say(f"the memory in {path} is version {version.name} again")
