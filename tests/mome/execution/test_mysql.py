"""MariaDB below the guard: what the user and the transaction stop."""

from __future__ import annotations

from pathlib import Path

import pymysql
import pytest
from sqlalchemy.engine import make_url

from mome.errors import ExecutionError, TimedOut
from mome.execution.mysql import MysqlEngine, MysqlSession
from mysql_server import READER, as_reader, ask

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


def test_nothing_but_a_select_runs_even_as_administrator(
    mysql_owner: MysqlSession, subtests: pytest.Subtests
) -> None:
    for title, sql in NOT_ONE_SELECT.items():
        with subtests.test(title), pytest.raises(ExecutionError):
            mysql_owner.run(sql, 30.0, 10)
        with subtests.test(f"{title}, and then"), pytest.raises(ExecutionError, match="fresh"):
            mysql_owner.run("SELECT * FROM fresh", 30.0, 10)


def test_a_second_net_lies_under_explain(
    mysql_owner: MysqlSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mysql_owner, "_plan", lambda sql: None)
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
            mysql_owner.run(NOT_ONE_SELECT[title], 30.0, 10)


def test_files_of_the_server_are_out_of_reach_even_with_the_file_right(
    mysql_owner: MysqlSession,
    mysql_admin: pymysql.Connection,
    writable: Path,
    subtests: pytest.Subtests,
) -> None:
    for title, sql in FILES.items():
        with subtests.test(title), pytest.raises(ExecutionError, match="INTO and LOAD_FILE"):
            mysql_owner.run(sql.format(path=writable / "out"), 30.0, 10)
        assert not list(writable.iterdir())
    ask(mysql_admin, FILES["in a comment that runs"].format(path=writable / "out"))
    assert (writable / "out").exists(), "the probe would have worked"


def test_without_the_file_right_the_server_itself_refuses_files(
    mysql_reader: MysqlSession, writable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mysql_reader, "_plan", lambda sql: None)
    with pytest.raises(ExecutionError, match="FILE"):
        mysql_reader.run(FILES["outfile"].format(path=writable / "out"), 30.0, 10)
    assert mysql_reader.run(FILES["load_file"], 30.0, 10).rows == [(None,)]


def test_quoted_words_are_no_files(mysql_reader: MysqlSession) -> None:
    assert mysql_reader.run(
        "SELECT id AS `into` FROM orders WHERE name = 'into outfile' OR name = \"it's into\"",
        30.0,
        10,
    ).rows == [(2,)]


def test_a_session_serves_again_after_results_errors_and_timeouts(
    mysql_reader: MysqlSession,
) -> None:
    for _ in range(2):
        assert mysql_reader.run("SELECT id, name FROM orders ORDER BY id", 30.0, 10).rows == [
            (1, "a"),
            (2, "into outfile"),
        ]
        with pytest.raises(ExecutionError):
            mysql_reader.run("SELECT nothing FROM orders", 30.0, 10)
        with pytest.raises(TimedOut):
            mysql_reader.run("SELECT SLEEP(200)", 0.2, 10)
        assert mysql_reader.usable


def test_no_row_still_has_columns(mysql_reader: MysqlSession) -> None:
    fetched = mysql_reader.run("SELECT id, name AS id FROM orders WHERE id > 9", 30.0, 10)
    assert (fetched.columns, fetched.rows) == (("id", "id"), [])


def test_text_is_read_as_the_guard_read_it(
    mysql_admin: pymysql.Connection, mariadb_url: str
) -> None:
    ask(mysql_admin, "SET GLOBAL sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES,STRICT_TRANS_TABLES'")
    try:
        session = MysqlEngine(as_reader(mariadb_url)).connect()
        assert session.run("SELECT \"a\", 'b\\'c', 1 || 0", 30.0, 10).rows == [("a", "b'c", 1)]
        session.close()
    finally:
        ask(mysql_admin, "SET GLOBAL sql_mode = DEFAULT")


def test_explain_plans_without_running(mysql_reader: MysqlSession) -> None:
    mysql_reader.explain("SELECT SLEEP(200) FROM orders", 30.0)
    with pytest.raises(ExecutionError, match="nothing"):
        mysql_reader.explain("SELECT nothing FROM orders", 30.0)


def test_a_view_can_be_read_by_who_may_not_read_its_tables(
    mysql_admin: pymysql.Connection, mariadb_url: str
) -> None:
    ask(mysql_admin, "CREATE VIEW names AS SELECT name FROM orders")
    ask(mysql_admin, f"REVOKE ALL PRIVILEGES, GRANT OPTION FROM {READER}@'%'")
    ask(mysql_admin, f"GRANT SELECT ON {make_url(mariadb_url).database}.names TO {READER}@'%'")
    session = MysqlEngine(as_reader(mariadb_url)).connect()
    session.explain("SELECT name FROM names", 30.0)
    assert session.run("SELECT count(*) FROM names", 30.0, 10).rows == [(2,)]
    session.close()


def test_a_reader_gets_no_warning_and_others_do(
    mysql_reader: MysqlSession,
    mysql_owner: MysqlSession,
    mysql_admin: pymysql.Connection,
    mariadb_url: str,
) -> None:
    assert mysql_reader.warnings() == ()
    files, rights = mysql_owner.warnings()
    assert "FILE" in files and "ALL PRIVILEGES" in rights
    ask(
        mysql_admin,
        f"GRANT UPDATE (name), DELETE ON {make_url(mariadb_url).database}.orders TO {READER}@'%'",
    )
    assert [warning.partition(";")[0] for warning in mysql_reader.warnings()] == [
        "the user has DELETE, UPDATE"
    ]
