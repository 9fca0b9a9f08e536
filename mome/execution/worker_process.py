"""SQLite and DuckDB in worker processes, each of which serves one session of the executor.

An embedded engine would otherwise share memory with the program that embeds it, and no thread can
stop a function of it that does not look up.
"""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from mome.errors import ExecutionError, TimedOut, Unreachable
from mome.execution.messages import receive, send
from mome.execution.session import ConnectionLost, Fetched

_ERRORS = {
    error.__name__: error for error in (ExecutionError, TimedOut, Unreachable, ConnectionLost)
}
"""Errors that a worker can name."""
_KILLED_S = 5.0
"""Seconds to wait for a killed process, which may hang in the operating system."""


class WorkerEngine:
    """A SQLite or DuckDB file, or csv and parquet files as a DuckDB database."""

    # Large csv files are read whole to find the types of their columns.
    open_s = 600.0

    def __init__(self, backend: str, path: Path | None, files: Sequence[Path] = ()) -> None:
        self.dialect = backend
        self.place = str(path or files)
        self._path = path
        self._files = files

    def connect(self) -> WorkerSession:
        """Start a process and open the database in it. Raises Unreachable."""
        try:
            session = WorkerSession(_spill_folder() if self.dialect == "duckdb" else "")
        except OSError as error:
            raise Unreachable(
                f"no process can be started for the database ({error.strerror}); "
                "end other programs, or raise the limits of this one"
            ) from error
        try:
            session.ask(
                "connect",
                self.dialect,
                None if self._path is None else str(self._path),
                tuple(map(str, self._files)),
                session.spill_folder,
            )
        except BaseException:
            session.close()
            raise
        return session

    def warnings(self, session: WorkerSession) -> tuple[str, ...]:
        """Return no warning: these sessions cannot write, whatever the rights on the file."""
        return ()

    def overdue(self, session: WorkerSession) -> None:
        """Return None: a statement does not outlive its process."""

    def close(self) -> None:
        """Do nothing: each session has its own process."""


class WorkerSession:
    """One process with one session in it."""

    def __init__(self, spill_folder: str) -> None:
        """`spill_folder`: is removed when the session ends; empty if there is none."""
        self.spill_folder = spill_folder
        self._usable = False
        self._stopped = False
        self._process = _process()
        # Also called at exit, and when a session that nobody closed is collected.
        self._end = weakref.finalize(self, _end, self._process, spill_folder, os.getpid())

    @property
    def usable(self) -> bool:
        """See Session."""
        return self._usable and not self._stopped and self._process.poll() is None

    def run(self, sql: str, timeout_s: float, count: int) -> Fetched:
        """See Session."""
        return Fetched(*self.ask("run", sql, timeout_s, count))

    def explain(self, sql: str, timeout_s: float) -> None:
        """See Session."""
        self.ask("explain", sql, timeout_s)

    def stop(self) -> None:
        """Kill the process; see Session."""
        self._stopped = True
        self._process.kill()

    def close(self) -> None:
        """End the process; see Session."""
        self._usable = False
        self._end()

    def ask(self, *request: object) -> tuple:
        """Return the worker's answer to a request, or raise the error that it names."""
        self._usable = False
        try:
            send(self._process.stdin, request)
        except (OSError, ValueError) as error:
            raise ConnectionLost("the process that runs statements has ended") from error
        try:
            kind, *reply, self._usable = receive(self._process.stdout)
        except (OSError, ValueError, EOFError, pickle.UnpicklingError) as error:
            raise self._ended(str(request[0])) from error
        if kind == "value":
            return reply[0]
        name, text = reply
        raise _ERRORS[name](text)

    def _ended(self, request: str) -> ExecutionError:
        """Return the error for a process that ended instead of answering."""
        if request == "connect":
            return Unreachable(
                "the process that opens the database ended; run "
                "`python -m mome.execution.worker` to see whether it starts"
            )
        return ExecutionError(
            "the query ended the process that ran it, most likely for want of memory; ask for less"
        )


def _spill_folder() -> str:
    """Make a folder, for its owner alone, in which DuckDB may put rows. Empty if that fails."""
    try:
        return tempfile.mkdtemp(prefix="mome-worker-")
    except OSError:
        # DuckDB then takes a folder of its own choice, if it has to spill.
        return ""


def _process() -> subprocess.Popen[bytes]:
    """Start a worker.

    A process of its own and not one of `multiprocessing`, which would run the script of the program
    that embeds this again.
    """
    paths = [path for path in sys.path if path]
    # An interactive Python finds modules of the current folder, which is no entry of sys.path.
    folder = str(Path(__file__).parents[2])
    if folder not in paths:
        paths.insert(0, folder)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    # By default glibc reserves 64 MB of address space for each thread, 600 MB with DuckDB's, which
    # would count for the limit.
    environment["MALLOC_ARENA_MAX"] = "1"
    return subprocess.Popen(
        # -P: modules come from PYTHONPATH alone, not from the folder where the program was started.
        [sys.executable, "-P", "-m", "mome.execution.worker"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # Ctrl-C in a terminal goes to all processes of its group; the executor alone decides.
        start_new_session=True,
        # The same for Windows, where it also keeps a console from opening.
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _end(process: subprocess.Popen[bytes], spill_folder: str, owner: int) -> None:
    """Kill a worker, which only reads, and remove its folder."""
    # A forked process has a copy of this session, but the worker is its parent's.
    if os.getpid() == owner:
        process.kill()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_KILLED_S)
        shutil.rmtree(spill_folder, ignore_errors=True)
    else:
        # Otherwise Popen warns of a child that runs on.
        process.returncode = 0
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):
            pipe.close()
