"""Damage to any file of a memory is told where the file is read, in one line that names it."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mome.artifacts.checksums import checked
from mome.artifacts.facts import read_facts
from mome.artifacts.records import NAMES, RECORDS, changing, read_lines
from mome.artifacts.source import stored_source
from mome.errors import BrokenMemory
from mome.memory import MemoryStore

if TYPE_CHECKING:
    from conftest import Tuned


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[random.randrange(len(content))] ^= 1 << random.randrange(8)
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: random.randrange(path.stat().st_size)])


@pytest.mark.parametrize("harm", [flipped, cut, Path.unlink], ids=["flipped", "cut", "deleted"])
def test_damage_to_any_file_is_told(
    harm: Callable[[Path], None], own_club: Tuned, tmp_path: Path
) -> None:
    with changing(own_club.memory) as changes:
        for name in NAMES:
            changes.write(name, ['{"question": "Who?", "id": "f1"}'])
    said = read_lines(own_club.memory, *NAMES)
    names = [RECORDS, *NAMES]
    names += [
        f"versions/{own_club.current.name}/{path.name}" for path in own_club.current.iterdir()
    ]
    for name in names:
        copy = tmp_path / "copy"
        shutil.copytree(own_club.memory, copy, symlinks=True)
        harm(copy / name)
        told = damage_of(copy)
        if name.endswith((RECORDS, "checksums.json")):
            # It may look like damage to another file, or matter to none; the files are whole.
            assert told or read_lines(copy, *NAMES) == said
        else:
            assert Path(name).name in told and "\n" not in told
        shutil.rmtree(copy)


def damage_of(memory: Path) -> str:
    """Return what is told; nothing if nothing is."""
    try:
        read_all(memory)
    except BrokenMemory as error:
        return str(error)
    return ""


def read_all(memory: Path) -> None:
    """Read every file as the commands do."""
    current = MemoryStore(memory).current
    for read in (stored_source, read_facts, lambda version: checked(version / "catalog.json")):
        read(current)
    MemoryStore(memory).open()
    read_lines(memory, *NAMES)
