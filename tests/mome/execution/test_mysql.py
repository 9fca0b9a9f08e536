"""MariaDB below the guard: what the user, the transaction and the clocks stop; and what a person
reads when it fails.
"""

from __future__ import annotations

import datetime
import tempfile
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pymysql
import pytest
from sqlalchemy.engine import make_url

from mome.errors import ExecutionError, TimedOut, Unreachable
from mome.execution import open_executor
from mome.execution.address import DatabaseAddress, read_address
from mome.execution.mysql import MysqlEngine, MysqlSession
from mome.execution.session import ConnectionLost
from mome.execution.watchdog import started
from mome.guard.query import seal

READER = "mome_reader"
HEAVY = (
    "SELECT count(*) FROM seq_1_to_100000 a, seq_1_to_100000 b WHERE a.seq + b.seq = 7 AND "
    "a.seq * b.seq = -1"
)
NOT_ONE_SELECT = {
    "delete": "DELETE FROM orders",
    "insert": "INSERT INTO orders VALUES (3, 'c')",
    "replace": "REPLACE INTO orders VALUES (1, 'z')",
    "update": "UPDATE orders SET name = 'z'",
    "drop": "DROP TABLE orders",
    "create, which would end the transaction": "CREATE TABLE fresh (x INT)",
    "temporary table": "CREATE TEMPORARY TABLE fresh (x INT)",
    "truncate": "TRUNCATE TABLE orders",
    "grant": "GRANT ALL ON *.* TO nobody",
    "global setting": "SET GLOBAL max_connections = 10",
    "setting for one statement": "SET STATEMENT max_statement_time = 0 FOR SELECT SLEEP(5)",
    "shutdown": "SHUTDOWN",
    "kill": "KILL 1",
    "do": "DO SLEEP(5)",
    "call": "CALL nothing()",
    "handler": "HANDLER orders OPEN",
    "lock tables": "LOCK TABLES orders WRITE",
    "load data": "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE orders",
    "several statements": "SELECT 1; DELETE FROM orders",
    "show": "SHOW TABLES",
    "describe": "DESCRIBE orders",
    "analyze": "ANALYZE SELECT SLEEP(5)",
    "a table's name alone": "orders",
    "commit": "COMMIT",
}
FILES = {
    "outfile": "SELECT * FROM orders INTO OUTFILE '{path}'",
    "outfile before from": "SELECT * INTO OUTFILE '{path}' FROM orders",
    "dumpfile": "SELECT name FROM orders LIMIT 1 INTO DUMPFILE '{path}'",
    "in a comment that runs": "SELECT * FROM orders /*!50000 INTO OUTFILE '{path}' */",
    "after a quote inside of a string": "SELECT 'it\\'s', name FROM orders INTO OUTFILE '{path}'",
    "after a quote in a comment": "SELECT * FROM orders /* it's */ INTO OUTFILE '{path}'",
    "after a quote in a comment to the end of the line": (
        "SELECT * FROM orders -- it's\n INTO OUTFILE '{path}'"
    ),
    "after a quote behind a hash": "SELECT * FROM orders # it's\n INTO OUTFILE '{path}'",
    "in a comment that MariaDB runs": "SELECT * FROM orders /*M!100000 INTO OUTFILE '{path}' */",
    "right after a number": "SELECT 1.5INTO OUTFILE '{path}'",
    "load_file": "SELECT LOAD_FILE('/etc/passwd')",
    "variable": "SELECT id INTO @a FROM orders LIMIT 1",
}


@pytest.fixture
def admin(mariadb_url: str) -> Iterator[pymysql.Connection]:
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
def writable() -> Iterator[Path]:
    """A folder where the server could write."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


@pytest.fixture
def owner(admin: pymysql.Connection, mariadb_url: str) -> Iterator[MysqlSession]:
    """A session of the user who may do everything."""
    session = MysqlEngine(read_address(mariadb_url)).connect()
    yield session
    session.close()


@pytest.fixture
def reader(admin: pymysql.Connection, mariadb_url: str) -> Iterator[MysqlSession]:
    """A session of the user who may read."""
    session = MysqlEngine(as_reader(mariadb_url)).connect()
    yield session
    session.close()


def test_nothing_but_a_select_runs_even_as_administrator(
    owner: MysqlSession, subtests: pytest.Subtests
) -> None:
    for title, sql in NOT_ONE_SELECT.items():
        with subtests.test(title), pytest.raises(ExecutionError):
            owner.run(sql, 30.0, 10)
        with subtests.test(f"{title}, and then"), pytest.raises(ExecutionError, match="fresh"):
            owner.run("SELECT * FROM fresh", 30.0, 10)


def test_a_second_net_lies_under_explain(
    owner: MysqlSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, "_plan", lambda sql: None)
    for title in (
        "delete",
        "insert",
        "update",
        "drop",
        "create, which would end the transaction",
        "truncate",
        "grant",
        "several statements",
    ):
        with pytest.raises(ExecutionError, match="READ ONLY|syntax"):
            owner.run(NOT_ONE_SELECT[title], 30.0, 10)


def test_files_of_the_server_are_out_of_reach_even_with_the_file_right(
    owner: MysqlSession, admin: pymysql.Connection, writable: Path, subtests: pytest.Subtests
) -> None:
    for title, sql in FILES.items():
        with subtests.test(title), pytest.raises(ExecutionError, match="INTO and LOAD_FILE"):
            owner.run(sql.format(path=writable / "out"), 30.0, 10)
        assert not list(writable.iterdir())
    ask(admin, FILES["in a comment that runs"].format(path=writable / "out"))
    assert (writable / "out").exists(), "the probe would have worked"


def test_without_the_file_right_the_server_itself_refuses_files(
    reader: MysqlSession, writable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "_plan", lambda sql: None)
    with pytest.raises(ExecutionError, match="FILE"):
        reader.run(FILES["outfile"].format(path=writable / "out"), 30.0, 10)
    assert reader.run(FILES["load_file"], 30.0, 10).rows == [(None,)]


def test_quoted_words_are_no_files(reader: MysqlSession) -> None:
    assert reader.run(
        "SELECT id AS `into` FROM orders WHERE name = 'into outfile' OR name = \"it's into\"",
        30.0,
        10,
    ).rows == [(2,)]


def test_a_long_query_is_stopped(
    reader: MysqlSession, admin: pymysql.Connection, subtests: pytest.Subtests
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
                reader.run(sql, 0.5, 10)
            assert time.monotonic() - started < 100
            assert not running(admin)


def test_another_thread_stops_what_the_server_does_not(
    reader: MysqlSession, admin: pymysql.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "_limit", lambda timeout_s: None)
    statement = started(lambda: reader.run("SELECT SLEEP(200)", 0.3, 10))
    while not running_now(admin):
        time.sleep(0.01)
    reader.stop()
    with pytest.raises(TimedOut):
        statement.result(100)
    assert not running(admin)
    assert not reader.usable


def test_a_row_that_would_take_all_memory_is_not_read(
    reader: MysqlSession, mariadb_url: str
) -> None:
    cells = ", ".join(["REPEAT('x', 15000000)"] * 5)
    with pytest.raises(ExecutionError, match="more than 64 MiB; select fewer"):
        reader.run(f"SELECT {cells}", 60.0, 10)
    assert not reader.usable
    again = MysqlEngine(as_reader(mariadb_url)).connect()
    ((value,),) = again.run("SELECT REPEAT('x', 15000000)", 60.0, 10).rows
    assert value.endswith("xx… [cut: 1,048,576 of 15,000,000 characters]")
    again.close()


def test_statements_that_nobody_waits_for_are_counted(
    reader: MysqlSession, mariadb_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reader.overdue() == 0
    other = MysqlEngine(as_reader(mariadb_url)).connect()
    statement = started(lambda: other.run("SELECT SLEEP(200)", 100.0, 10))
    # The server counts whole seconds.
    monkeypatch.setattr("mome.execution.mysql.OVERDUE_S", 0)
    deadline = time.monotonic() + 60
    while not reader.overdue() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert reader.overdue() == 1
    other.stop()
    with pytest.raises(TimedOut):
        statement.result(100)
    other.close()


def test_rows_are_capped_and_the_rest_is_not_read(
    reader: MysqlSession, admin: pymysql.Connection
) -> None:
    started = time.monotonic()
    fetched = reader.run("SELECT a.seq FROM seq_1_to_100000 a, seq_1_to_100000 b", 30.0, 101)
    assert len(fetched.rows) == 101
    assert time.monotonic() - started < 100
    reader.close()
    assert not running(admin)


def test_a_session_serves_again_after_results_errors_and_timeouts(reader: MysqlSession) -> None:
    for _ in range(2):
        assert reader.run("SELECT id, name FROM orders ORDER BY id", 30.0, 10).rows == [
            (1, "a"),
            (2, "into outfile"),
        ]
        with pytest.raises(ExecutionError):
            reader.run("SELECT nothing FROM orders", 30.0, 10)
        with pytest.raises(TimedOut):
            reader.run("SELECT SLEEP(200)", 0.2, 10)
        assert reader.usable


def test_no_row_still_has_columns(reader: MysqlSession) -> None:
    fetched = reader.run("SELECT id, name AS id FROM orders WHERE id > 9", 30.0, 10)
    assert (fetched.columns, fetched.rows) == (("id", "id"), [])


def test_values_are_python_values(reader: MysqlSession) -> None:
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
    assert reader.run(sql, 30.0, 10).rows == [expected]


def test_bits_are_numbers(reader: MysqlSession, admin: pymysql.Connection) -> None:
    ask(admin, "ALTER TABLE orders ADD COLUMN flag BIT(10) DEFAULT b'1000000101'")
    assert reader.run("SELECT flag FROM orders LIMIT 1", 30.0, 10).rows == [(517,)]
    ask(admin, "ALTER TABLE orders DROP COLUMN flag")


def test_text_is_read_as_the_guard_read_it(admin: pymysql.Connection, mariadb_url: str) -> None:
    ask(admin, "SET GLOBAL sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES,STRICT_TRANS_TABLES'")
    try:
        session = MysqlEngine(as_reader(mariadb_url)).connect()
        assert session.run("SELECT \"a\", 'b\\'c', 1 || 0", 30.0, 10).rows == [("a", "b'c", 1)]
        session.close()
    finally:
        ask(admin, "SET GLOBAL sql_mode = DEFAULT")


def test_explain_plans_without_running(reader: MysqlSession) -> None:
    reader.explain("SELECT SLEEP(200) FROM orders", 30.0)
    with pytest.raises(ExecutionError, match="nothing"):
        reader.explain("SELECT nothing FROM orders", 30.0)


def test_a_view_can_be_read_by_who_may_not_read_its_tables(
    admin: pymysql.Connection, mariadb_url: str
) -> None:
    ask(admin, "CREATE VIEW names AS SELECT name FROM orders")
    ask(admin, f"REVOKE ALL PRIVILEGES, GRANT OPTION FROM {READER}@'%'")
    ask(admin, f"GRANT SELECT ON {make_url(mariadb_url).database}.names TO {READER}@'%'")
    session = MysqlEngine(as_reader(mariadb_url)).connect()
    session.explain("SELECT name FROM names", 30.0)
    assert session.run("SELECT count(*) FROM names", 30.0, 10).rows == [(2,)]
    session.close()


def test_a_reader_gets_no_warning_and_others_do(
    reader: MysqlSession, owner: MysqlSession, admin: pymysql.Connection, mariadb_url: str
) -> None:
    assert reader.warnings() == ()
    files, rights = owner.warnings()
    assert "FILE" in files and "ALL PRIVILEGES" in rights
    ask(
        admin,
        f"GRANT UPDATE (name), DELETE ON {make_url(mariadb_url).database}.orders TO {READER}@'%'",
    )
    assert [warning.partition(";")[0] for warning in reader.warnings()] == [
        "the user has DELETE, UPDATE"
    ]


def test_a_broken_connection_is_known_as_such(
    reader: MysqlSession, admin: pymysql.Connection
) -> None:
    ask(admin, f"KILL {reader._connection.thread_id()}")
    with pytest.raises(ConnectionLost, match="broke"):
        reader.run("SELECT 1", 30.0, 10)
    assert not reader.usable


def test_no_connection_says_why_in_one_line_without_secrets(
    admin: pymysql.Connection, mariadb_url: str, subtests: pytest.Subtests
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
    admin: pymysql.Connection, mariadb_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".my.cnf").write_text("[client]\npassword = reads\n")
    session = MysqlEngine(
        DatabaseAddress("mysql", as_reader(mariadb_url).url._replace(password=None))
    ).connect()
    assert session.run("SELECT 1", 30.0, 10).rows == [(1,)]
    session.close()


def test_ctrl_c_stops_the_statement_on_the_server(
    admin: pymysql.Connection, mariadb_url: str, interrupted_after: object
) -> None:
    with open_executor(as_reader(mariadb_url), timeout_s=20.0) as executor:
        with interrupted_after(0.5), pytest.raises(KeyboardInterrupt):
            executor.run(seal("SELECT SLEEP(200)", "mysql", set(), set(), ""))
        assert not running(admin)
        assert executor.reachable()


def as_reader(url: str) -> DatabaseAddress:
    return DatabaseAddress("mysql", make_url(url).set(username=READER, password="reads"))


def ask(connection: pymysql.Connection, sql: str) -> tuple[tuple, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def running(admin: pymysql.Connection) -> list[tuple]:
    """The reader's statements at work; looked for until there is none, for some seconds."""
    deadline = time.monotonic() + 20
    while (found := running_now(admin)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def running_now(admin: pymysql.Connection) -> list[tuple]:
    query = (
        f"SELECT info FROM information_schema.processlist WHERE user = '{READER}' AND command "
        "= 'Query'"
    )
    return list(ask(admin, query))
