"""Folders and files for their owner alone: 700 and 600, whatever the umask.

The files of a memory hold stored values and what people asked. Memories from before are tightened
when they are written. Windows has no such modes; there a folder has the rights of its parent.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

FOLDER, FILE = 0o700, 0o600


def make_folder(folder: Path) -> None:
    """Make a folder and the missing ones above it. Raises OSError."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    # `parents=True` would give those above it the modes of the umask.
    for path in reversed(missing):
        path.mkdir(FOLDER, exist_ok=True)


def tighten(path: Path) -> None:
    """Take the rights of others on a file or a folder away."""
    mode = FOLDER if path.is_dir() else FILE
    # Only the owner may; who else writes here was let in by the owner. A file may also be gone.
    with suppress(PermissionError, FileNotFoundError):
        if stat.S_IMODE(path.stat().st_mode) != mode:
            path.chmod(mode)


def tighten_all(path: Path) -> None:
    """Tighten a file, or a folder with all that lies in it; nothing if there is none."""
    for folder, _, files in os.walk(path):
        tighten(Path(folder))
        for name in files:
            tighten(Path(folder, name))
    if path.is_file():
        tighten(path)


def sync_folder(folder: Path) -> None:
    """Force the names in a folder to the disk: a renamed file survives a power cut only then."""
    # Windows opens no folder as a file, and does this by itself.
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
