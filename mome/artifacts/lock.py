"""One tune at a time for a memory's folder, and what the disk refuses there as one clear error.

`Preparation` makes the lock, the command line holds it, `MemoryStore` writes under it. Brings no torch: a second tune is told at once.
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
    """Held while a tune runs; the system frees it when the process ends, however that ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self._held = False

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Keep other tunes out; raises MemoryError_ at once when one is running. Who holds it may hold it again within."""
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
        """Take away a folder that was made for a tune which wrote nothing."""
        with suppress(OSError):
            if os.listdir(self.folder) == [LOCK]:
                os.unlink(file.name)
                self.folder.rmdir()


@contextmanager
def write_errors_named(folder: Path) -> Iterator[None]:
    """Turn what the disk refuses into one clear error."""
    try:
        yield
    except (OSError, SafetensorError) as error:
        codes = [form for code in DISK_FULL for form in (f"code: {code},", f"(os error {code})")]
        full = getattr(error, "errno", None) in DISK_FULL or any(
            code in str(error) for code in codes
        )
        reason = "the disk is full: free some space and run it again" if full else f"{error}"
        raise MemoryError_(
            f"the memory at {folder} cannot be written, what was there is unchanged; {reason}"
        ) from error


@contextmanager
def _locked(folder: Path) -> Iterator[IO[str]]:
    """The locked file; one that its last holder has taken away while we waited for it counts for nothing, and is made anew."""
    while True:
        with write_errors_named(folder):
            folder.mkdir(parents=True, exist_ok=True)
            file = (folder / LOCK).open("w")
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise MemoryError_(
                    f"another tune is working on the memory at {folder}: wait until it ends, or stop it"
                ) from None
            if os.fstat(file.fileno()).st_nlink:
                yield file
                return
