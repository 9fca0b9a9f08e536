"""Allow one tune at a time in a memory's folder, and turn write errors there into one clear
message.

`Preparation` makes the lock, the command line holds it, and `MemoryStore` writes under it. Imports
no torch, so that a second tune is refused at once.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout
from safetensors import SafetensorError

from mome.artifacts.private import FILE, make_folder
from mome.artifacts.records import tighten_memory
from mome.errors import MemoryError_

LOCK = "lock"
SECONDS = 0.2
"""Time in which the lock is tried again. A second tune is refused at once, but a holder that ends
just then may have deleted the file that was opened.
"""
DISK_IS_FULL = "the disk is full: free some space and run it again"
DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class TuneLock:
    """Held while a tune runs; the operating system releases it when the process ends in any way."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self._held = False

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Keep other tunes out. Reentrant for its holder. Raises MemoryError_ at once if another
        tune is running.
        """
        if self._held:
            yield
            return
        made = not self.folder.exists()
        with _locked(self.folder):
            self._held = True
            try:
                yield
            finally:
                self._held = False
                if made:
                    self._leave_no_trace()

    def _leave_no_trace(self) -> None:
        """Remove a folder that was created for a tune which wrote nothing."""
        with suppress(OSError):
            if os.listdir(self.folder) == [LOCK]:
                (self.folder / LOCK).unlink()
                self.folder.rmdir()


@contextmanager
def write_errors_named(folder: Path) -> Iterator[None]:
    """Turn write errors within the context into MemoryError_, which says whether the disk
    is full.
    """
    try:
        yield
    except (OSError, SafetensorError) as error:
        raise MemoryError_(
            f"the memory at {folder} cannot be written, what was there is unchanged; "
            f"{DISK_IS_FULL if is_full(error) else error}"
        ) from error


def is_full(error: Exception) -> bool:
    """Return whether an error of a writer says that there is no room."""
    if getattr(error, "errno", None) in DISK_FULL:
        return True
    # safetensors is written in Rust; its errors carry the code in their text only.
    text = str(error)
    return any(f"code: {code}," in text or f"(os error {code})" in text for code in DISK_FULL)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock file of `folder`, which is made if it is missing."""
    with write_errors_named(folder):
        make_folder(folder)
        try:
            lock = FileLock(folder / LOCK, mode=FILE)
            lock.acquire(timeout=SECONDS)
        except Timeout:
            raise MemoryError_(
                f"another tune is working on the memory at {folder}: wait until it ends, or stop it"
            ) from None
    try:
        with write_errors_named(folder):
            tighten_memory(folder)
        yield
    finally:
        lock.release()
