"""PostgreSQL over the extended protocol: each statement runs in a READ ONLY transaction that is
rolled back.

Stops:
- every statement that cannot be declared as a cursor, which takes a single select: COPY, DO, SET,
  DML in a CTE, several statements
- writes
- long statements and long waits for locks, by timeouts of the server
- long values, which the server shortens before it sends them
- files of the server, programs, and dblink without a password, for a superuser: it becomes
  pg_read_all_data for the transaction if the server has that role (14 and later)

Does not stop: what a role with more than read rights may do inside a select (the executor warns).
The guard refuses two more: a superuser's select from the system catalogs, and one that takes its
rights back by set_config('role', ...). The server looks up late in some plans, such as a CUBE
over a cross join; the executor's callers do not wait for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.sql import SQL, Composable, Identifier, Literal

from mome.errors import ExecutionError, Unreachable
from mome.execution.address import DatabaseAddress
from mome.execution.bounds import bounded
from mome.execution.postgresql_bounds import joined, shortened
from mome.execution.postgresql_connection import connected, keep_odd_values, reason
from mome.execution.session import (
    OPEN_S,
    OVERDUE_S,
    ConnectionLost,
    Fetched,
    one_line,
    timed_out,
)
from mome.sources.secrets import without_secrets

# The server's default is to wait for ever. A question that waits for another session's ALTER TABLE
# should say so instead.
_LOCK_WAIT_S = 2.0
"""Seconds to wait for another session's lock on a table."""
# More than the client needs between two statements of a transaction, so that it ends only those of
# a client that died or hangs.
_IDLE_GRACE_S = 10.0
"""Seconds beyond the timeout after which the server ends an idle transaction."""
_READER = "pg_read_all_data"
"""The role that a superuser becomes."""
_READER_SINCE = 140000
"""The server's version that has the role first: 14."""
# The first question sees only schemas that the role can use: other rights on tables have no effect.
_RIGHTS = """
SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE c.relkind IN ('r', 'p', 'f')
                 AND n.nspname <> 'information_schema' AND NOT starts_with(n.nspname, 'pg_')
                 AND has_schema_privilege(n.oid, 'USAGE')
                 AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')),
       EXISTS (SELECT FROM pg_roles
               WHERE rolname IN ('pg_execute_server_program', 'pg_read_server_files',
                                 'pg_write_server_files')
                 AND pg_has_role(oid, 'USAGE'))
"""
"""Whether the role can write to a table, and whether it can use files of the server."""
_OVERDUE = """
SELECT count(*) FROM pg_stat_activity
WHERE usename = current_user AND state = 'active' AND pid <> pg_backend_pid()
  AND query_start < clock_timestamp() - make_interval(secs => %s)
"""
"""Statements of this role that have run for long."""
_CANCEL_S = 5.0
"""Seconds to wait for the server to take a request to stop."""
_GRANT_LESS = "connect as a role that has SELECT and nothing more"
# The rollback does not give back advisory locks of the session, which a select can take.
_LEAVE = "ROLLBACK; SELECT pg_catalog.pg_advisory_unlock_all()"


class PostgresqlEngine:
    """One PostgreSQL database, as one role."""

    dialect = "postgres"
    open_s = OPEN_S

    def __init__(self, address: DatabaseAddress) -> None:
        self._address = address
        self.place = address.place

    def connect(self) -> PostgresqlSession:
        """Log in. Raises Unreachable."""
        try:
            return PostgresqlSession(connected(self._address), self._address.shown)
        except psycopg.Error as error:
            why = without_secrets(reason(error), self._address.secret_text)
            raise Unreachable(f"no connection to {self._address.shown}: {why}") from error

    def warnings(self, session: PostgresqlSession) -> tuple[str, ...]:
        """Return rights beyond reading."""
        return session.warnings()

    def overdue(self, session: PostgresqlSession) -> int:
        """See Engine."""
        return session.overdue()

    def close(self) -> None:
        """Do nothing: connections share nothing."""


class PostgresqlSession:
    """One connection."""

    def __init__(self, connection: psycopg.Connection, shown: str) -> None:
        self._connection = connection
        self._shown = shown
        self._is_superuser = connection.info.parameter_status("is_superuser") == "on"
        self._settings = self._common_settings()
        keep_odd_values(connection)

    @property
    def usable(self) -> bool:
        """See Session."""
        status = self._connection.info.transaction_status
        return not self._connection.closed and status == TransactionStatus.IDLE

    def run(self, sql: str, timeout_s: float, count: int) -> Fetched:
        """See Session."""
        with self._reading(timeout_s):
            columns = self._declared(sql)
            names = tuple(column.name for column in columns)
            # A stream is left after `count` rows without the server making the others. A fetch
            # from the declared cursor would have the planner prefer the first rows to all. It
            # reads row by row, because several of the largest would not fit into memory.
            with self._connection.cursor() as cursor:
                with closing(cursor.stream(shortened(sql, columns))) as rows:
                    return bounded(names, joined(rows, columns), count)

    def explain(self, sql: str, timeout_s: float) -> None:
        """See Session."""
        with self._reading(timeout_s):
            self._declared(sql)

    def warnings(self) -> tuple[str, ...]:
        """Return rights beyond reading. Raises ConnectionLost."""
        if self._is_superuser:
            return (f"the role is a superuser, which may do anything on the server; {_GRANT_LESS}",)
        with self._named_errors(_IDLE_GRACE_S):
            can_write, can_use_files = self._connection.execute(_RIGHTS).fetchone()
        warnings = []
        if can_write:
            warnings.append(f"the role can write to tables; {_GRANT_LESS}")
        if can_use_files:
            warnings.append(f"the role can use the server's files; {_GRANT_LESS}")
        return tuple(warnings)

    def overdue(self) -> int:
        """Return how many statements of the role have run for more than OVERDUE_S."""
        with self._named_errors(_IDLE_GRACE_S):
            return self._connection.execute(_OVERDUE, [OVERDUE_S]).fetchone()[0]

    def stop(self) -> None:
        """See Session."""
        # It fails on a broken connection, on which nothing runs.
        with suppress(psycopg.Error):
            self._connection.cancel_safe(timeout=_CANCEL_S)

    def close(self) -> None:
        """See Session."""
        self._connection.close()

    def _declared(self, sql: str) -> list[psycopg.Column]:
        """Return the columns of a cursor on this statement. Declaring plans the statement without
        running it, and accepts nothing but one select.
        """
        with self._connection.cursor("mome") as cursor:
            cursor.execute(sql)
            return cursor.description or []

    def _common_settings(self) -> tuple[Composable, ...]:
        """Return the settings of every transaction, except its timeouts."""
        settings = [
            # A backslash in a text is a character for the guard, so it must be one for the server.
            SQL("standard_conforming_strings = on"),
            # psycopg parses dates and intervals in these styles alone.
            SQL("datestyle = ISO"),
            SQL("intervalstyle = postgres"),
            SQL("lock_timeout = {}").format(_milliseconds(_LOCK_WAIT_S)),
        ]
        if self._is_superuser and self._connection.info.server_version >= _READER_SINCE:
            settings.append(self._search_path())
            # Last: the settings before it are made with the rights of the superuser.
            settings.append(SQL("role = {}").format(Literal(_READER)))
        return tuple(settings)

    def _search_path(self) -> Composable:
        """Return a setting that names the schemas which the search path means now.

        `$user` in the path would mean the other role once the role is set.
        """
        schemas = self._connection.execute("SELECT current_schemas(false)").fetchone()[0]
        names = SQL(", ").join(map(Identifier, schemas)) if schemas else Literal("")
        return SQL("search_path = {}").format(names)

    @contextmanager
    def _reading(self, timeout_s: float) -> Iterator[None]:
        """Open a READ ONLY transaction that is rolled back, with named errors."""
        timeouts = (
            SQL("statement_timeout = {}").format(_milliseconds(timeout_s)),
            SQL("idle_in_transaction_session_timeout = {}").format(
                _milliseconds(timeout_s + _IDLE_GRACE_S)
            ),
        )
        # LOCAL: the settings end with the transaction and leave the connection as it was.
        begin = [SQL("BEGIN TRANSACTION READ ONLY")]
        begin += [SQL("SET LOCAL ") + setting for setting in (*timeouts, *self._settings)]
        try:
            with self._named_errors(timeout_s):
                # One text, so that all settings together cost one round trip.
                self._connection.execute(SQL("; ").join(begin))
                yield
        finally:
            # It fails on a broken connection, which `usable` tells.
            with suppress(psycopg.Error):
                self._connection.execute(_LEAVE)

    @contextmanager
    def _named_errors(self, timeout_s: float) -> Iterator[None]:
        try:
            yield
        except psycopg.errors.QueryCanceled as error:
            raise timed_out(timeout_s) from error
        except psycopg.errors.LockNotAvailable as error:
            raise ExecutionError(
                "a table that the query reads is locked by another session; try again in a moment"
            ) from error
        except psycopg.Error as error:
            if self._connection.closed:
                raise ConnectionLost(
                    f"the connection to {self._shown} broke; is the server still there?"
                ) from error
            raise ExecutionError(
                f"PostgreSQL refused the query: {error.diag.message_primary or one_line(error)}"
            ) from error


def _milliseconds(seconds: float) -> Literal:
    # 0 would mean no limit.
    return Literal(max(1, round(seconds * 1000)))
