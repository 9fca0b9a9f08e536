"""MariaDB's clocks: what stops a statement, and that none goes on when nobody waits for it."""

from __future__ import annotations

import time

import pymysql
import pytest

from mome.errors import TimedOut
from mome.execution import open_executor
from mome.execution.mysql import MysqlEngine, MysqlSession
from mome.execution.watchdog import started
from mome.guard.query import seal
from mysql_server import as_reader, running, running_now

HEAVY = (
    "SELECT count(*) FROM seq_1_to_100000 a, seq_1_to_100000 b WHERE a.seq + b.seq = 7 AND "
    "a.seq * b.seq = -1"
)


def test_a_long_query_is_stopped(
    mysql_reader: MysqlSession, mysql_admin: pymysql.Connection, subtests: pytest.Subtests
) -> None:
    for sql in (
        HEAVY,
        "SELECT SLEEP(200)",
        "SELECT BENCHMARK(10000000000, SHA2('x', 512))",
        "SELECT * FROM (SELECT SLEEP(200)) AS s",
    ):
        with subtests.test(sql):
            started = time.monotonic()
            with pytest.raises(TimedOut, match="0.5 s"):
                mysql_reader.run(sql, 0.5, 10)
            assert time.monotonic() - started < 100
            assert not running(mysql_admin)


def test_another_thread_stops_what_the_server_does_not(
    mysql_reader: MysqlSession, mysql_admin: pymysql.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mysql_reader, "_limit", lambda timeout_s: None)
    statement = started(lambda: mysql_reader.run("SELECT SLEEP(200)", 0.3, 10))
    while not running_now(mysql_admin):
        time.sleep(0.01)
    mysql_reader.stop()
    with pytest.raises(TimedOut):
        statement.result(100)
    assert not running(mysql_admin)
    assert not mysql_reader.usable


def test_statements_that_nobody_waits_for_are_counted(
    mysql_reader: MysqlSession, mariadb_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mysql_reader.overdue() == 0
    other = MysqlEngine(as_reader(mariadb_url)).connect()
    statement = started(lambda: other.run("SELECT SLEEP(200)", 100.0, 10))
    # The server counts whole seconds.
    monkeypatch.setattr("mome.execution.mysql.OVERDUE_S", 0)
    deadline = time.monotonic() + 60
    while not mysql_reader.overdue() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert mysql_reader.overdue() == 1
    other.stop()
    with pytest.raises(TimedOut):
        statement.result(100)
    other.close()


def test_rows_are_capped_and_the_rest_is_not_read(
    mysql_reader: MysqlSession, mysql_admin: pymysql.Connection
) -> None:
    started = time.monotonic()
    fetched = mysql_reader.run("SELECT a.seq FROM seq_1_to_100000 a, seq_1_to_100000 b", 30.0, 101)
    assert len(fetched.rows) == 101
    assert time.monotonic() - started < 100
    mysql_reader.close()
    assert not running(mysql_admin)


def test_ctrl_c_stops_the_statement_on_the_server(
    mysql_admin: pymysql.Connection, mariadb_url: str, interrupted_after: object
) -> None:
    with open_executor(as_reader(mariadb_url), timeout_s=20.0) as executor:
        with interrupted_after(0.5), pytest.raises(KeyboardInterrupt):
            executor.run(seal("SELECT SLEEP(200)", "mysql", set(), set(), ""))
        assert not running(mysql_admin)
        assert executor.reachable()
