"""PostgreSQL's clocks: what stops a statement, and that none goes on when nobody waits for it."""

from __future__ import annotations

import time

import psycopg
import pytest

from mome.errors import ExecutionError, TimedOut
from mome.execution import postgresql
from mome.execution.postgresql import PostgresqlEngine, PostgresqlSession
from mome.execution.watchdog import started
from postgresql_server import as_reader, running, running_now

HEAVY = (
    "SELECT count(*) FROM generate_series(1, 1000000) a(x), generate_series(1, 1000000) b(y) "
    "WHERE a.x::bigint * b.y = -1"
)


def test_a_long_query_is_stopped(
    pg_reader: PostgresqlSession, pg_admin: psycopg.Connection, subtests: pytest.Subtests
) -> None:
    for sql in (
        HEAVY,
        "SELECT pg_sleep(200)",
        "SELECT set_config('statement_timeout', '0', false), pg_sleep(200)",
    ):
        with subtests.test(sql):
            started = time.monotonic()
            with pytest.raises(TimedOut, match="0.5 s"):
                pg_reader.run(sql, 0.5, 10)
            assert time.monotonic() - started < 100
            assert not running(pg_admin)
            assert pg_reader.run("SELECT current_setting('statement_timeout')", 30.0, 10).rows == [
                ("30s",)
            ]


def test_a_locked_table_says_so(
    pg_admin: psycopg.Connection, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "_LOCK_WAIT_S", 0.1)
    session = PostgresqlEngine(as_reader(postgres_url)).connect()
    with pg_admin.transaction():
        pg_admin.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(ExecutionError, match="locked by another session"):
            session.run("SELECT * FROM orders", 30.0, 10)
    session.close()


def test_rows_are_capped_and_the_rest_is_not_made(
    pg_reader: PostgresqlSession, pg_admin: psycopg.Connection
) -> None:
    started = time.monotonic()
    fetched = pg_reader.run(
        "SELECT x, x AS x FROM generate_series(1, 1000000) a(x), generate_series(1, 1000) b(y)",
        30.0,
        101,
    )
    assert (fetched.columns, len(fetched.rows)) == (("x", "x"), 101)
    assert time.monotonic() - started < 100
    assert not running(pg_admin)
    assert pg_reader.usable and pg_reader.run("SELECT 1", 30.0, 10).rows == [(1,)]


def test_another_thread_stops_what_the_server_does_not(
    pg_reader: PostgresqlSession, pg_admin: psycopg.Connection
) -> None:
    statement = started(lambda: pg_reader.run("SELECT pg_sleep(200)", 100.0, 10))
    while not running_now(pg_admin):
        time.sleep(0.01)
    pg_reader.stop()
    with pytest.raises(TimedOut):
        statement.result(100)
    assert not running(pg_admin)


def test_statements_that_nobody_waits_for_are_counted(
    pg_reader: PostgresqlSession,
    postgres_url: str,
    pg_admin: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert pg_reader.overdue() == 0
    other = PostgresqlEngine(as_reader(postgres_url)).connect()
    statement = started(lambda: other.run("SELECT pg_sleep(200)", 100.0, 10))
    monkeypatch.setattr("mome.execution.postgresql.OVERDUE_S", 0)
    # Before the statement the session runs others, between which it is idle.
    deadline = time.monotonic() + 60
    while pg_reader.overdue() != 1 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert running_now(pg_admin) and pg_reader.overdue() == 1
    other.stop()
    with pytest.raises(TimedOut):
        statement.result(100)
    other.close()


def test_ctrl_c_stops_the_statement_on_the_server(
    pg_reader: PostgresqlSession, pg_admin: psycopg.Connection, interrupted_after: object
) -> None:
    with interrupted_after(0.5), pytest.raises(KeyboardInterrupt):
        pg_reader.run("SELECT pg_sleep(200)", 20.0, 10)
    assert not running(pg_admin)
