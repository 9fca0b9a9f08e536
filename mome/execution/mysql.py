"""MariaDB and MySQL: each statement runs in a READ ONLY transaction that is rolled back.

Stops: every statement that EXPLAIN does not accept (SET, SET STATEMENT, SHUTDOWN, KILL, DDL, DO,
several statements); INTO and LOAD_FILE outside of quotes; writes (READ ONLY for the whole session,
because DDL ends a transaction); LOAD DATA LOCAL; long statements (the server's timeout, and KILL
QUERY from a second connection if that one fails).

Does not stop: what a user with more than read rights may do inside a select (the executor warns),
and GET_LOCK, which the guard refuses. A dead network is noticed only by TCP keep-alive.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import pymysql
from pymysql.constants import CLIENT, CR, ER
from pymysql.cursors import SSCursor
from sqlalchemy.engine import URL

from mome.errors import ExecutionError, Unreachable
from mome.execution.address import DatabaseAddress
from mome.execution.session import ConnectionLost, Fetched, timed_out
from mome.execution.watchdog import call_with_timeout

_CONNECT_S = 5
_LOCK_WAIT_S = 2
_GRACE_S = 0.5
_OPTION_FILE = Path("~/.my.cnf")
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
_NOT_CODE = re.compile(
    r"""'(?:[^'\\]|\\.|'')*' | "(?:[^"\\]|\\.|"")*" | `(?:[^`]|``)*`
    | /\*(?!M?!).*?\*/ | \#[^\n]* | --\s[^\n]*""",
    re.DOTALL | re.VERBOSE,
)
"""Quoted text and comments, except comments that the server executes."""
_FILE_WORDS = re.compile(r"(?<![^\W\d])(?:INTO|LOAD_FILE)\b", re.IGNORECASE)
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
_TIMED_OUT = {ER.QUERY_INTERRUPTED, ER.STATEMENT_TIMEOUT, ER.QUERY_TIMEOUT}
_LOCKED = {ER.LOCK_WAIT_TIMEOUT, ER.LOCK_DEADLOCK}
_LOST = {CR.CR_SERVER_GONE_ERROR, CR.CR_SERVER_LOST, CR.CR_SERVER_LOST_EXTENDED}
_WRONG_LOGIN = "the user or the password is wrong; set DB_URL to the whole URL with the right ones"
_NO_CONNECTION = {
    ER.DBACCESS_DENIED_ERROR: "this user may not use the database; grant it SELECT there",
    ER.ACCESS_DENIED_ERROR: _WRONG_LOGIN,
    ER.BAD_DB_ERROR: "the server has no such database; check its name in the URL",
    ER.HOST_NOT_PRIVILEGED: "the server takes no connections from here; allow this host",
    1698: _WRONG_LOGIN,
}
"""Advice by error code; 1698 refuses a login without password."""
T = TypeVar("T")


class MysqlEngine:
    """One database on a MariaDB or MySQL server, as one user."""

    dialect = "mysql"

    def __init__(self, address: DatabaseAddress) -> None:
        self._address = address

    def connect(self) -> MysqlSession:
        """Log in. Raises Unreachable."""
        try:
            return MysqlSession(_connected(self._address.server), self._address)
        except (pymysql.Error, RuntimeError) as error:
            raise Unreachable(
                f"no connection to {self._address.shown}: {_reason(error)}"
            ) from error

    def warnings(self, session: MysqlSession) -> tuple[str, ...]:
        """Return rights beyond reading."""
        return session.warnings()

    def close(self) -> None:
        """Do nothing: connections share nothing."""


class MysqlSession:
    """One connection."""

    def __init__(self, connection: pymysql.Connection, address: DatabaseAddress) -> None:
        self._connection = connection
        self._address = address
        self._is_mariadb = "mariadb" in connection.get_server_info().lower()
        self._limit_s = 0.0
        self._in_doubt = False
        modes = self._ask("SELECT @@sql_mode")[0][0].split(",")
        self._ask(
            f"SET SESSION sql_mode = '{','.join(mode for mode in modes if mode not in _MODES)}'"
        )
        self._ask(
            f"SET SESSION lock_wait_timeout = {_LOCK_WAIT_S}, innodb_lock_wait_timeout = "
            f"{_LOCK_WAIT_S}"
        )
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
        with self._named_errors(_CONNECT_S):
            rights = _rights(row[0] for row in self._ask("SHOW GRANTS")) - _HARMLESS
        advice = "connect as a user that has SELECT and nothing more"
        files = rights & {"FILE", "ALL", "ALL PRIVILEGES"}
        more = sorted(rights - {"FILE"})
        found = (
            (files, f"the user can read and write the server's files (FILE); {advice}"),
            (more, f"the user has {_some(more)}; {advice}"),
        )
        return tuple(warning for there, warning in found if there)

    def close(self) -> None:
        """See Session."""
        if self._connection.open:
            self._connection.close()

    def _run(self, sql: str, count: int) -> Fetched:
        self._plan(sql)
        cursor = self._connection.cursor(_Cursor)
        try:
            cursor.execute(sql)
            columns = tuple(column[0] for column in cursor.description or ())
            return Fetched(columns, list(cursor.fetchmany(count)))
        finally:
            self._in_doubt |= not cursor.left()

    def _plan(self, sql: str) -> None:
        """Plan a statement. EXPLAIN accepts selects and writes only; with FORMAT=JSON it accepts
        neither a bare table name nor ANALYZE.
        """
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
            if _code_and_text(error)[0] != ER.VIEW_NO_EXPLAIN:
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
                answer = call_with_timeout(work, timeout_s + _GRACE_S, self._kill)
        finally:
            self._roll_back()
        if time.monotonic() - started > timeout_s:
            raise timed_out(
                timeout_s
                # a function that was stopped may give a value instead of an error, as BENCHMARK and
                # SLEEP do
            )
        return answer

    def _limit(self, timeout_s: float) -> None:
        if timeout_s != self._limit_s:
            milliseconds = max(1, round(timeout_s * 1000))
            name, value = (
                ("max_statement_time", milliseconds / 1000)
                if self._is_mariadb
                else ("max_execution_time", milliseconds)
            )
            self._ask(f"SET SESSION {name} = {value}")
            self._limit_s = timeout_s

    def _roll_back(self) -> None:
        if self.usable:
            try:
                self._connection.rollback()
            except pymysql.Error:
                self._in_doubt = True

    def _kill(self) -> None:
        """Kill the statement from a second connection, because this one is waiting for it."""
        self._in_doubt = True
        with (
            suppress(pymysql.Error),
            _connected(self._address.server) as other,
            other.cursor() as cursor,
        ):
            cursor.execute(f"KILL QUERY {self._connection.thread_id()}")

    @contextmanager
    def _named_errors(self, timeout_s: float) -> Iterator[None]:
        try:
            yield
        except TimeoutError as error:
            raise timed_out(timeout_s) from error
        except pymysql.Error as error:
            raise self._named(error, timeout_s) from error

    def _named(self, error: pymysql.Error, timeout_s: float) -> ExecutionError:
        code, text = _code_and_text(error)
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


class _Cursor(SSCursor):
    """Fetches rows as they arrive, and can be left before the last one."""

    def left(self) -> bool:
        """Give the cursor up. Returns False if rows were not read: the server keeps sending them,
        so that the connection must be closed.
        """
        finished = self._result is None or not self._result.unbuffered_active
        if not finished:
            self._result.unbuffered_active = False
        self._result = self.connection = None
        return finished


def _connected(url: URL) -> pymysql.Connection:
    _, given = url.set(drivername="mysql+pymysql").get_dialect()().create_connect_args(url)
    given = {
        "connect_timeout": _CONNECT_S,
        **given,
        "charset": "utf8mb4",
        "local_infile": False,
        "autocommit": True,
    }
    given["client_flag"] = given.get("client_flag", 0) & ~CLIENT.MULTI_STATEMENTS
    if not url.password and _OPTION_FILE.expanduser().is_file():
        given = {"read_default_file": str(_OPTION_FILE), **given}
    return pymysql.connect(**given)


def _reason(error: Exception) -> str:
    code, text = _code_and_text(error)
    if code in _NO_CONNECTION:
        return _NO_CONNECTION[code]
    if "Name or service not known" in text or "getaddrinfo" in text or "name resolution" in text:
        return "no host has this name; check the host in the URL"
    if "refused" in text:
        return "nothing answers there; check host and port, and that the server runs"
    return (
        "it does not answer; check host and port, and the network between"
        if "timed out" in text
        else f"{text}; check the URL"
    )


def _code_and_text(error: Exception) -> tuple[int, str]:
    code, text = error.args if len(error.args) == 2 else (0, error)
    return code, str(text).partition("\n")[0] or type(error).__name__


def _rights(grants: Iterable[str]) -> set[str]:
    """Return the privileges in the lines of SHOW GRANTS, without their columns."""
    lists = (
        match.group(1)
        for match in (re.match(r"GRANT (.+?) ON ", grant) for grant in grants)
        if match
    )
    return {
        right.strip().upper()
        for rights in lists
        for right in re.sub(r"\([^)]*\)", "", rights).split(",")
    }


def _some(rights: list[str]) -> str:
    return ", ".join(rights[:3]) + (" and more" if len(rights) > 3 else "")
