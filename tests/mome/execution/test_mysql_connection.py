"""MariaDB's connection: the values that come over it, rows that are too large, and what a person
reads when it fails.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pymysql
import pytest

from mome.errors import ExecutionError, Unreachable
from mome.execution.address import DatabaseAddress
from mome.execution.mysql import MysqlEngine, MysqlSession
from mome.execution.session import ConnectionLost
from mysql_server import as_reader, ask


def test_values_are_python_values(mysql_reader: MysqlSession) -> None:
    sql = "SELECT 1.5, DATE '2024-02-29', TIME '25:00:00', x'ff', NULL, JSON_OBJECT('a', 1), '%s'"
    expected = (
        Decimal("1.5"),
        datetime.date(2024, 2, 29),
        datetime.timedelta(hours=25),
        b"\xff",
        None,
        '{"a": 1}',
        "%s",
    )
    assert mysql_reader.run(sql, 30.0, 10).rows == [expected]


def test_bits_are_numbers(mysql_reader: MysqlSession, mysql_admin: pymysql.Connection) -> None:
    ask(mysql_admin, "ALTER TABLE orders ADD COLUMN flag BIT(10) DEFAULT b'1000000101'")
    assert mysql_reader.run("SELECT flag FROM orders LIMIT 1", 30.0, 10).rows == [(517,)]
    ask(mysql_admin, "ALTER TABLE orders DROP COLUMN flag")


def test_a_row_that_would_take_all_memory_is_not_read(
    mysql_reader: MysqlSession, mariadb_url: str
) -> None:
    cells = ", ".join(["REPEAT('x', 15000000)"] * 5)
    with pytest.raises(ExecutionError, match="more than 64 MiB; select fewer"):
        mysql_reader.run(f"SELECT {cells}", 60.0, 10)
    assert not mysql_reader.usable
    again = MysqlEngine(as_reader(mariadb_url)).connect()
    ((value,),) = again.run("SELECT REPEAT('x', 15000000)", 60.0, 10).rows
    assert value.endswith("xx… [cut: 1,048,576 of 15,000,000 characters]")
    again.close()


def test_a_broken_connection_is_known_as_such(
    mysql_reader: MysqlSession, mysql_admin: pymysql.Connection
) -> None:
    ask(mysql_admin, f"KILL {mysql_reader._connection.thread_id()}")
    with pytest.raises(ConnectionLost, match="broke"):
        mysql_reader.run("SELECT 1", 30.0, 10)
    assert not mysql_reader.usable


def test_no_connection_says_why_in_one_line_without_secrets(
    mysql_admin: pymysql.Connection, mariadb_url: str, subtests: pytest.Subtests
) -> None:
    for reason, change in (
        ("no host has this name", {"host": "no-such-host.invalid"}),
        ("nothing answers there", {"port": 1}),
        ("the user or the password is wrong", {"password": "hunter2-wrong"}),
        ("the user or the password is wrong", {"username": "nobody"}),
        ("may not use the database|no such database", {"database": "no_such_database"}),
    ):
        with subtests.test(reason):
            with pytest.raises(Unreachable, match=reason) as caught:
                MysqlEngine(
                    DatabaseAddress("mysql", as_reader(mariadb_url).url.set(**change))
                ).connect()
            message = str(caught.value)
            assert not any(secret in message for secret in ("\n", "reads", "hunter2", "://"))


def test_the_password_may_lie_in_the_option_file(
    mysql_admin: pymysql.Connection,
    mariadb_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".my.cnf").write_text("[client]\npassword = reads\n")
    session = MysqlEngine(
        DatabaseAddress("mysql", as_reader(mariadb_url).url._replace(password=None))
    ).connect()
    assert session.run("SELECT 1", 30.0, 10).rows == [(1,)]
    session.close()
