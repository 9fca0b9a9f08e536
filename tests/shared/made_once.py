"""What several workers of a test session need and none may change: the first worker makes it, the
others wait for it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder of the whole session that `make` has filled once."""
    base = factory.getbasetemp()
    # pytest-xdist gives each worker a folder in the session's.
    session = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, made = session / name, session / f"{name}.made"
    with FileLock(session / f"{name}.lock"):
        if not made.exists():
            # Left by a worker that failed.
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            made.touch()
    return folder
