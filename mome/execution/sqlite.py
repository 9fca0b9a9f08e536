"""SQLite, opened read-only behind an authorizer; the executor connects here for sqlite:// URLs.

Stops: every statement but a select (the authorizer's answer to each action of the compiled program, views included), ATTACH (also by
its limit), PRAGMA, sqlite_master, functions that load code or make large values, several statements, writes (also by mode=ro and
query_only), long running (the progress handler) and values over 64 MiB.
Does not stop: one built-in function that works long on one large value, for the clock is looked at between steps of the program.
"""

from __future__ import annotations

import functools
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from mome.errors import ExecutionError, Unreachable
from mome.execution.session import Fetched, one_line, timed_out

_STEPS_BETWEEN_LOOKS = 10_000
_LOCK_WAIT_S = 2.0
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
_NO_FUNCTION = {
    "load_extension",
    "fts3_tokenizer",
    "randomblob",
    "zeroblob",
    "sqlite_compileoption_get",
    "sqlite_compileoption_used",
}
_NO_TABLE = ("sqlite_", "pragma_", "dbstat")
_to_text = functools.partial(str, encoding="utf-8", errors="replace")


class SqliteEngine:
    """One SQLite file."""

    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path

    def connect(self) -> SqliteSession:
        """Open the file. Raises Unreachable where it is missing, cannot be read or is something else."""
        if not self._path.is_file():
            raise Unreachable(f"there is no file {self._path}; check the path")
        try:
            connection = sqlite3.connect(
                f"file:{quote(str(self._path.absolute()))}?mode=ro",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
                timeout=_LOCK_WAIT_S,
            )
        except sqlite3.Error as error:
            raise Unreachable(
                f"{self._path} cannot be opened ({one_line(error)}); check the rights on it and on its folder"
            ) from error
        try:
            return SqliteSession(connection)
        except sqlite3.Error as error:
            connection.close()
            raise Unreachable(
                f"{self._path} cannot be read as an SQLite database: {one_line(error)}"
            ) from error

    def warnings(self, session: SqliteSession) -> tuple[str, ...]:
        """None: whoever may write the file, these connections cannot."""
        return ()

    def close(self) -> None:
        """Nothing is shared."""


class SqliteSession:
    """One connection, made harmless when it is taken over."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.usable = True
        self._connection = connection
        self._deadline = 0.0
        connection.text_factory = _to_text
        _open_virtual_tables(connection)
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA cell_size_check = ON")
        for limit, value in _LIMITS.items():
            connection.setlimit(limit, value)
        connection.set_progress_handler(self._is_late, _STEPS_BETWEEN_LOOKS)
        connection.set_authorizer(_allows)

    def run(self, sql: str, timeout_s: float, count: int) -> Fetched:
        """See Session."""
        self._deadline = time.monotonic() + timeout_s
        try:
            cursor = self._connection.execute(sql)
            try:
                return Fetched(
                    tuple(column[0] for column in cursor.description or ()), cursor.fetchmany(count)
                )
            finally:
                cursor.close()
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise self._named(error, timeout_s) from error

    def explain(self, sql: str, timeout_s: float) -> None:
        """See Session."""
        self.run(f"EXPLAIN QUERY PLAN {sql}", timeout_s, 1)

    def close(self) -> None:
        """See Session."""
        self._connection.close()

    def _is_late(self) -> bool:
        return time.monotonic() > self._deadline

    def _named(self, error: Exception, timeout_s: float) -> BaseException:
        name = getattr(error, "sqlite_errorname", "")
        if name == "SQLITE_INTERRUPT":
            # sqlite3 swallows what is raised in the progress handler: an interruption before the deadline was Ctrl-C.
            return timed_out(timeout_s) if self._is_late() else KeyboardInterrupt()
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return ExecutionError(
                "the database is locked by another program; try again in a moment"
            )
        # A schema that changed since makes virtual tables open again, which the authorizer stops: a new session can.
        self.usable = not any(sign in str(error) for sign in ("authorized", "constructor failed"))
        return ExecutionError(f"SQLite refused the query: {one_line(error)}")


def _open_virtual_tables(connection: sqlite3.Connection) -> None:
    """Full-text tables and the like run statements of their own when they are first used: let them, before the authorizer is there."""
    declared = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL%'"
    ).fetchall()
    for (name,) in [*declared, ("json_each",), ("json_tree",)]:
        quoted = '"' + name.replace('"', '""') + '"'
        with suppress(
            sqlite3.Error
        ):  # of a module that is not there; who asks for this table is told
            connection.execute(f"SELECT 1 FROM {quoted} LIMIT 0").close()


def _allows(
    action: int, first: str | None, second: str | None, database: str | None, trigger: str | None
) -> int:
    return (
        sqlite3.SQLITE_OK if _is_reading(action, first or "", second or "") else sqlite3.SQLITE_DENY
    )


def _is_reading(action: int, first: str, second: str) -> bool:
    match action:
        case sqlite3.SQLITE_SELECT | sqlite3.SQLITE_RECURSIVE:
            return True
        case sqlite3.SQLITE_READ:
            return not first.lower().startswith(_NO_TABLE)
        case sqlite3.SQLITE_FUNCTION:
            return second.lower() not in _NO_FUNCTION
        case sqlite3.SQLITE_PRAGMA:
            return (first, second) == ("data_version", "")  # full-text tables ask it of themselves
    return False
