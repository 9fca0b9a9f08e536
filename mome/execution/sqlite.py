"""SQLite, opened read-only behind an authorizer. The executor's worker processes connect here.

Stops:
- every statement but a SELECT, by the authorizer's answer to each action of the compiled program,
  inside of views too
- ATTACH, also by its limit; PRAGMA; reading sqlite_master
- functions that load code or make large values
- several statements in one text
- writes, also by mode=ro and query_only
- statements over their timeout, by the progress handler
- values over 64 MiB

Does not stop: a built-in function that works long on one large value, because the progress handler
is called between two steps of the program. The executor then kills the process.
"""

from __future__ import annotations

import functools
import sqlite3
import time
from contextlib import suppress
from pathlib import Path

from mome.errors import ExecutionError, Unreachable
from mome.execution.bounds import bounded
from mome.execution.session import Fetched, needs_memory, one_line, timed_out
from mome.sources.sqlite_files import read_only_uri

# Often enough to stop within milliseconds, seldom enough not to slow a query down.
_PROGRESS_STEPS = 10_000
"""Steps of SQLite's virtual machine between two checks of the timeout."""
_LOCK_WAIT_S = 2.0
"""Seconds to wait for another program's lock on the file."""
# SQLite's defaults allow values of 1 GB and expressions of depth 1000, which a person's question
# never needs.
_LIMITS = {
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LENGTH: 64 * 2**20,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 2**20,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 500,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 100,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1000,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
"""SQLite's run-time limits of a connection."""
_NO_FUNCTION = {
    "load_extension",
    "fts3_tokenizer",
    "randomblob",
    "zeroblob",
    "sqlite_compileoption_get",
    "sqlite_compileoption_used",
}
"""Functions that the authorizer refuses."""
_NO_TABLE = ("sqlite_", "pragma_", "dbstat")
"""Prefixes of tables that the authorizer refuses."""
# Text that is not UTF-8 is shown with replacement characters instead of failing the query.
_to_text = functools.partial(str, encoding="utf-8", errors="replace")


class SqliteEngine:
    """One SQLite file."""

    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path

    def connect(self) -> SqliteSession:
        """Open the file. Raises Unreachable if it is missing, unreadable or no SQLite database."""
        if not self._path.is_file():
            raise Unreachable(f"there is no file {self._path}; check the path")
        try:
            connection = sqlite3.connect(
                read_only_uri(self._path),
                uri=True,
                isolation_level=None,
                check_same_thread=False,
                timeout=_LOCK_WAIT_S,
            )
        except sqlite3.Error as error:
            raise Unreachable(
                f"{self._path} cannot be opened ({one_line(error)}); "
                "check the rights on it and on its folder"
            ) from error
        try:
            return SqliteSession(connection)
        except sqlite3.Error as error:
            connection.close()
            raise Unreachable(
                f"{self._path} cannot be read as an SQLite database: {one_line(error)}"
            ) from error


class SqliteSession:
    """One connection, restricted when the session is made."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.usable = True
        self._connection = connection
        self._deadline = 0.0
        connection.text_factory = _to_text
        # The authorizer comes last, because it would refuse the statements before it.
        _open_virtual_tables(connection)
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA cell_size_check = ON")
        for limit, value in _LIMITS.items():
            connection.setlimit(limit, value)
        connection.set_progress_handler(self._is_late, _PROGRESS_STEPS)
        connection.set_authorizer(_authorize)

    def run(self, sql: str, timeout_s: float, count: int) -> Fetched:
        """Return at most `count` rows; see Session."""
        self._deadline = time.monotonic() + timeout_s
        try:
            cursor = self._connection.execute(sql)
            try:
                columns = tuple(column[0] for column in cursor.description or ())
                return bounded(columns, cursor, count)
            finally:
                cursor.close()
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise self._named(error, timeout_s) from error
        except MemoryError as error:
            self.usable = False
            raise needs_memory() from error

    def explain(self, sql: str, timeout_s: float) -> None:
        """Plan the statement without running it; see Session."""
        self.run(f"EXPLAIN QUERY PLAN {sql}", timeout_s, 1)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _is_late(self) -> bool:
        return time.monotonic() > self._deadline

    def _named(self, error: Exception, timeout_s: float) -> BaseException:
        """Return the error to raise for one of the driver's."""
        name = getattr(error, "sqlite_errorname", "")
        if name == "SQLITE_INTERRUPT":
            # sqlite3 swallows exceptions of the progress handler, KeyboardInterrupt among them. An
            # interruption before the deadline was therefore Ctrl-C.
            return timed_out(timeout_s) if self._is_late() else KeyboardInterrupt()
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return ExecutionError(
                "the database is locked by another program; try again in a moment"
            )
        # After a change of the schema, SQLite opens virtual tables again, which the authorizer
        # refuses. A new session opens them before it sets the authorizer.
        self.usable = not any(sign in str(error) for sign in ("authorized", "constructor failed"))
        return ExecutionError(f"SQLite refused the query: {one_line(error)}")


def _open_virtual_tables(connection: sqlite3.Connection) -> None:
    """Use each virtual table once, before the authorizer is set.

    At their first use, full-text tables and others run statements that the authorizer refuses.
    """
    declared = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL%'"
    ).fetchall()
    for (name,) in [*declared, ("json_each",), ("json_tree",)]:
        quoted = '"' + name.replace('"', '""') + '"'
        # The table's module may be missing. A query on the table then gives an error of its own.
        with suppress(sqlite3.Error):
            connection.execute(f"SELECT 1 FROM {quoted} LIMIT 0").close()


def _authorize(
    action: int, first: str | None, second: str | None, database: str | None, trigger: str | None
) -> int:
    allowed = _is_reading(action, first or "", second or "")
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def _is_reading(action: int, first: str, second: str) -> bool:
    """Return whether an action only reads; `first` and `second` are the authorizer's arguments."""
    match action:
        case sqlite3.SQLITE_SELECT | sqlite3.SQLITE_RECURSIVE:
            return True
        case sqlite3.SQLITE_READ:
            return not first.lower().startswith(_NO_TABLE)
        case sqlite3.SQLITE_FUNCTION:
            return second.lower() not in _NO_FUNCTION
        case sqlite3.SQLITE_PRAGMA:
            # Full-text tables read this pragma in their own statements.
            return (first, second) == ("data_version", "")
    return False
