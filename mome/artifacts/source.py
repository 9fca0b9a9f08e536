"""Which database a memory belongs to, and how to connect to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from mome.artifacts.checksums import checked
from mome.artifacts.home import SOURCE, current_version
from mome.errors import BrokenMemory
from mome.execution import Executor, open_executor
from mome.execution.address import DatabaseAddress, read_stored_address

T = TypeVar("T")


def stored_text(version: Path) -> str:
    """Read the URL or path that a version was tuned on, without a password. Raises BrokenMemory."""
    return _entry(version)[0]


def stored_base(version: Path) -> str:
    """Read the name of the base model that a version was tuned with. Raises BrokenMemory."""
    return _read(version, lambda entry: str(entry["base"]))


def stored_source(version: Path) -> DatabaseAddress:
    """Read the address of the database that a version was tuned on.

    Raises BrokenMemory, or Unreachable if it is the path of a file that is gone.
    """
    return read_stored_address(*_entry(version))


def _entry(version: Path) -> tuple[str, tuple[Path, ...]]:
    return _read(version, lambda entry: (str(entry["url"]), tuple(map(Path, entry["files"]))))


def _read(version: Path, pick: Callable[[dict], T]) -> T:
    """Return what `pick` takes from a version's source.json."""
    written = version / SOURCE
    try:
        return pick(json.loads(checked(written).read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenMemory(
            f"{written} cannot be read ({type(error).__name__}); run `mome tune` again"
        ) from error


def source_of(memory: Path) -> DatabaseAddress:
    """Return the database that a memory was tuned on.

    Raises NoMemory, BrokenMemory or Unreachable.
    """
    return stored_source(current_version(memory))


def executor_of(memory: Path, *, timeout_s: float = 10.0) -> Executor:
    """Return an executor for a memory's database; it connects on first use."""
    return open_executor(source_of(memory), timeout_s=timeout_s)
