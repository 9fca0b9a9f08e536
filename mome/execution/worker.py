"""The process in which SQLite or DuckDB runs statements: `python -m mome.execution.worker`.

The executor starts it and kills it when a statement outstays its time; the limit of its memory is
the operating system's. It reads requests from stdin and ends with it, so that it does not survive
the program that started it. It imports neither the guard nor SQLAlchemy, to start quickly.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, BinaryIO

from mome.errors import ExecutionError
from mome.execution.messages import receive, send
from mome.execution.session import needs_memory, one_line

if TYPE_CHECKING:
    from mome.execution.duckdb_ import DuckdbSession
    from mome.execution.sqlite import SqliteSession

# Below 2 GB. DuckDB's own limit of 1 GB, its threads and Python leave room below it.
MEMORY = 1792 * 2**20
"""Bytes of address space of a worker, where the operating system can limit it."""


class Worker:
    """One session, which answers one request after the other."""

    def __init__(self) -> None:
        self._session: SqliteSession | DuckdbSession | None = None

    def answer(self, request: Sequence) -> tuple:
        """Return the reply: ("value", value, usable) or ("error", class, message, usable)."""
        try:
            return "value", self._value(*request), self._usable
        except ExecutionError as error:
            return "error", type(error).__name__, str(error), self._usable
        except MemoryError:
            return "error", "ExecutionError", str(needs_memory()), False
        # Such as a value that the driver has no Python value for.
        except Exception as error:
            return "error", "ExecutionError", f"the result cannot be read: {one_line(error)}", False

    @property
    def _usable(self) -> bool:
        return self._session is not None and self._session.usable

    def _value(self, name: str, *arguments: object) -> object:
        if name == "connect":
            self._session = _connected(*arguments)
            return None
        if name == "explain":
            return self._session.explain(*arguments)
        fetched = self._session.run(*arguments)
        return fetched.columns, fetched.rows, fetched.cut, fetched.is_short


def _connected(
    backend: str, path: str | None, files: Sequence[str], spill_folder: str
) -> SqliteSession | DuckdbSession:
    """Open the database; a driver is imported only if it is used."""
    if backend == "sqlite":
        from mome.execution.sqlite import SqliteEngine

        return SqliteEngine(Path(path)).connect()
    from mome.execution.duckdb_ import DuckdbEngine

    file = Path(path) if path else None
    folder = Path(spill_folder) if spill_folder else None
    return DuckdbEngine(file, tuple(map(Path, files)), folder).connect()


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:
        # Windows has no such limit.
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (OSError, ValueError):
        # macOS has the name but not the limit.
        return


def _serve(requests: SimpleQueue[Sequence], replies: BinaryIO) -> None:
    """Answer requests until the process ends, which a failure here brings about."""
    worker = Worker()
    try:
        while True:
            send(replies, worker.answer(requests.get()))
    finally:
        os._exit(1)


def main() -> None:
    """Answer the requests of stdin on stdout."""
    _limit_memory()
    # A library that prints must not write into the replies.
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    requests: SimpleQueue[Sequence] = SimpleQueue()
    Thread(target=_serve, args=(requests, replies), daemon=True).start()
    spill_folder = ""
    # This thread reads all the time, so that the end of stdin ends a statement that is running.
    while True:
        try:
            request = receive(sys.stdin.buffer)
        except EOFError:
            break
        if request[0] == "connect":
            spill_folder = request[-1]
        requests.put(request)
    shutil.rmtree(spill_folder, ignore_errors=True)
    # Not sys.exit, which would wait for the engine's threads.
    os._exit(0)


if __name__ == "__main__":
    main()
