"""MariaDB and MySQL: each statement runs in a READ ONLY transaction that is rolled back.

Stops:
- every statement that EXPLAIN does not accept: SET, SET STATEMENT, SHUTDOWN, KILL, DDL, DO, several
  statements
- INTO and LOAD_FILE outside of quotes
- writes, by READ ONLY for the whole session, because DDL ends a transaction
- LOAD DATA LOCAL
- long statements, by the server's timeout, and by KILL QUERY when the executor asks to stop
- rows of more than 64 MiB

Does not stop: what a user with more than read rights may do inside a select (the executor warns),
and GET_LOCK, which the guard refuses. MariaDB 10.11 ignores both clocks inside one text function,
and a dead network is noticed after 30 s, by TCP keep-alive. The executor's callers wait for
neither.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

import pymysql
from pymysql.constants import CR, ER

from mome.errors import ExecutionError, Unreachable
from mome.execution.address import DatabaseAddress
from mome.execution.bounds import bounded
from mome.execution.mysql_connection import (
    CONNECT_S,
    WRONG_OPTION,
    PartCursor,
    code_and_text,
    connected,
    reason,
    rights,
)
from mome.execution.session import OPEN_S, OVERDUE_S, ConnectionLost, Fetched, timed_out
from mome.sources.secrets import without_secrets

# The servers' defaults are a day or more, and 50 s. A question that waits for another session's
# ALTER TABLE should say so instead.
_LOCK_WAIT_S = 2
"""Seconds to wait for another session's lock."""
_MODES = {
    "ANSI",
    "ANSI_QUOTES",
    "DB2",
    "MAXDB",
    "MSSQL",
    "NO_BACKSLASH_ESCAPES",
    "ORACLE",
    "PIPES_AS_CONCAT",
    "POSTGRESQL",
}
"""SQL modes in which a server parses text differently than the guard did."""
# `/*!` and MariaDB's `/*M!` open comments that the server executes, so these are kept as code.
_NOT_CODE = re.compile(
    r"""'(?:[^'\\]|\\.|'')*' | "(?:[^"\\]|\\.|"")*" | `(?:[^`]|``)*`
    | /\*(?!M?!).*?\*/ | \#[^\n]* | --\s[^\n]*""",
    re.DOTALL | re.VERBOSE,
)
"""Quoted text and comments, except comments that the server executes."""
# No \b in front: the server reads `1.5INTO` as a number and the word.
_FILE_WORDS = re.compile(r"(?<![^\W\d])(?:INTO|LOAD_FILE)\b", re.IGNORECASE)
_FILE_RIGHTS = {"FILE", "ALL", "ALL PRIVILEGES"}
"""Rights with which a select can reach the server's files."""
_HARMLESS = {
    "USAGE",
    "SELECT",
    "SHOW VIEW",
    "SHOW DATABASES",
    "PROCESS",
    "EXECUTE",
    "BINLOG MONITOR",
    "REPLICATION CLIENT",
    "PROXY",
}
"""Rights that change nothing when a single select is run, so no warning is given."""
_SHOWN_RIGHTS = 3
"""Rights that a warning names before it says `and more`."""
_TIMED_OUT = {ER.QUERY_INTERRUPTED, ER.STATEMENT_TIMEOUT, ER.QUERY_TIMEOUT}
_LOCKED = {ER.LOCK_WAIT_TIMEOUT, ER.LOCK_DEADLOCK}
_LOST = {CR.CR_SERVER_GONE_ERROR, CR.CR_SERVER_LOST, CR.CR_SERVER_LOST_EXTENDED}
T = TypeVar("T")


class MysqlEngine:
    """One database on a MariaDB or MySQL server, as one user."""

    dialect = "mysql"
    open_s = OPEN_S

    def __init__(self, address: DatabaseAddress) -> None:
        self._address = address
        self.place = address.place

    def connect(self) -> MysqlSession:
        """Log in. Raises Unreachable."""
        try:
            return MysqlSession(connected(self._address.server), self._address)
        # PyMySQL raises RuntimeError if the login needs a package that is not installed, and
        # errors of Python for an option that it cannot use.
        except (pymysql.Error, RuntimeError, *WRONG_OPTION) as error:
            why = without_secrets(reason(error), self._address.secret_text)
            raise Unreachable(f"no connection to {self._address.shown}: {why}") from error

    def warnings(self, session: MysqlSession) -> tuple[str, ...]:
        """Return rights beyond reading."""
        return session.warnings()

    def overdue(self, session: MysqlSession) -> int:
        """See Engine."""
        return session.overdue()

    def close(self) -> None:
        """Do nothing: connections share nothing."""


class MysqlSession:
    """One connection."""

    def __init__(self, connection: pymysql.Connection, address: DatabaseAddress) -> None:
        self._connection = connection
        self._address = address
        self._is_mariadb = "mariadb" in connection.get_server_info().lower()
        # The timeout that the session has now; 0 is none, the server's default.
        self._limit_s = 0.0
        # True once the state of the connection is unknown, so that it is not used again.
        self._in_doubt = False
        self._keep_modes()
        # The first is for locks on tables, the second for locks on rows.
        self._ask(
            f"SET SESSION lock_wait_timeout = {_LOCK_WAIT_S}, "
            f"innodb_lock_wait_timeout = {_LOCK_WAIT_S}"
        )
        # DDL ends a transaction. The statements after it are read-only by this setting.
        self._ask("SET SESSION TRANSACTION READ ONLY")

    @property
    def usable(self) -> bool:
        """See Session."""
        return self._connection.open and not self._in_doubt

    def run(self, sql: str, timeout_s: float, count: int) -> Fetched:
        """See Session."""
        return self._reading(lambda: self._run(sql, count), timeout_s)

    def explain(self, sql: str, timeout_s: float) -> None:
        """See Session."""
        self._reading(lambda: self._plan(sql), timeout_s)

    def warnings(self) -> tuple[str, ...]:
        """Return rights beyond reading. Raises ConnectionLost."""
        with self._named_errors(CONNECT_S):
            granted = rights(row[0] for row in self._ask("SHOW GRANTS")) - _HARMLESS
        advice = "connect as a user that has SELECT and nothing more"
        warnings = []
        if granted & _FILE_RIGHTS:
            warnings.append(f"the user can read and write the server's files (FILE); {advice}")
        # FILE has the sentence above.
        more = sorted(granted - {"FILE"})
        if more:
            warnings.append(f"the user has {_some(more)}; {advice}")
        return tuple(warnings)

    def overdue(self) -> int:
        """Return how many statements of the user have run for more than OVERDUE_S."""
        with self._named_errors(CONNECT_S):
            user = self._ask("SELECT USER()")[0][0].rpartition("@")[0]
            # Id, User, Host, db, Command, Time and more. Without the right PROCESS, a user sees
            # its own alone.
            listed = self._ask("SHOW PROCESSLIST")
        return sum(
            row[1] == user and row[4] == "Query" and (row[5] or 0) > OVERDUE_S for row in listed
        )

    def stop(self) -> None:
        """Kill the statement from a second connection, because this one is waiting for it."""
        self._in_doubt = True
        # Without a second connection there is nothing to do but to wait.
        with suppress(pymysql.Error), connected(self._address.server) as other:
            with other.cursor() as cursor:
                cursor.execute(f"KILL QUERY {self._connection.thread_id()}")

    def close(self) -> None:
        """See Session."""
        if self._connection.open:
            self._connection.close()

    def _keep_modes(self) -> None:
        """Remove the SQL modes in which the server reads a text differently than the guard."""
        modes = self._ask("SELECT @@sql_mode")[0][0].split(",")
        kept = ",".join(mode for mode in modes if mode not in _MODES)
        self._ask(f"SET SESSION sql_mode = '{kept}'")

    def _run(self, sql: str, count: int) -> Fetched:
        self._plan(sql)
        cursor = self._connection.cursor(PartCursor)
        try:
            cursor.execute(sql)
            columns = tuple(column[0] for column in cursor.description or ())
            return bounded(columns, cursor, count)
        finally:
            self._in_doubt |= not cursor.left()

    def _plan(self, sql: str) -> None:
        """Plan a statement. EXPLAIN accepts selects and writes only; with FORMAT=JSON it accepts
        neither a bare table name nor ANALYZE.
        """
        # EXPLAIN accepts INTO OUTFILE, and READ ONLY does not stop it.
        if _FILE_WORDS.search(_NOT_CODE.sub("''", sql)):
            raise ExecutionError(
                "INTO and LOAD_FILE are not run: a query may not touch the server's files or "
                "variables"
            )
        try:
            self._ask(f"EXPLAIN FORMAT=JSON {sql}")
        except pymysql.Error as error:
            # A plan would show what is under a view: it is refused to who may read the view alone,
            # after the statement was understood.
            if code_and_text(error)[0] != ER.VIEW_NO_EXPLAIN:
                raise

    def _ask(self, sql: str) -> tuple[tuple, ...]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    def _reading(self, work: Callable[[], T], timeout_s: float) -> T:
        """Work in a READ ONLY transaction that is rolled back, under two timeouts, with named
        errors.
        """
        started = time.monotonic()
        try:
            with self._named_errors(timeout_s):
                self._limit(timeout_s)
                self._ask("START TRANSACTION READ ONLY")
                answer = work()
        finally:
            self._roll_back()
        # A function that was stopped may give a value instead of an error, as BENCHMARK and SLEEP
        # do.
        if time.monotonic() - started > timeout_s:
            raise timed_out(timeout_s)
        return answer

    def _limit(self, timeout_s: float) -> None:
        """Set the server's timeout for the session, if it has another one now."""
        if timeout_s == self._limit_s:
            return
        # 0 would mean no limit.
        milliseconds = max(1, round(timeout_s * 1000))
        # MariaDB counts in seconds, MySQL in milliseconds.
        if self._is_mariadb:
            self._ask(f"SET SESSION max_statement_time = {milliseconds / 1000}")
        else:
            self._ask(f"SET SESSION max_execution_time = {milliseconds}")
        self._limit_s = timeout_s

    def _roll_back(self) -> None:
        if self.usable:
            try:
                self._connection.rollback()
            except pymysql.Error:
                self._in_doubt = True

    @contextmanager
    def _named_errors(self, timeout_s: float) -> Iterator[None]:
        try:
            yield
        except pymysql.Error as error:
            raise self._named(error, timeout_s) from error

    def _named(self, error: pymysql.Error, timeout_s: float) -> ExecutionError:
        code, text = code_and_text(error)
        if code in _TIMED_OUT:
            return timed_out(timeout_s)
        if code in _LOST or not self._connection.open:
            return ConnectionLost(
                f"the connection to {self._address.shown} broke; is the server still there?"
            )
        if code in _LOCKED:
            return ExecutionError(
                "a table that the query reads is locked by another session; try again in a moment"
            )
        return ExecutionError(f"the server refused the query: {text}")


def _some(names: list[str]) -> str:
    more = " and more" if len(names) > _SHOWN_RIGHTS else ""
    return ", ".join(names[:_SHOWN_RIGHTS]) + more
