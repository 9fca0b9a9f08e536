"""PostgreSQL over the extended protocol: each statement runs in a READ ONLY transaction that is
rolled back.

Stops: every statement that cannot be declared as a cursor (COPY, DO, SET, DML in a CTE, several
statements: a cursor takes a single select); writes; long statements and long waits for locks
(timeouts of the server). A superuser becomes pg_read_all_data for the transaction if the server has
that role (14 and later): no files of the server, no programs, no dblink without a password.

Does not stop: what a role with more than read rights may do inside a select (the executor warns).
The guard refuses two more: a superuser's select from the system catalogs, and one that takes its
rights back by set_config('role', ...).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import islice

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.sql import SQL, Composable, Identifier, Literal
from psycopg.types.datetime import DateLoader, TimestampLoader, TimestamptzLoader

from mome.errors import ExecutionError, Unreachable
from mome.execution.address import DatabaseAddress
from mome.execution.session import ConnectionLost, Fetched, one_line, timed_out

_CONNECT_S = 5
_LOCK_WAIT_S = 2.0
_IDLE_GRACE_S = 10.0
_KEEPALIVE = {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3}
_OPTION = "-c default_transaction_read_only=on"
_READER = "pg_read_all_data"
_READER_SINCE = 140000

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
_GRANT_LESS = "connect as a role that has SELECT and nothing more"

_NO_CONNECTION = (
    (
        "password authentication failed",
        "the user or the password is wrong; set DB_URL to the whole URL with the right ones",
    ),
    (
        "no password supplied",
        "it asks for a password; set DB_URL to the URL with it, or add it to ~/.pgpass",
    ),
    ("resolve host", "no host has this name; check the host in the URL"),
    ("translate host name", "no host has this name; check the host in the URL"),
    ("refused", "nothing answers there; check host and port, and that the server runs"),
    ("timeout", "it does not answer; check host and port, and the network between"),
    ("does not exist", "there is no such database or role; check their names in the URL"),
)


class PostgresqlEngine:
    """One PostgreSQL database, as one role."""

    dialect = "postgres"

    def __init__(self, address: DatabaseAddress) -> None:
        self._address = address

    def connect(self) -> PostgresqlSession:
        """Log in. Raises Unreachable."""
        try:
            return PostgresqlSession(_connected(self._address), self._address.shown)
        except psycopg.Error as error:
            text = str(error)
            reason = (
                next((advice for sign, advice in _NO_CONNECTION if sign in text), None)
                or f"{_last_line(text)}; check the URL"
            )
            raise Unreachable(f"no connection to {self._address.shown}: {reason}") from error

    def warnings(self, session: PostgresqlSession) -> tuple[str, ...]:
        """Return rights beyond reading."""
        return session.warnings()

    def close(self) -> None:
        """Do nothing: connections share nothing."""


class PostgresqlSession:
    """One connection."""

    def __init__(self, connection: psycopg.Connection, shown: str) -> None:
        self._connection = connection
        self._shown = shown
        self._is_superuser = connection.info.parameter_status("is_superuser") == "on"
        self._prelude = self._settings()
        for name, loader in (
            ("date", _Date),
            ("timestamp", _Timestamp),
            ("timestamptz", _Timestamptz),
        ):
            connection.adapters.register_loader(name, loader)

    @property
    def usable(self) -> bool:
        """See Session."""
        return (
            not self._connection.closed
            and self._connection.info.transaction_status == TransactionStatus.IDLE
        )

    def run(self, sql: str, timeout_s: float, count: int) -> Fetched:
        """See Session."""
        with self._reading(timeout_s):
            columns = self._declared(sql)
            with (
                self._connection.cursor() as cursor,
                closing(cursor.stream(sql, size=count)) as rows,
            ):
                return Fetched(columns, list(islice(rows, count)))

    def explain(self, sql: str, timeout_s: float) -> None:
        """See Session."""
        with self._reading(timeout_s):
            self._declared(sql)

    def warnings(self) -> tuple[str, ...]:
        """Return rights beyond reading. Raises ConnectionLost."""
        if self._is_superuser:
            return (f"the role is a superuser, which may do anything on the server; {_GRANT_LESS}",)
        with self._named_errors(_IDLE_GRACE_S):
            writes, files = self._connection.execute(_RIGHTS).fetchone()
        found = (
            (writes, f"the role can write to tables; {_GRANT_LESS}"),
            (files, f"the role can use the server's files; {_GRANT_LESS}"),
        )
        return tuple(warning for there, warning in found if there)

    def close(self) -> None:
        """See Session."""
        self._connection.close()

    def _declared(self, sql: str) -> tuple[str, ...]:
        """Return the columns of a cursor on this statement. Declaring plans the statement without
        running it, and accepts nothing but one select.
        """
        with self._connection.cursor("mome") as cursor:
            cursor.execute(sql)
            return tuple(column.name for column in cursor.description or ())

    def _settings(self) -> tuple[Composable, ...]:
        """Return the settings of every transaction, except its timeout."""
        # Strings are read as the guard read them, and dates are written as psycopg expects.
        settings = [
            SQL("standard_conforming_strings = on"),
            SQL("datestyle = ISO"),
            SQL("intervalstyle = postgres"),
        ]
        settings += [SQL("lock_timeout = {}").format(_milliseconds(_LOCK_WAIT_S))]
        if self._is_superuser and self._connection.info.server_version >= _READER_SINCE:
            # "$user" in the search path would mean the other role: name the schemas that it means
            # now.
            schemas = self._connection.execute("SELECT current_schemas(false)").fetchone()[0]
            settings += [
                SQL("search_path = {}").format(
                    SQL(", ").join(map(Identifier, schemas)) if schemas else Literal("")
                )
            ]
            settings += [SQL("role = {}").format(Literal(_READER))]
        return tuple(settings)

    @contextmanager
    def _reading(self, timeout_s: float) -> Iterator[None]:
        """Open a READ ONLY transaction that is rolled back, with named errors."""
        timeouts = (
            SQL("statement_timeout = {}").format(_milliseconds(timeout_s)),
            SQL("idle_in_transaction_session_timeout = {}").format(
                _milliseconds(timeout_s + _IDLE_GRACE_S)
            ),
        )
        begin = [
            SQL("BEGIN TRANSACTION READ ONLY"),
            *(SQL("SET LOCAL ") + setting for setting in (*timeouts, *self._prelude)),
        ]
        try:
            with self._named_errors(timeout_s):
                self._connection.execute(SQL("; ").join(begin))
                yield
        finally:
            with suppress(psycopg.Error):
                self._connection.execute("ROLLBACK; SELECT pg_catalog.pg_advisory_unlock_all()")

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


class _AsText:
    """Loads values that Python's dates cannot hold (infinity, BC, after 9999) as the
    server's text.
    """

    def load(self, data: bytes) -> object:
        """Return the date, or the server's text."""
        try:
            return super().load(data)
        except psycopg.DataError:
            return bytes(data).decode()


class _Date(_AsText, DateLoader):
    pass


class _Timestamp(_AsText, TimestampLoader):
    pass


class _Timestamptz(_AsText, TimestamptzLoader):
    pass


def _connected(address: DatabaseAddress) -> psycopg.Connection:
    url = address.server.set(drivername="postgresql+psycopg")
    _, given = url.get_dialect()().create_connect_args(url)
    given = {
        "connect_timeout": _CONNECT_S,
        "application_name": "mome",
        **_KEEPALIVE,
        **given,
        "client_encoding": "utf8",
    }
    options = given.pop("options", "")
    try:
        return psycopg.connect(
            **given, options=f"{options} {_OPTION}".strip(), autocommit=True, prepare_threshold=None
        )
    except psycopg.OperationalError as error:
        if "startup parameter" not in str(error):
            raise
        # A pooler such as PgBouncer takes no options; every transaction says READ ONLY anyway.
        return psycopg.connect(**given, autocommit=True, prepare_threshold=None)


def _milliseconds(seconds: float) -> Literal:
    return Literal(max(1, round(seconds * 1000)))


def _last_line(text: str) -> str:
    lines = [line.strip(" -\t") for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"
