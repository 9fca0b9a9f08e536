"""The reader of SQLite, PostgreSQL and MariaDB: read-only, time limits, errors of connecting."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy

from schemas import (
    BadUrl,
    DatabaseUnreachable,
    LoginFailed,
    NoSuchDatabase,
    NotADatabase,
    QueryFailed,
    QueryTimedOut,
    introspect,
    open_reader,
    resolve_url,
)

SERVERS = ("postgres_url", "mariadb_url")


@pytest.fixture(params=["sqlite", *SERVERS])
def url(request: pytest.FixtureRequest, make_sqlite: Callable, run: Callable) -> str:
    """The URL of a database with a table t of one row."""
    if request.param == "sqlite":
        return f"sqlite:///{make_sqlite('CREATE TABLE t(a INT); INSERT INTO t VALUES (1)')}"
    server_url = request.getfixturevalue(request.param)
    run(server_url, "CREATE TABLE t(a INT)", "INSERT INTO t VALUES (1)")
    return server_url


def test_nothing_can_be_written(url: str) -> None:
    with open_reader(resolve_url(url)) as reader:
        for statement in (
            "INSERT INTO t VALUES (2)",
            "UPDATE t SET a = 2",
            "DELETE FROM t",
            "CREATE TABLE u(a INT)",
            "DROP TABLE t",
        ):
            with pytest.raises(QueryFailed):
                reader.rows(statement, timeout_s=5)
        assert reader.rows("SELECT a FROM t", timeout_s=5) == [(1,)]


def test_a_long_query_is_cancelled_and_the_next_one_runs(url: str) -> None:
    sleeping = {
        "sqlite": (
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"
        ),
        "postgresql": "SELECT pg_sleep(30)",
        "mysql": "SELECT count(*) FROM t WHERE sleep(30) = 0",
    }
    source = resolve_url(url)
    with open_reader(source) as reader:
        start = time.monotonic()
        with pytest.raises(QueryTimedOut, match="0.2 s"):
            reader.rows(sleeping[source.engine], timeout_s=0.2)
        assert time.monotonic() - start < 5
        assert reader.rows("SELECT a FROM t", timeout_s=5) == [(1,)]


def test_percent_signs_and_colons_are_plain_text(url: str) -> None:
    with open_reader(resolve_url(url)) as reader:
        assert reader.rows("SELECT '%s :x %' FROM t WHERE 'abc' LIKE 'a%'", timeout_s=5) == [
            ("%s :x %",)
        ]


@pytest.mark.parametrize("server", SERVERS)
def test_a_wrong_password_user_or_database(server: str, request: pytest.FixtureRequest) -> None:
    url = sqlalchemy.make_url(request.getfixturevalue(server))
    cases = [
        (url.set(password="hunter2"), LoginFailed),
        (url.set(username="nobody"), LoginFailed),
        (url.set(database="nowhere"), NoSuchDatabase),
    ]
    for wrong, error in cases:
        with (
            pytest.raises(error) as raised,
            open_reader(resolve_url(wrong.render_as_string(hide_password=False))),
        ):
            pass
        assert "hunter2" not in str(raised.value)
        assert str(url.password) not in str(raised.value)
        assert "\n" not in str(raised.value)


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
@pytest.mark.parametrize("host", ["127.0.0.1:1", "no-such-host.invalid"])
def test_a_server_that_does_not_answer(scheme: str, host: str) -> None:
    with (
        pytest.raises(DatabaseUnreachable, match="check host and port") as raised,
        open_reader(resolve_url(f"{scheme}://ann:hunter2@{host}/shop")),
    ):
        pass
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_parameters_that_the_driver_does_not_know(scheme: str) -> None:
    with (
        pytest.raises(BadUrl, match="colour"),
        open_reader(resolve_url(f"{scheme}://ann:hunter2@127.0.0.1:1/shop?colour=blue")),
    ):
        pass


def test_a_lost_connection_ends_the_introspection(postgres_url: str, run: Callable) -> None:
    with open_reader(resolve_url(postgres_url)) as reader:
        ((pid,),) = reader.rows("SELECT pg_backend_pid()", timeout_s=5)
        run(postgres_url, f"SELECT pg_terminate_backend({pid})")
        with pytest.raises(DatabaseUnreachable, match="lost"):
            reader.rows("SELECT 1", timeout_s=5)


def test_mariadb_is_told_from_mysql(mariadb_url: str) -> None:
    with open_reader(resolve_url(mariadb_url)) as reader:
        assert (reader.engine, reader.dialect.name) == ("mariadb", "mysql")


def test_a_damaged_sqlite_file(make_sqlite: Callable) -> None:
    path = make_sqlite("CREATE TABLE t(a)")
    path.write_bytes(path.read_bytes()[:100] + b"\xff" * 4000)
    with pytest.raises(NotADatabase, match="shop.sqlite"), open_reader(resolve_url(path)):
        pass


def test_text_that_is_not_utf_8_does_not_stop_sqlite(make_sqlite: Callable) -> None:
    path = make_sqlite(
        "CREATE TABLE t(a TEXT); INSERT INTO t VALUES ('fine'), (CAST(x'63616665e9' AS TEXT))"
    )
    column = introspect(resolve_url(path)).table("t").column("a")
    assert (column.values, column.values_complete, column.distinct) == (("fine",), False, 2)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs another owner's folder")
def test_a_wal_database_in_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "wal.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(
        "PRAGMA journal_mode = WAL; CREATE TABLE t(a INT); INSERT INTO t VALUES (1);"
    )
    connection.close()
    tmp_path.chmod(0o555)
    path.chmod(0o444)
    # A worker's folders lie one level deeper than those of a single process.
    for parent in tmp_path.parents:
        if parent.is_relative_to(tempfile.gettempdir()) and str(parent) != tempfile.gettempdir():
            parent.chmod(0o755)
    child = os.fork()
    if child == 0:
        # Whatever happens, the child must not go on with the tests as another user.
        try:
            os.setuid(65534)
            rows = introspect(resolve_url(path)).table("t").rows
        except BaseException:
            traceback.print_exc()
            rows = None
        os._exit(0 if rows == 1 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
