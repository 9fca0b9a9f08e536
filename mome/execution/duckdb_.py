"""DuckDB, read-only and locked; the executor connects here for duckdb:// URLs and for csv and parquet files.

Stops: every statement that DuckDB's own parser does not call a single SELECT (COPY, ATTACH, PRAGMA, SET, INSTALL, CALL, ...), writes (also
in a CTE: a read-only file and a READ ONLY transaction), files and the network (external access off, but for the files the views read),
Python variables as tables, extensions, more than its share of memory, disk and threads, long running (interrupt from a clock).
Does not stop: reading DuckDB's own settings and functions such as duckdb_settings().
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import TypeVar

import duckdb

from mome.errors import ExecutionError, Unreachable
from mome.execution.files import create_views, pattern, quoted
from mome.execution.session import Fetched, one_line, timed_out
from mome.execution.watchdog import stoppable

_CONFIG = {
    "python_enable_replacements": False,
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
"""Given when a file is opened. One process may open a file twice only with the same ones, so introspection gives these too."""
_BOUNDS = {
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
    "max_temp_directory_size": "4GB",
    "memory_limit": "2GB",
    "threads": min(4, os.cpu_count() or 1),
    "lock_configuration": True,
}
"""Set afterwards; the last one forbids any further change."""
_OPENING = Lock()
"""Held while a file is opened and bounded: threads of this process share one database per file, and its configuration with it."""
T = TypeVar("T")


class DuckdbEngine:
    """One DuckDB file, or a database in memory with a view for each of `files`."""

    dialect = "duckdb"

    def __init__(self, path: Path | None, files: Sequence[Path] = ()) -> None:
        self._path = path
        self._files = tuple(file.absolute() for file in files)
        self._database: duckdb.DuckDBPyConnection | None = None
        self._lock = Lock()

    def connect(self) -> DuckdbSession:
        """A connection to the database, which the first call opens. Raises Unreachable."""
        with self._lock:
            if self._database is None:
                self._database = _opened(self._path) if self._path else _over_files(self._files)
            return DuckdbSession(self._database.cursor())

    def warnings(self, session: DuckdbSession) -> tuple[str, ...]:
        """None: whoever may write the file, these connections cannot."""
        return ()

    def close(self) -> None:
        """Close the database that the sessions share."""
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None


class DuckdbSession:
    """One connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.usable = True
        self._connection = connection

    def run(self, sql: str, timeout_s: float, count: int) -> Fetched:
        """See Session."""
        return self._reading(lambda: self._run(sql, count), timeout_s)

    def explain(self, sql: str, timeout_s: float) -> None:
        """See Session."""
        self._reading(
            lambda: self._connection.execute(f"EXPLAIN {self._select(sql).query}"), timeout_s
        )

    def close(self) -> None:
        """See Session."""
        self._connection.close()

    def _run(self, sql: str, count: int) -> Fetched:
        self._connection.execute(self._select(sql))
        return Fetched(
            tuple(column[0] for column in self._connection.description),
            self._connection.fetchmany(count),
        )

    def _select(self, sql: str) -> duckdb.Statement:
        statements = self._connection.extract_statements(sql)
        if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
            raise ExecutionError(
                "DuckDB does not see a single SELECT in this statement, and nothing else is run"
            )
        return statements[0]

    def _reading(self, work: Callable[[], T], timeout_s: float) -> T:
        """Work in a READ ONLY transaction that is rolled back, with named errors."""
        self.usable = False
        try:
            self._connection.execute("BEGIN TRANSACTION READ ONLY")
            return stoppable(work, timeout_s, self._connection.interrupt)
        except TimeoutError as error:
            raise timed_out(timeout_s) from error
        except duckdb.Error as error:
            raise ExecutionError(f"DuckDB refused the query: {one_line(error)}") from error
        finally:
            with suppress(duckdb.Error):
                self._connection.execute("ROLLBACK")
                self.usable = True


def _opened(path: Path) -> duckdb.DuckDBPyConnection:
    if not path.is_file():
        raise Unreachable(f"there is no file {path}; check the path")
    try:
        with _OPENING:
            return _bounded(duckdb.connect(str(path), read_only=True, config=_CONFIG))
    except duckdb.ConnectionException as error:
        raise Unreachable(f"this process has {path} open in another way; close it there") from error
    except duckdb.Error as error:
        locked = (
            "another program has it open for writing; close it there"
            if "lock" in str(error).lower()
            else one_line(error)
        )
        raise Unreachable(f"{path} cannot be read as a DuckDB database: {locked}") from error


def _bounded(database: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The connection, with all bounds; an executor that came before may have set and locked them."""
    if not database.execute("SELECT current_setting('lock_configuration')").fetchone()[0]:
        _set(database, _BOUNDS)
    return database


def _over_files(files: Sequence[Path]) -> duckdb.DuckDBPyConnection:
    database = duckdb.connect(":memory:", config={**_CONFIG, "enable_external_access": True})
    try:
        create_views(database, files)
    except Unreachable:
        database.close()
        raise
    allowed = sorted({name for file in files for name in (str(file), pattern(file))})
    database.execute(f"SET allowed_paths = [{', '.join(map(quoted, allowed))}]")
    _set(
        database,
        {
            "temp_directory": str(Path(tempfile.gettempdir()) / f"mome-duckdb-{os.getpid()}"),
            "enable_external_access": False,
        },
    )
    _set(database, _BOUNDS)
    return database


def _set(database: duckdb.DuckDBPyConnection, settings: Mapping[str, object]) -> None:
    for name, value in settings.items():
        database.execute(f"SET {name} = {quoted(value) if isinstance(value, str) else value}")
