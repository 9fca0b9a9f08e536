"""The reader of SQLite, PostgreSQL, MariaDB and MySQL, through SQLAlchemy.

It holds one read-only connection and sets a time limit on every statement.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, ProgrammingError
from sqlalchemy.pool import NullPool

from mome.sources.sqlite_files import read_only_uri
from mome.sources.url_options import driver_url
from schemas.catalog import FullTable
from schemas.errors import (
    BadUrl,
    DatabaseUnreachable,
    LoginFailed,
    NoSuchDatabase,
    NotADatabase,
    QueryFailed,
    QueryTimedOut,
    SchemaError,
    UnsupportedDatabase,
)
from schemas.readers.base import Row, one_line
from schemas.readers.dialects import DIALECTS, Dialect
from schemas.source import Source

CONNECT_SECONDS = 10
"""Time limit for connecting, and for each set-up statement."""
# Steps of SQLite's virtual machine between two checks of the deadline.
_SQLITE_STEPS = 10_000
# Statements that make a new session read-only and its answers independent of server settings.
_SETUP = {
    # SQLite reads the file only at the first query; the second one finds a damaged file.
    "sqlite": ("PRAGMA query_only = ON", "SELECT count(*) FROM sqlite_master"),
    "postgresql": (
        "SET default_transaction_read_only = on",
        # A table that another session locks is reported instead of waited for.
        "SET lock_timeout = '5s'",
        # Without it, a LIMIT may start anywhere in a table, and samples would differ.
        "SET synchronize_seqscans = off",
        "SET datestyle = 'ISO'",
        "SET timezone = 'UTC'",
    ),
    "mysql": ("SET SESSION TRANSACTION READ ONLY",),
    "mariadb": ("SET SESSION TRANSACTION READ ONLY",),
}
_TIMED_OUT = (
    "57014",  # PostgreSQL: query_canceled, which statement_timeout raises
    "55P03",  # PostgreSQL: lock_not_available
    "40001",  # PostgreSQL: serialization_failure, also a conflict with recovery on a standby
    1205,  # MySQL: lock wait timeout
    1317,  # MySQL: query interrupted
    1969,  # MariaDB: max_statement_time exceeded
    3024,  # MySQL: max_execution_time exceeded
    "interrupted",  # SQLite: the progress handler ended the statement
    "database is locked",  # SQLite
)
"""Error codes of time limits and of waits for another session's lock.

The table itself may be sound."""
# MySQL and MariaDB: access denied to the database, to the user, and without a password.
_LOGIN = (1044, 1045, 1698)
# MySQL and MariaDB: unknown database.
_NO_DATABASE = (1049,)
# psycopg reports a refused login without a code, so it is recognised by its words.
_LOGIN_WORDS = ("authentication failed", "no password supplied", "role", "permission denied")


@dataclass
class SQLAlchemyReader:
    """A read-only connection; SQLAlchemy's Inspector also works on `connection`."""

    source: Source
    connection: Connection
    engine: str
    dialect: Dialect = field(init=False)
    _limit_s: float = field(default=0.0, init=False)
    """The server's current time limit in seconds; 0 before the first statement."""

    def __post_init__(self) -> None:
        self.dialect = DIALECTS[self.engine]

    @classmethod
    def open(cls, source: Source) -> SQLAlchemyReader:
        """Connect and make the session read-only.

        Raises Unreachable, LoginFailed, NoSuchDatabase, NotADatabase, UnsupportedDatabase or
        BadUrl (parameters that the driver does not accept).
        """
        # In a transaction of PostgreSQL, one failed statement would abort all later ones.
        connection = _connect(source).execution_options(isolation_level="AUTOCOMMIT")
        is_mariadb = getattr(connection.dialect, "is_mariadb", False)
        reader = cls(source, connection, "mariadb" if is_mariadb else source.engine)
        try:
            for statement in _SETUP[reader.engine]:
                reader.rows(statement, timeout_s=CONNECT_SECONDS)
        except QueryFailed as error:
            reader.close()
            raise _setup_error(error, source) from error
        return reader

    def rows(self, sql: str, *, timeout_s: float) -> list[Row]:
        """Return all rows of one statement, which is cancelled after the timeout."""
        try:
            self.limit(timeout_s)
            # no_parameters: the driver must not take a % or : inside of the text as a parameter.
            result = self.connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
            return [tuple(row) for row in result.fetchall()] if result.returns_rows else []
        except DBAPIError as error:
            raise self._query_error(error, timeout_s) from error
        except UnicodeDecodeError as error:
            raise QueryFailed("holds text that is not in the database's own encoding") from error

    def staged(self, table: FullTable) -> nullcontext[None]:
        """Return an empty context: these engines do not parse a file for each statement."""
        return nullcontext()

    def close(self) -> None:
        """Close the connection and its engine."""
        engine = self.connection.engine
        self.connection.close()
        engine.dispose()

    def limit(self, seconds: float) -> None:
        """Set the time limit for each of the next statements on `connection`."""
        if self.engine == "sqlite":
            deadline = time.monotonic() + seconds
            driver: Any = self.connection.connection.driver_connection
            driver.set_progress_handler(lambda: time.monotonic() > deadline, _SQLITE_STEPS)
        elif seconds != self._limit_s:
            self.connection.exec_driver_sql(_limit_statement(self.engine, seconds))
            self._limit_s = seconds

    def _query_error(self, error: DBAPIError, timeout_s: float) -> SchemaError:
        message = _driver_message(error, self.source)
        if error.connection_invalidated:
            return DatabaseUnreachable(f"the connection to the database was lost: {message}")
        if _code(error) in _TIMED_OUT:
            return QueryTimedOut(f"took longer than {timeout_s:g} s")
        return QueryFailed(message)


def _limit_statement(engine: str, seconds: float) -> str:
    if engine == "postgresql":
        return f"SET statement_timeout = {int(seconds * 1000)}"
    if engine == "mariadb":
        return f"SET SESSION max_statement_time = {seconds:g}"
    return f"SET SESSION max_execution_time = {int(seconds * 1000)}"


def _connect(source: Source) -> Connection:
    try:
        return _engine(source).connect()
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise UnsupportedDatabase(
            f"the driver for {source.engine} is not installed: {error}"
        ) from error
    # PyMySQL raises it if the server's authentication method needs another package.
    except RuntimeError as error:
        raise UnsupportedDatabase(
            f"the driver cannot log in to {source.shown}: {one_line(error, source.url)}"
        ) from error
    # What the check of the options lets through and the driver cannot use. Each driver has errors
    # of its own for it.
    except (TypeError, ValueError, AttributeError, OSError, ProgrammingError) as error:
        reason = one_line(getattr(error, "orig", None) or error, source.url)
        raise BadUrl(
            f"the driver does not take the parameters of {source.shown}: {reason}"
        ) from error
    except DBAPIError as error:
        raise _connection_error(error, source) from error


def _engine(source: Source) -> sqlalchemy.Engine:
    if source.engine == "sqlite":
        return sqlalchemy.create_engine(
            "sqlite://", creator=lambda: _open_sqlite(source), poolclass=NullPool
        )
    url = driver_url(sqlalchemy.make_url(source.url))
    # A limit in the URL takes precedence.
    timeout = {} if "connect_timeout" in url.query else {"connect_timeout": CONNECT_SECONDS}
    return sqlalchemy.create_engine(url, poolclass=NullPool, connect_args=timeout)


def _open_sqlite(source: Source) -> sqlite3.Connection:
    """Open the file read-only; replace bytes that are not valid UTF-8."""
    path = source.path
    assert path is not None, "a source of SQLite names a file"
    connection = sqlite3.connect(read_only_uri(path), uri=True, timeout=CONNECT_SECONDS)
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    return connection


def _code(error: DBAPIError) -> object:
    """Return the engine's code of an error.

    MySQL's errno, PostgreSQL's sqlstate, or SQLite's message.
    """
    original = error.orig
    first = original.args[0] if original is not None and original.args else None
    if isinstance(first, int):
        return first
    return getattr(original, "sqlstate", None) or first


def _driver_message(error: DBAPIError, source: Source) -> str:
    """Return the driver's message in one line; MySQL's stands after the errno."""
    original = error.orig or error
    if isinstance(_code(error), int) and len(original.args) > 1:
        return one_line(Exception(original.args[1]), source.url)
    return one_line(original, source.url)


def _setup_error(error: QueryFailed, source: Source) -> SchemaError:
    if source.engine == "sqlite":
        return NotADatabase(f"{source.path} cannot be read as SQLite: {error}")
    return DatabaseUnreachable(f"the server of {source.shown} refuses a read-only session: {error}")


def _connection_error(error: DBAPIError, source: Source) -> SchemaError:
    code = _code(error)
    text = _driver_message(error, source)
    if source.engine == "sqlite":
        return NotADatabase(f"{source.path} cannot be opened as SQLite: {text}")
    lowered = text.lower()
    if code in _NO_DATABASE or ("database" in lowered and "does not exist" in lowered):
        return NoSuchDatabase(
            f"the server has no such database; check the name at the end of {source.shown} ({text})"
        )
    if code in _LOGIN or any(word in lowered for word in _LOGIN_WORDS):
        return LoginFailed(
            f"the server refuses the login of {source.shown}; check user and password ({text})"
        )
    return DatabaseUnreachable(
        f"the server of {source.shown} does not answer; "
        f"check host and port, and that it runs ({text})"
    )
