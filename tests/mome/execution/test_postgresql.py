"""PostgreSQL below the guard: what cursor, transaction and role stop."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from mome.errors import ExecutionError
from mome.execution.address import read_address
from mome.execution.postgresql import PostgresqlEngine, PostgresqlSession
from postgresql_server import as_reader

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


def test_nothing_but_a_select_runs_even_as_superuser(
    pg_owner: PostgresqlSession,
    pg_admin: psycopg.Connection,
    writable: Path,
    subtests: pytest.Subtests,
) -> None:
    for title, sql in NOT_ONE_SELECT.items():
        with subtests.test(title):
            with pytest.raises(ExecutionError) as caught:
                pg_owner.run(sql.replace("{folder}", str(writable)), 30.0, 10)
            assert "\n" not in str(caught.value) and pg_owner.usable
    assert not list(writable.iterdir())
    pg_admin.execute(NOT_ONE_SELECT["copy to a program"].replace("{folder}", str(writable)))
    assert (writable / "out").exists(), "the probe would have worked"


def test_a_superuser_is_one_no_more(
    pg_owner: PostgresqlSession,
    pg_admin: psycopg.Connection,
    writable: Path,
    subtests: pytest.Subtests,
) -> None:
    pg_admin.execute("CREATE EXTENSION dblink")
    places = {
        "{folder}": str(writable),
        "{port}": str(pg_admin.info.port),
        "{database}": pg_admin.info.dbname,
    }
    for title, sql in NOT_WITHOUT_RIGHTS.items():
        for place, value in places.items():
            sql = sql.replace(place, value)
        with subtests.test(title), pytest.raises(ExecutionError):
            pg_owner.run(sql, 30.0, 10)
    assert not list(writable.iterdir())
    assert pg_admin.execute(NOT_WITHOUT_RIGHTS["read a file"]).fetchone(), (
        "the probe would have worked"
    )


def test_a_second_net_lies_under_the_cursor(
    pg_owner: PostgresqlSession, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    monkeypatch.setattr(pg_owner, "_declared", lambda sql: ())
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
            pg_owner.run(NOT_ONE_SELECT[title].replace("{folder}", "/tmp"), 30.0, 10)


def test_the_reader_cannot_write_either(
    pg_reader: PostgresqlSession, subtests: pytest.Subtests
) -> None:
    for title, sql in {
        **NOT_WITHOUT_RIGHTS,
        "passwords": "SELECT rolpassword FROM pg_authid",
    }.items():
        with subtests.test(title), pytest.raises(ExecutionError):
            pg_reader.run(sql, 30.0, 10)


def test_nothing_stays_on_the_connection(
    pg_reader: PostgresqlSession, pg_admin: psycopg.Connection
) -> None:
    pg_reader.run(
        (
            "SELECT pg_advisory_lock(7), set_config('work_mem', '1MB', false), lo_create(0), "
            "pg_notify('a', 'b')"
        ),
        30.0,
        10,
    )
    assert pg_admin.execute(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
    ).fetchone() == (0,)
    assert pg_admin.execute("SELECT count(*) FROM pg_largeobject_metadata").fetchone() == (0,)
    assert pg_reader.run("SELECT current_setting('work_mem')", 30.0, 10).rows == [("4MB",)]
    assert pg_admin.execute(
        "SELECT state FROM pg_stat_activity WHERE usename = 'mome_reader'"
    ).fetchall() == [("idle",)]


def test_no_row_still_has_columns(pg_reader: PostgresqlSession) -> None:
    fetched = pg_reader.run("SELECT id, name FROM orders WHERE id > 9", 30.0, 10)
    assert (fetched.columns, fetched.rows) == (("id", "name"), [])


def test_strings_are_read_as_the_guard_read_them(
    pg_reader: PostgresqlSession, pg_admin: psycopg.Connection, postgres_url: str
) -> None:
    pg_admin.execute(
        "ALTER ROLE mome_reader SET standard_conforming_strings = off; ALTER ROLE mome_reader SET "
        "datestyle = 'SQL, DMY'"
    )
    session = PostgresqlEngine(as_reader(postgres_url)).connect()
    assert (
        session.run("SELECT 'a\\', TIMESTAMPTZ '2024-02-29 12:00:00+00'", 30.0, 10).rows[0][0]
        == "a\\"
    )
    session.close()


def test_a_superuser_finds_its_own_schema(pg_admin: psycopg.Connection, postgres_url: str) -> None:
    pg_admin.execute(
        "CREATE SCHEMA tester; CREATE TABLE tester.mine AS SELECT 1 AS x; CREATE SCHEMA "
        '"odd ""name"'
    )
    session = PostgresqlEngine(read_address(postgres_url)).connect()
    assert session.run("SELECT x FROM mine, orders WHERE id = 1", 30.0, 10).rows == [(1,)]
    session.close()


def test_explain_plans_without_running(pg_reader: PostgresqlSession) -> None:
    pg_reader.explain("SELECT pg_sleep(200) FROM orders", 30.0)
    for sql in (
        "SELECT nothing FROM orders",
        "DELETE FROM orders",
        "SELECT 1; SELECT 2",
        "ANALYZE SELECT 1",
    ):
        with pytest.raises(ExecutionError):
            pg_reader.explain(sql, 30.0)


def test_a_reader_gets_no_warning_and_others_do(
    pg_reader: PostgresqlSession, pg_owner: PostgresqlSession, pg_admin: psycopg.Connection
) -> None:
    assert pg_reader.warnings() == ()
    assert [warning.partition(",")[0] for warning in pg_owner.warnings()] == [
        "the role is a superuser"
    ]
    pg_admin.execute(
        "GRANT UPDATE ON orders TO mome_reader; GRANT pg_read_server_files TO mome_reader"
    )
    assert [warning.partition(";")[0] for warning in pg_reader.warnings()] == [
        "the role can write to tables",
        "the role can use the server's files",
    ]
