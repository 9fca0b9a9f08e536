"""The address with which SQLite opens a file read-only."""

from __future__ import annotations

import os
from pathlib import Path


def read_only_uri(path: Path) -> str:
    """Return the URI of a file for sqlite3.connect.

    A database in WAL mode wants files beside it. In a folder that cannot be written, SQLite would
    refuse to open it, so it is opened as immutable, unless a WAL exists that must be read.
    """
    absolute = path.absolute()
    uri = f"{absolute.as_uri()}?mode=ro"
    has_wal = absolute.with_name(absolute.name + "-wal").exists()
    is_frozen = not os.access(absolute.parent, os.W_OK) and not has_wal
    return f"{uri}&immutable=1" if is_frozen else uri
