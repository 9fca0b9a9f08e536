"""DuckDB, read-only and locked. The executor's worker processes connect here for DuckDB databases
and table files.

Stops:
- every statement that DuckDB's own parser does not call a single SELECT: COPY, ATTACH, PRAGMA, SET,
  INSTALL, CALL and others
- writes, also in a CTE, by a read-only file and a READ ONLY transaction
- files and the network, by external access off; only the files behind the views are readable
- Python variables as tables, and extensions
- more than the configured memory, disk and threads
- statements over their timeout, by an interrupt from another thread

Does not stop: reading DuckDB's own settings, or functions such as duckdb_settings(). One expression
can pass the memory limit, and recursion the interrupt; the limits of the process stop these.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import TypeVar

import duckdb

from mome.errors import ExecutionError, Unreachable
from mome.execution.bounds import bounded
from mome.execution.files import create_views
from mome.execution.session import Fetched, needs_memory, one_line, timed_out
from mome.execution.watchdog import call_with_timeout
from mome.sources.duckdb_settings import FILE_CONFIG, MEMORY_CONFIG
from mome.sources.sql_text import escaped_glob, string_literal

_BOUNDS = {
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
    "max_temp_directory_size": "4GB",
    # Below the limit of a worker's address space, so that DuckDB spills to disk before it is met.
    "memory_limit": "1GB",
    "threads": min(4, os.cpu_count() or 1),
    # Last, because it forbids any further change.
    "lock_configuration": True,
}
"""Settings made in this order after a file was opened."""
# Threads of this process share one database for each file, and with it the configuration. Without
# the lock, one thread could lock the configuration while another is setting it.
_OPENING = Lock()
"""Held while a file is opened and its settings are made."""
T = TypeVar("T")


class DuckdbEngine:
    """One DuckDB file, or a database in memory with a view for each of `files`."""

    dialect = "duckdb"

    def __init__(
        self, path: Path | None, files: Sequence[Path] = (), spill_folder: Path | None = None
    ) -> None:
        """`spill_folder`: where rows beyond the memory limit go; None is DuckDB's choice for a
        database file, and a folder of the system's for others.
        """
        self._path = path
        self._files = tuple(file.absolute() for file in files)
        self._spill_folder = spill_folder
        self._database: duckdb.DuckDBPyConnection | None = None
        self._lock = Lock()

    def connect(self) -> DuckdbSession:
        """Open a connection; the first call opens the database. Raises Unreachable."""
        with self._lock:
            if self._database is None:
                self._database = self._open()
            return DuckdbSession(self._database.cursor())

    def close(self) -> None:
        """Close the database that the sessions share."""
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None

    def _open(self) -> duckdb.DuckDBPyConnection:
        if self._path is not None:
            return _opened(self._path, self._spill_folder)
        # By default, a database in memory spills to the current folder, which may be read-only.
        usual = Path(tempfile.gettempdir()) / f"mome-duckdb-{os.getpid()}"
        return _over_files(self._files, self._spill_folder or usual)


class DuckdbSession:
    """One connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.usable = True
        self._connection = connection

    def run(self, sql: str, timeout_s: float, count: int) -> Fetched:
        """Return at most `count` rows; see Session."""
        return self._reading(lambda: self._run(sql, count), timeout_s)

    def explain(self, sql: str, timeout_s: float) -> None:
        """Plan the statement without running it; see Session."""
        self._reading(lambda: self._plan(sql), timeout_s)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _run(self, sql: str, count: int) -> Fetched:
        self._connection.execute(self._select(sql))
        described = self._connection.description
        columns = tuple(column[0] for column in described)
        intervals = [at for at, column in enumerate(described) if str(column[1]) == "INTERVAL"]
        rows: Iterator[Sequence] = iter(self._connection.fetchone, None)
        if intervals:
            rows = self._with_intervals(sql, len(columns), intervals)
        return bounded(columns, rows, count)

    def _with_intervals(
        self, sql: str, width: int, intervals: Sequence[int]
    ) -> Iterator[list[object]]:
        """Yield rows in which intervals with months or years are text.

        The driver turns a month into 30 days and a year into 365.
        """
        names = [f"c{at}" for at in range(width)]
        texts = [f"CAST(c{at} AS VARCHAR)" for at in intervals]
        inner = self._select(sql).query.strip().rstrip(";")
        self._connection.execute(
            f"SELECT {', '.join(names + texts)} FROM (\n{inner}\n) AS q({', '.join(names)})"
        )
        for row in iter(self._connection.fetchone, None):
            values = list(row[:width])
            for at, text in zip(intervals, row[width:], strict=True):
                if text is not None and ("month" in text or "year" in text):
                    values[at] = text
            yield values

    def _plan(self, sql: str) -> None:
        self._connection.execute(f"EXPLAIN {self._select(sql).query}")

    def _select(self, sql: str) -> duckdb.Statement:
        """Return the parsed statement. Raises ExecutionError if it is not a single SELECT."""
        statements = self._connection.extract_statements(sql)
        if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
            raise ExecutionError(
                "only a single SELECT is run, and DuckDB parses this statement as something else; "
                "write one SELECT"
            )
        return statements[0]

    def _reading(self, work: Callable[[], T], timeout_s: float) -> T:
        """Return the value of `work` in a READ ONLY transaction, which is rolled back."""
        # Until the rollback has worked, the state of the connection is unknown.
        self.usable = False
        is_exhausted = False
        try:
            self._connection.execute("BEGIN TRANSACTION READ ONLY")
            return call_with_timeout(work, timeout_s, self._connection.interrupt)
        except TimeoutError as error:
            raise timed_out(timeout_s) from error
        except (duckdb.OutOfMemoryException, MemoryError) as error:
            is_exhausted = True
            raise needs_memory() from error
        except duckdb.Error as error:
            raise ExecutionError(f"DuckDB refused the query: {one_line(error)}") from error
        finally:
            with suppress(duckdb.Error):
                self._connection.execute("ROLLBACK")
                # What was allocated and given back still counts for the limit of the process, so
                # that the next query would need a new one.
                self.usable = not is_exhausted


def _opened(path: Path, spill_folder: Path | None) -> duckdb.DuckDBPyConnection:
    """Return the opened and restricted database of a file. Raises Unreachable."""
    if not path.is_file():
        raise Unreachable(f"there is no file {path}; check the path")
    config = dict(FILE_CONFIG)
    # DuckDB's choice is beside the file, where a killed process would leave its rows.
    if spill_folder is not None:
        config["temp_directory"] = str(spill_folder)
    try:
        with _OPENING:
            return _restricted(duckdb.connect(str(path), read_only=True, config=config))
    except duckdb.ConnectionException as error:
        raise Unreachable(
            f"this process has {path} open with other settings; close it there"
        ) from error
    except duckdb.Error as error:
        is_locked = "lock" in str(error).lower()
        reason = (
            "another program has it open for writing; close it there"
            if is_locked
            else one_line(error)
        )
        raise Unreachable(f"{path} cannot be read as a DuckDB database: {reason}") from error


def _restricted(database: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Return the database after making the settings, unless an earlier executor locked them."""
    if not database.execute("SELECT current_setting('lock_configuration')").fetchone()[0]:
        _set(database, _BOUNDS)
    return database


def _over_files(files: Sequence[Path], spill_folder: Path) -> duckdb.DuckDBPyConnection:
    """Return a restricted database in memory with a view for each file. Raises Unreachable."""
    # External access is needed to create the views and is turned off after that.
    database = duckdb.connect(":memory:", config=MEMORY_CONFIG)
    unread = [problem for problem in create_views(database, files) if problem.is_whole]
    if len(unread) == len(files):
        database.close()
        raise Unreachable(unread[0].reason)
    # DuckDB compares a path as it is written in a query, so both spellings are allowed.
    allowed = {str(file) for file in files} | {escaped_glob(file) for file in files}
    paths = ", ".join(map(string_literal, sorted(allowed)))
    database.execute(f"SET allowed_paths = [{paths}]")
    _set(database, {"temp_directory": str(spill_folder), "enable_external_access": False})
    _set(database, _BOUNDS)
    return database


def _set(database: duckdb.DuckDBPyConnection, settings: Mapping[str, object]) -> None:
    for name, value in settings.items():
        text = string_literal(value) if isinstance(value, str) else value
        database.execute(f"SET {name} = {text}")
