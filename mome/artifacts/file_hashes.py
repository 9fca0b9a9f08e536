"""SHA-256 of large files, remembered in the user's cache folder, so that a base model is read once
and not at every start.

`mome.backbones.identity` asks for the hashes of weights. A remembered hash holds while device,
inode, size and both times of the file are the same: whatever writes to a file changes its ctime,
which no program can set. On Windows, where ctime is the time of creation, it is mtime that changes.
Not covered: a change by a program that also sets mtime back on Windows, and a person who rewrites
the cache.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import platformdirs

# Smaller files are hashed faster than their entry is read and checked.
LEAST_SIZE = 2**20
FRESH_SECONDS = 2.0
"""A file that changed within this time is not remembered: it may change again within the resolution
of its times, and would then look the same.
"""


def file_hash(path: Path) -> bytes:
    """Return the SHA-256 of a file. Raises OSError if it cannot be read."""
    state = _state(path)
    if state["size"] < LEAST_SIZE:
        return _computed(path)
    entry = _entry(path)
    with suppress(OSError, ValueError, KeyError, TypeError):
        known = json.loads(entry.read_text("utf-8"))
        if known["state"] == state:
            return bytes.fromhex(known["sha256"])
    digest = _computed(path)
    # The state from before reading: a file that changed meanwhile has another one now.
    if _is_settled(state) and _state(path) == state:
        _remember(entry, {"state": state, "sha256": digest.hex()})
    return digest


def _computed(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _state(path: Path) -> dict[str, int]:
    """Return what changes when a file does; of the target, if the path is a link."""
    found = path.stat()
    return {
        "device": found.st_dev,
        "inode": found.st_ino,
        "size": found.st_size,
        "mtime": found.st_mtime_ns,
        "ctime": found.st_ctime_ns,
    }


def _is_settled(state: dict[str, int]) -> bool:
    latest = max(state["mtime"], state["ctime"])
    return time.time_ns() - latest > FRESH_SECONDS * 1e9


def _entry(path: Path) -> Path:
    """Return where the hash of a file is kept, by the hash of its path."""
    name = hashlib.sha256(os.fsencode(path.resolve())).hexdigest()
    return Path(platformdirs.user_cache_dir("mome")) / "hashes" / f"{name}.json"


def _remember(entry: Path, content: dict[str, object]) -> None:
    """Write an entry whole or not at all; without rights or space, the file is hashed each time."""
    with suppress(OSError):
        entry.parent.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=entry.parent)
        try:
            with open(descriptor, "w", encoding="utf-8") as file:
                json.dump(content, file)
            os.replace(draft, entry)
        finally:
            Path(draft).unlink(missing_ok=True)
