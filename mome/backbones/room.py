"""Is there room for a model, in memory or on the disk? Asked before the work is begun, so that a
person hears in the first second what would fail after minutes.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import psutil

from mome.errors import BackboneError


def megabytes(size: int) -> str:
    """Return a size in bytes as text, such as `491 MB`."""
    return f"{size / 1e6:,.0f} MB"


def need_disk(folder: Path, size: int, advice: str) -> None:
    """Check that the disk of `folder`, or of where it will be, has room for `size` bytes.

    advice: what to do if it has not.
    Raises BackboneError.
    """
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    if size > free:
        raise BackboneError(
            f"{megabytes(size)} of disk space are needed and {megabytes(free)} are free in "
            f"{there}; {advice}"
        )


def need_memory(name: str, size: int) -> None:
    """Check that `size` bytes of memory are available for the model `name`. Raises
    BackboneError.
    """
    free = psutil.virtual_memory().available
    if size > free:
        raise BackboneError(
            f"the model {name} needs {megabytes(size)} of memory and {megabytes(free)} are free; "
            "close other programs, or choose a smaller model (`mome models` lists some)"
        )
