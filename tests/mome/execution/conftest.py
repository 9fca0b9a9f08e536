"""What the tests of every engine share."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
import pymysql
import pytest
from sqlalchemy.engine import make_url

from mome.execution.address import read_address
from mome.execution.mysql import MysqlEngine, MysqlSession
from mome.execution.postgresql import PostgresqlEngine, PostgresqlSession
from mysql_server import READER, ask
from mysql_server import as_reader as as_mysql_reader
from postgresql_server import as_reader as as_pg_reader

Interrupting = Callable[[float], AbstractContextManager[None]]


@pytest.fixture
def interrupted_after() -> Interrupting:
    """Presses Ctrl-C after so many seconds of a block."""
    return _interrupted_after


@pytest.fixture
def mysql_admin(mariadb_url: str) -> Iterator[pymysql.Connection]:
    """A database with two orders, and the connection of who may do everything."""
    url = make_url(mariadb_url)
    connection = pymysql.connect(
        host=url.host,
        port=url.port,
        user=url.username,
        password=url.password,
        database=url.database,
        autocommit=True,
    )
    ask(connection, "CREATE TABLE orders (id INT PRIMARY KEY, name VARCHAR(20))")
    ask(connection, "INSERT INTO orders VALUES (1, 'a'), (2, 'into outfile')")
    ask(connection, f"CREATE OR REPLACE USER {READER}@'%' IDENTIFIED BY 'reads'")
    ask(connection, f"GRANT SELECT ON {url.database}.* TO {READER}@'%'")
    yield connection
    assert ask(connection, "SELECT * FROM orders ORDER BY id") == ((1, "a"), (2, "into outfile"))
    assert {row[0] for row in ask(connection, "SHOW TABLES")} <= {"orders", "names"}
    ask(connection, f"DROP USER {READER}@'%'")
    connection.close()


@pytest.fixture
def mysql_owner(mysql_admin: pymysql.Connection, mariadb_url: str) -> Iterator[MysqlSession]:
    """A session of the user who may do everything."""
    session = MysqlEngine(read_address(mariadb_url)).connect()
    yield session
    session.close()


@pytest.fixture
def mysql_reader(mysql_admin: pymysql.Connection, mariadb_url: str) -> Iterator[MysqlSession]:
    """A session of the user who may read."""
    session = MysqlEngine(as_mysql_reader(mariadb_url)).connect()
    yield session
    session.close()


@pytest.fixture
def pg_admin(postgres_url: str) -> Iterator[psycopg.Connection]:
    """A database with two orders and a function that deletes them, and the superuser's
    connection.
    """
    connection = psycopg.connect(
        make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False),
        autocommit=True,
    )
    connection.execute(
        """CREATE TABLE orders (id int PRIMARY KEY, name text);
        INSERT INTO orders VALUES (1, 'a'), (2, 'b');
        CREATE SEQUENCE numbers;
        CREATE FUNCTION wipe() RETURNS int LANGUAGE plpgsql AS 'BEGIN DELETE FROM orders;
          RETURN 1; END';
        DROP ROLE IF EXISTS mome_reader;
        CREATE ROLE mome_reader LOGIN PASSWORD 'reads';
        GRANT SELECT ON orders TO mome_reader"""
    )
    yield connection
    assert connection.execute("SELECT * FROM orders ORDER BY id").fetchall() == [(1, "a"), (2, "b")]
    assert connection.execute(
        "SELECT to_regclass('fresh'), last_value, is_called FROM numbers"
    ).fetchone() == (None, 1, False)
    connection.execute("DROP OWNED BY mome_reader; DROP ROLE mome_reader")
    connection.close()


@pytest.fixture
def pg_owner(pg_admin: psycopg.Connection, postgres_url: str) -> Iterator[PostgresqlSession]:
    """A session of the superuser."""
    session = PostgresqlEngine(read_address(postgres_url)).connect()
    yield session
    session.close()


@pytest.fixture
def pg_reader(pg_admin: psycopg.Connection, postgres_url: str) -> Iterator[PostgresqlSession]:
    """A session of a role that may read."""
    session = PostgresqlEngine(as_pg_reader(postgres_url)).connect()
    yield session
    session.close()


@pytest.fixture
def writable() -> Iterator[Path]:
    """A folder where the server could write."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


@contextmanager
def _interrupted_after(seconds: float) -> Iterator[None]:
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
