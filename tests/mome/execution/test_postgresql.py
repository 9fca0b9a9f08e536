"""PostgreSQL below the guard: what cursor, transaction, role and timeouts stop; and what a person
reads when it fails.
"""

from __future__ import annotations

import datetime
import tempfile
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from mome.errors import ExecutionError, TimedOut, Unreachable
from mome.execution import postgresql
from mome.execution.address import DatabaseAddress, read_address
from mome.execution.postgresql import PostgresqlEngine, PostgresqlSession
from mome.execution.session import ConnectionLost, plain
from mome.execution.watchdog import started

HEAVY = (
    "SELECT count(*) FROM generate_series(1, 1000000) a(x), generate_series(1, 1000000) b(y) "
    "WHERE a.x::bigint * b.y = -1"
)
NOT_ONE_SELECT = {
    "delete": "DELETE FROM orders",
    "delete returning": "DELETE FROM orders RETURNING id",
    "delete in a CTE": "WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone",
    "insert": "INSERT INTO orders VALUES (3, 'c')",
    "update": "UPDATE orders SET name = 'z'",
    "merge": (
        "MERGE INTO orders USING (SELECT 1 AS id) s ON orders.id = s.id WHEN MATCHED THEN DELETE"
    ),
    "select into": "SELECT * INTO fresh FROM orders",
    "create": "CREATE TABLE fresh (x int)",
    "temporary table": "CREATE TEMP TABLE fresh (x int)",
    "create as": "CREATE TABLE fresh AS SELECT 1",
    "drop": "DROP TABLE orders",
    "truncate": "TRUNCATE orders",
    "grant": "GRANT ALL ON orders TO public",
    "copy to a program": "COPY orders TO PROGRAM 'cat > {folder}/out'",
    "copy to a file": "COPY orders TO '{folder}/out'",
    "copy from a program": "COPY orders FROM PROGRAM 'echo 3,c'",
    "copy to the client": "COPY orders TO STDOUT",
    "do": "DO $$ BEGIN DELETE FROM orders; END $$",
    "call": "CALL nothing()",
    "set": "SET statement_timeout = 0",
    "reset role": "RESET ROLE",
    "transaction that writes": "SET TRANSACTION READ WRITE",
    "commit": "COMMIT",
    "lock": "LOCK TABLE orders",
    "for update": "SELECT * FROM orders FOR UPDATE",
    "notify": "NOTIFY a",
    "listen": "LISTEN a",
    "vacuum": "VACUUM",
    "explain analyze": "EXPLAIN ANALYZE SELECT 1",
    "show": "SHOW data_directory",
    "prepare": "PREPARE a AS SELECT 1",
    "load": "LOAD 'plpgsql'",
    "several statements": "SELECT 1; DELETE FROM orders",
    "several statements that leave the transaction": "SELECT 1; COMMIT; DELETE FROM orders",
    "no statement": "",
    "no such column": "SELECT nothing FROM orders",
    "no SQL": "what was sold?",
}
NOT_WITHOUT_RIGHTS = {
    "read a file": "SELECT pg_read_file('/etc/passwd')",
    "list a folder": "SELECT pg_ls_dir('/')",
    "list a folder as a table": "SELECT * FROM ROWS FROM (pg_ls_dir('/')) AS f",
    "import a file": "SELECT lo_import('/etc/passwd')",
    "export a file": "SELECT lo_export(1, '{folder}/out')",
    "dblink": (
        "SELECT dblink_exec('host=127.0.0.1 port={port} user=tester dbname={database}', "
        "'DELETE FROM orders')"
    ),
    "dblink that reads": (
        "SELECT * FROM dblink('host=127.0.0.1 port={port} user=tester "
        "dbname={database}', 'SELECT 1') AS t(x int)"
    ),
    "reload": "SELECT pg_reload_conf()",
    "rotate the log": "SELECT pg_rotate_logfile()",
    "write through a function": "SELECT wipe()",
    "write through xml": "SELECT query_to_xml('DELETE FROM orders RETURNING id', true, false, '')",
    "next number": "SELECT nextval('numbers')",
    "set a number": "SELECT setval('numbers', 5)",
    "make the transaction write": (
        "SELECT set_config('transaction_read_only', 'off', false), wipe()"
    ),
}


@pytest.fixture
def admin(postgres_url: str) -> Iterator[psycopg.Connection]:
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
def owner(admin: psycopg.Connection, postgres_url: str) -> Iterator[PostgresqlSession]:
    """A session of the superuser."""
    session = PostgresqlEngine(read_address(postgres_url)).connect()
    yield session
    session.close()


@pytest.fixture
def reader(admin: psycopg.Connection, postgres_url: str) -> Iterator[PostgresqlSession]:
    """A session of a role that may read."""
    session = PostgresqlEngine(as_reader(postgres_url)).connect()
    yield session
    session.close()


@pytest.fixture
def writable() -> Iterator[Path]:
    """A folder where the server could write."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


def test_nothing_but_a_select_runs_even_as_superuser(
    owner: PostgresqlSession, admin: psycopg.Connection, writable: Path, subtests: pytest.Subtests
) -> None:
    for title, sql in NOT_ONE_SELECT.items():
        with subtests.test(title):
            with pytest.raises(ExecutionError) as caught:
                owner.run(sql.replace("{folder}", str(writable)), 30.0, 10)
            assert "\n" not in str(caught.value) and owner.usable
    assert not list(writable.iterdir())
    admin.execute(NOT_ONE_SELECT["copy to a program"].replace("{folder}", str(writable)))
    assert (writable / "out").exists(), "the probe would have worked"


def test_a_superuser_is_one_no_more(
    owner: PostgresqlSession, admin: psycopg.Connection, writable: Path, subtests: pytest.Subtests
) -> None:
    admin.execute("CREATE EXTENSION dblink")
    places = {
        "{folder}": str(writable),
        "{port}": str(admin.info.port),
        "{database}": admin.info.dbname,
    }
    for title, sql in NOT_WITHOUT_RIGHTS.items():
        for place, value in places.items():
            sql = sql.replace(place, value)
        with subtests.test(title), pytest.raises(ExecutionError):
            owner.run(sql, 30.0, 10)
    assert not list(writable.iterdir())
    assert admin.execute(NOT_WITHOUT_RIGHTS["read a file"]).fetchone(), (
        "the probe would have worked"
    )


def test_a_second_net_lies_under_the_cursor(
    owner: PostgresqlSession, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    monkeypatch.setattr(owner, "_declared", lambda sql: ())
    for title in (
        "delete",
        "delete in a CTE",
        "insert",
        "create",
        "drop",
        "truncate",
        "copy to a program",
        "several statements",
        "do",
    ):
        with subtests.test(title), pytest.raises(ExecutionError):
            owner.run(NOT_ONE_SELECT[title].replace("{folder}", "/tmp"), 30.0, 10)


def test_the_reader_cannot_write_either(
    reader: PostgresqlSession, subtests: pytest.Subtests
) -> None:
    for title, sql in {
        **NOT_WITHOUT_RIGHTS,
        "passwords": "SELECT rolpassword FROM pg_authid",
    }.items():
        with subtests.test(title), pytest.raises(ExecutionError):
            reader.run(sql, 30.0, 10)


def test_a_long_query_is_stopped(
    reader: PostgresqlSession, admin: psycopg.Connection, subtests: pytest.Subtests
) -> None:
    for sql in (
        HEAVY,
        "SELECT pg_sleep(200)",
        "SELECT set_config('statement_timeout', '0', false), pg_sleep(200)",
    ):
        with subtests.test(sql):
            started = time.monotonic()
            with pytest.raises(TimedOut, match="0.5 s"):
                reader.run(sql, 0.5, 10)
            assert time.monotonic() - started < 100
            assert not running(admin)
            assert reader.run("SELECT current_setting('statement_timeout')", 30.0, 10).rows == [
                ("30s",)
            ]


def test_a_locked_table_says_so(
    admin: psycopg.Connection, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "_LOCK_WAIT_S", 0.1)
    session = PostgresqlEngine(as_reader(postgres_url)).connect()
    with admin.transaction():
        admin.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(ExecutionError, match="locked by another session"):
            session.run("SELECT * FROM orders", 30.0, 10)
    session.close()


def test_nothing_stays_on_the_connection(
    reader: PostgresqlSession, admin: psycopg.Connection
) -> None:
    reader.run(
        (
            "SELECT pg_advisory_lock(7), set_config('work_mem', '1MB', false), lo_create(0), "
            "pg_notify('a', 'b')"
        ),
        30.0,
        10,
    )
    assert admin.execute(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
    ).fetchone() == (0,)
    assert admin.execute("SELECT count(*) FROM pg_largeobject_metadata").fetchone() == (0,)
    assert reader.run("SELECT current_setting('work_mem')", 30.0, 10).rows == [("4MB",)]
    assert admin.execute(
        "SELECT state FROM pg_stat_activity WHERE usename = 'mome_reader'"
    ).fetchall() == [("idle",)]


def test_rows_are_capped_and_the_rest_is_not_made(
    reader: PostgresqlSession, admin: psycopg.Connection
) -> None:
    started = time.monotonic()
    fetched = reader.run(
        "SELECT x, x AS x FROM generate_series(1, 1000000) a(x), generate_series(1, 1000) b(y)",
        30.0,
        101,
    )
    assert (fetched.columns, len(fetched.rows)) == (("x", "x"), 101)
    assert time.monotonic() - started < 100
    assert not running(admin)
    assert reader.usable and reader.run("SELECT 1", 30.0, 10).rows == [(1,)]


def test_no_row_still_has_columns(reader: PostgresqlSession) -> None:
    fetched = reader.run("SELECT id, name FROM orders WHERE id > 9", 30.0, 10)
    assert (fetched.columns, fetched.rows) == (("id", "name"), [])


def test_values_are_python_values(reader: PostgresqlSession) -> None:
    sql = """SELECT 1.50, DATE '2024-02-29', TIMESTAMPTZ '2024-02-29 12:00:00+00',
      INTERVAL '1 day', '\\xff'::bytea, NULL, ARRAY[1, 2],
        '{"a": [1]}'::jsonb, '10.0.0.1'::inet, int4range(1, 5),
          '0b4ea9ff-3b8f-4a3e-9e39-3f3b1f3a8a57'::uuid, '100%s'"""
    utc = datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.UTC)
    dates = (
        Decimal("1.50"),
        datetime.date(2024, 2, 29),
        utc,
        datetime.timedelta(days=1),
        b"\xff",
        None,
        [1, 2],
    )
    texts = ({"a": [1]}, "10.0.0.1", "[1,5)", "0b4ea9ff-3b8f-4a3e-9e39-3f3b1f3a8a57", "100%s")
    assert plain(reader.run(sql, 30.0, 10).rows[0]) == [*dates, *texts]


def test_dates_that_python_cannot_hold_are_texts(reader: PostgresqlSession) -> None:
    sql = (
        "SELECT DATE 'infinity', DATE '0044-03-15 BC', TIMESTAMP '-infinity', TIMESTAMPTZ "
        "'infinity', TIMESTAMP '20000-01-01'"
    )
    assert reader.run(sql, 30.0, 10).rows == [
        ("infinity", "0044-03-15 BC", "-infinity", "infinity", "20000-01-01 00:00:00")
    ]


def test_intervals_and_ranges_are_exact(reader: PostgresqlSession) -> None:
    sql = (
        "SELECT INTERVAL '1 year 2 mons', INTERVAL '-1 mon 3 days', INTERVAL '3 days 04:05:06', "
        "daterange('2024-01-01', NULL), int4range(1, 5)"
    )
    assert reader.run(sql, 30.0, 10).rows == [
        (
            "1 year 2 mons",
            "-1 mons +3 days",
            datetime.timedelta(days=3, hours=4, minutes=5, seconds=6),
            "[2024-01-01,)",
            "[1,5)",
        )
    ]


def test_strings_are_read_as_the_guard_read_them(
    reader: PostgresqlSession, admin: psycopg.Connection, postgres_url: str
) -> None:
    admin.execute(
        "ALTER ROLE mome_reader SET standard_conforming_strings = off; ALTER ROLE mome_reader SET "
        "datestyle = 'SQL, DMY'"
    )
    session = PostgresqlEngine(as_reader(postgres_url)).connect()
    assert (
        session.run("SELECT 'a\\', TIMESTAMPTZ '2024-02-29 12:00:00+00'", 30.0, 10).rows[0][0]
        == "a\\"
    )
    session.close()


def test_a_superuser_finds_its_own_schema(admin: psycopg.Connection, postgres_url: str) -> None:
    admin.execute(
        "CREATE SCHEMA tester; CREATE TABLE tester.mine AS SELECT 1 AS x; CREATE SCHEMA "
        '"odd ""name"'
    )
    session = PostgresqlEngine(read_address(postgres_url)).connect()
    assert session.run("SELECT x FROM mine, orders WHERE id = 1", 30.0, 10).rows == [(1,)]
    session.close()


def test_explain_plans_without_running(reader: PostgresqlSession) -> None:
    reader.explain("SELECT pg_sleep(200) FROM orders", 30.0)
    for sql in (
        "SELECT nothing FROM orders",
        "DELETE FROM orders",
        "SELECT 1; SELECT 2",
        "ANALYZE SELECT 1",
    ):
        with pytest.raises(ExecutionError):
            reader.explain(sql, 30.0)


def test_a_reader_gets_no_warning_and_others_do(
    reader: PostgresqlSession, owner: PostgresqlSession, admin: psycopg.Connection
) -> None:
    assert reader.warnings() == ()
    assert [warning.partition(",")[0] for warning in owner.warnings()] == [
        "the role is a superuser"
    ]
    admin.execute(
        "GRANT UPDATE ON orders TO mome_reader; GRANT pg_read_server_files TO mome_reader"
    )
    assert [warning.partition(";")[0] for warning in reader.warnings()] == [
        "the role can write to tables",
        "the role can use the server's files",
    ]


def test_another_thread_stops_what_the_server_does_not(
    reader: PostgresqlSession, admin: psycopg.Connection
) -> None:
    statement = started(lambda: reader.run("SELECT pg_sleep(200)", 100.0, 10))
    while not running_now(admin):
        time.sleep(0.01)
    reader.stop()
    with pytest.raises(TimedOut):
        statement.result(100)
    assert not running(admin)


def test_statements_that_nobody_waits_for_are_counted(
    reader: PostgresqlSession,
    postgres_url: str,
    admin: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert reader.overdue() == 0
    other = PostgresqlEngine(as_reader(postgres_url)).connect()
    statement = started(lambda: other.run("SELECT pg_sleep(200)", 100.0, 10))
    monkeypatch.setattr("mome.execution.postgresql.OVERDUE_S", 0)
    # Before the statement the session runs others, between which it is idle.
    deadline = time.monotonic() + 60
    while reader.overdue() != 1 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert running_now(admin) and reader.overdue() == 1
    other.stop()
    with pytest.raises(TimedOut):
        statement.result(100)
    other.close()


def test_a_broken_connection_is_known_as_such(
    reader: PostgresqlSession, admin: psycopg.Connection
) -> None:
    admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'mome_reader'"
    )
    with pytest.raises(ConnectionLost, match="broke"):
        reader.run("SELECT 1", 30.0, 10)
    assert not reader.usable


def test_no_connection_says_why_in_one_line_without_secrets(
    admin: psycopg.Connection, postgres_url: str, subtests: pytest.Subtests
) -> None:
    for reason, change in (
        ("no host has this name", {"host": "no-such-host.invalid"}),
        ("nothing answers there", {"port": 1}),
        ("the user or the password is wrong", {"password": "hunter2-wrong"}),
        ("the user or the password is wrong", {"username": "nobody"}),
        ("no such database", {"database": "no_such_database"}),
    ):
        with subtests.test(reason):
            with pytest.raises(Unreachable, match=reason) as caught:
                PostgresqlEngine(
                    DatabaseAddress("postgresql", as_reader(postgres_url).url.set(**change))
                ).connect()
            message = str(caught.value)
            assert not any(secret in message for secret in ("\n", "reads", "hunter2", "://"))


def test_the_password_may_come_from_the_drivers_own_means(
    admin: psycopg.Connection, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = PostgresqlEngine(
        DatabaseAddress("postgresql", as_reader(postgres_url).url._replace(password=None))
    )
    with pytest.raises(Unreachable, match="asks for a password"):
        engine.connect()
    (tmp_path / "pgpass").write_text("*:*:*:mome_reader:reads\n")
    (tmp_path / "pgpass").chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "pgpass"))
    engine.connect().close()


def test_a_pooler_that_takes_no_options(
    admin: psycopg.Connection, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect, tried = psycopg.connect, []

    def pooled(**given: object) -> psycopg.Connection:
        tried.append(given.get("options"))
        if given.get("options"):
            raise psycopg.OperationalError("FATAL: unsupported startup parameter: options")
        return connect(**given)

    monkeypatch.setattr(postgresql.psycopg, "connect", pooled)
    session = PostgresqlEngine(as_reader(postgres_url)).connect()
    assert tried == ["-c default_transaction_read_only=on", None]
    assert session.run("SELECT current_setting('transaction_read_only')", 30.0, 10).rows == [
        ("on",)
    ]
    session.close()


def test_ctrl_c_stops_the_statement_on_the_server(
    reader: PostgresqlSession, admin: psycopg.Connection, interrupted_after: object
) -> None:
    with interrupted_after(0.5), pytest.raises(KeyboardInterrupt):
        reader.run("SELECT pg_sleep(200)", 20.0, 10)
    assert not running(admin)


def as_reader(url: str) -> DatabaseAddress:
    return DatabaseAddress(
        "postgresql", make_url(url).set(username="mome_reader", password="reads")
    )


def running(admin: psycopg.Connection) -> list[tuple]:
    """The reader's statements at work; looked for until there is none, for some seconds."""
    deadline = time.monotonic() + 20
    while (found := running_now(admin)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def running_now(admin: psycopg.Connection) -> list[tuple]:
    query = "SELECT query FROM pg_stat_activity WHERE usename = 'mome_reader' AND state = 'active'"
    return admin.execute(query).fetchall()
