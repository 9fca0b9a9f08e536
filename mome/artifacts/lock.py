"""Allow one tune at a time in a memory's folder, and turn write errors there into one clear
message.

`Preparation` makes the lock, the command line holds it, and `MemoryStore` writes under it. Imports
no torch, so that a second tune is refused at once.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from safetensors import SafetensorError

from mome.errors import MemoryError_

LOCK = "lock"
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
        with _locked(self.folder) as file:
            self._held = True
            try:
                yield
            finally:
                self._held = False
                if made:
                    self._leave_no_trace(file)

    def _leave_no_trace(self, file: IO[str]) -> None:
        """Remove a folder that was created for a tune which wrote nothing."""
        with suppress(OSError):
            if os.listdir(self.folder) == [LOCK]:
                os.unlink(file.name)
                self.folder.rmdir()


@contextmanager
def write_errors_named(folder: Path) -> Iterator[None]:
    """Turn write errors within the context into MemoryError_, which says whether the disk
    is full.
    """
    try:
        yield
    except (OSError, SafetensorError) as error:
        full = _is_full(error)
        reason = "the disk is full: free some space and run it again" if full else f"{error}"
        raise MemoryError_(
            f"the memory at {folder} cannot be written, what was there is unchanged; {reason}"
        ) from error


def _is_full(error: Exception) -> bool:
    if getattr(error, "errno", None) in DISK_FULL:
        return True
    # safetensors is written in Rust; its errors carry the code in their text only.
    text = str(error)
    return any(f"code: {code}," in text or f"(os error {code})" in text for code in DISK_FULL)


@contextmanager
def _locked(folder: Path) -> Iterator[IO[str]]:
    """Yield the locked file. If its last holder deleted it while this process waited, open a new
    one.
    """
    while True:
        with write_errors_named(folder):
            folder.mkdir(parents=True, exist_ok=True)
            file = (folder / LOCK).open("w")
        with file:
            try:
                # Non-blocking: a second tune should say so rather than wait for minutes.
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise MemoryError_(
                    f"another tune is working on the memory at {folder}: wait until it ends, "
                    "or stop it"
                ) from None
            # A deleted file has no links: a lock on it would exclude nobody.
            if os.fstat(file.fileno()).st_nlink:
                yield file
                return
