"""SQLite below the guard: what the authorizer, the limits and the clock stop by themselves; and
what a person reads when it fails.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mome.errors import ExecutionError, TimedOut, Unreachable
from mome.execution.sqlite import SqliteEngine, SqliteSession

HEAVY = (
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 100000) "
    "SELECT count(*) FROM n a, n b WHERE a.x * b.x = -1"
)
REFUSED = {
    "attach a new file": "ATTACH '{folder}/new.db' AS other",
    "attach the same file for writing": "ATTACH 'file:{folder}/shop.db?mode=rw' AS other",
    "attach memory": "ATTACH ':memory:' AS other",
    "detach": "DETACH main",
    "insert": "INSERT INTO orders VALUES (3, 'c')",
    "insert returning": "INSERT INTO orders VALUES (3, 'c') RETURNING id",
    "replace": "REPLACE INTO orders VALUES (1, 'z')",
    "update": "UPDATE orders SET name = 'z'",
    "delete": "DELETE FROM orders",
    "delete after a with": "WITH x AS (SELECT 1) DELETE FROM orders WHERE id IN x",
    "create": "CREATE TABLE fresh (x)",
    "temporary table": "CREATE TEMP TABLE fresh (x)",
    "view": "CREATE VIEW fresh AS SELECT 1",
    "virtual table": "CREATE VIRTUAL TABLE fresh USING fts5(x)",
    "drop": "DROP TABLE orders",
    "alter": "ALTER TABLE orders RENAME TO fresh",
    "vacuum": "VACUUM",
    "vacuum into a file": "VACUUM INTO '{folder}/copy.db'",
    "reindex": "REINDEX",
    "analyze": "ANALYZE",
    "pragma that writes": "PRAGMA user_version = 7",
    "pragma that changes the journal": "PRAGMA journal_mode = DELETE",
    "pragma that opens the schema": "PRAGMA writable_schema = 1",
    "pragma that undoes the second net": "PRAGMA query_only = OFF",
    "pragma that reads": "PRAGMA table_info(orders)",
    "pragma as a function": "SELECT * FROM pragma_table_info('orders')",
    "pragma as a function over files": "SELECT * FROM pragma_database_list",
    "schema table": "SELECT * FROM sqlite_master",
    "schema table by its other name": "SELECT * FROM sqlite_schema",
    "schema of temporary tables": "SELECT * FROM sqlite_temp_master",
    "schema table written to": "UPDATE sqlite_master SET type = 'view'",
    "pages": "SELECT * FROM dbstat",
    "load an extension": "SELECT load_extension('{folder}/evil')",
    "random blob": "SELECT randomblob(1000000000)",
    "zero blob": "SELECT zeroblob(1000000000)",
    "large value": "SELECT replace(printf('%.*c', 60000000, 'x'), 'x', 'yy')",
    "tokenizer": "SELECT fts3_tokenizer('simple')",
    "write a file": "SELECT writefile('{folder}/out', 'x')",
    "read a file": "SELECT readfile('/etc/passwd')",
    "transaction": "BEGIN EXCLUSIVE",
    "savepoint": "SAVEPOINT a",
    "several statements": "SELECT 1; DELETE FROM orders",
    "depth": "SELECT " + "1 + (" * 400 + "1" + ")" * 400,
    "no such column": "SELECT missing FROM orders",
    "no SQL": "what was sold?",
    "null character": "SELECT '\0'",
}
"""By what is tried; `{folder}` is where the database lies."""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file, alone in its folder."""
    path = tmp_path_factory.mktemp("sqlite") / "shop.db"
    connection = sqlite3.connect(path)
    connection.executescript(
        """CREATE TABLE orders (id INTEGER PRIMARY KEY, name TEXT);
        INSERT INTO orders VALUES (1, 'a'), (2, CAST(x'ff6162' AS TEXT));
        CREATE VIRTUAL TABLE notes USING fts5(body);
        INSERT INTO notes VALUES ('hello world');
        CREATE VIRTUAL TABLE places USING rtree(id, low, high);
        INSERT INTO places VALUES (1, 2, 3);
        CREATE VIEW greetings AS SELECT body FROM notes;"""
    )
    connection.close()
    return path


@pytest.fixture
def shop(database: Path) -> Iterator[Path]:
    """The same; it must be unchanged, and still alone, after the test."""
    before = database.read_bytes()
    yield database
    assert database.read_bytes() == before
    assert [entry.name for entry in database.parent.iterdir()] == ["shop.db"]


@pytest.fixture
def session(shop: Path) -> Iterator[SqliteSession]:
    session = SqliteEngine(shop).connect()
    yield session
    session.close()


@pytest.mark.parametrize("sql", REFUSED.values(), ids=REFUSED)
def test_refused(session: SqliteSession, shop: Path, sql: str) -> None:
    with pytest.raises(ExecutionError) as caught:
        session.run(sql.replace("{folder}", str(shop.parent)), 30.0, 10)
    assert "\n" not in str(caught.value)
    assert session.run("SELECT count(*) FROM orders", 30.0, 10).rows == [(2,)]


@pytest.mark.parametrize(
    "title", ["insert", "delete", "create", "drop", "pragma that writes", "vacuum into a file"]
)
def test_a_second_net_lies_under_the_authorizer(
    session: SqliteSession, shop: Path, title: str
) -> None:
    session._connection.set_authorizer(None)
    sql = REFUSED[title].replace("{folder}", str(shop.parent))
    with pytest.raises(ExecutionError):
        session.run(sql, 30.0, 10)


def test_attach_is_stopped_by_its_limit_alone(session: SqliteSession, shop: Path) -> None:
    session._connection.set_authorizer(None)
    with pytest.raises(ExecutionError, match="too many attached databases"):
        session.run(f"ATTACH '{shop.parent}/new.db' AS other", 30.0, 10)


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT count(*) FROM orders", [(2,)]),
        ("SELECT name FROM orders ORDER BY id", [("a",), ("\ufffdab",)]),
        ("SELECT body FROM notes WHERE notes MATCH 'hello'", [("hello world",)]),
        ("SELECT low FROM places WHERE high > 2.5", [(2.0,)]),
        ("SELECT body FROM greetings", [("hello world",)]),
        ("SELECT value FROM json_each('[1, 2]')", [(1,), (2,)]),
        ("SELECT row_number() OVER (ORDER BY id DESC), id FROM orders", [(1, 2), (2, 1)]),
        (
            (
                "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 3) "
                "SELECT x FROM n"
            ),
            [(1,), (2,), (3,)],
        ),
        ("VALUES (1, x'00ff', 1.5, NULL)", [(1, b"\x00\xff", 1.5, None)]),
        ("SELECT id FROM orders WHERE id > 9", []),
    ],
)
def test_reading_works(session: SqliteSession, sql: str, rows: list[tuple]) -> None:
    for _ in range(2):
        assert session.run(sql, 30.0, 10).rows == rows


def test_a_long_query_is_stopped_and_the_session_serves_again(session: SqliteSession) -> None:
    for _ in range(2):
        started = time.monotonic()
        with pytest.raises(TimedOut, match="0.2 s"):
            session.run(HEAVY, 0.2, 10)
        assert time.monotonic() - started < 100
        assert session.run("SELECT 1", 30.0, 10).rows == [(1,)]


def test_a_long_query_that_gives_rows_is_stopped_too(session: SqliteSession) -> None:
    with pytest.raises(TimedOut):
        session.run(
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n",
            0.2,
            10**9,
        )


def test_rows_are_capped(session: SqliteSession) -> None:
    endless = (
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x, x AS x FROM n"
    )
    fetched = session.run(endless, 30.0, 5)
    assert (fetched.columns, len(fetched.rows)) == (("x", "x"), 5)


def test_explain_plans_without_running(session: SqliteSession) -> None:
    session.explain(HEAVY, 0.2)
    for sql in ("SELECT missing FROM orders", "DELETE FROM orders", "SELECT * FROM sqlite_master"):
        with pytest.raises(ExecutionError):
            session.explain(sql, 30.0)


def test_ctrl_c_stops_the_statement(session: SqliteSession, interrupted_after: object) -> None:
    with interrupted_after(0.3), pytest.raises(KeyboardInterrupt):
        session.run(HEAVY, 20.0, 10)
    assert session.run("SELECT 1", 30.0, 10).rows == [(1,)]


def test_a_locked_file_says_so(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mome.execution.sqlite._LOCK_WAIT_S", 0.05)
    session = SqliteEngine(shop).connect()
    writer = sqlite3.connect(shop, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    with pytest.raises(ExecutionError, match="locked by another program"):
        session.run("SELECT count(*) FROM orders", 30.0, 10)
    writer.close()
    session.close()


def test_a_changed_schema_asks_for_a_new_session(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    writer = sqlite3.connect(path)
    writer.execute("CREATE VIRTUAL TABLE notes USING fts5(body)")
    engine = SqliteEngine(path)
    old = engine.connect()
    writer.execute("CREATE TABLE later (x)")
    writer.commit()
    writer.close()
    with pytest.raises(ExecutionError):
        old.run("SELECT body FROM notes", 30.0, 10)
    assert not old.usable
    new = engine.connect()
    assert new.run("SELECT body FROM notes", 30.0, 10).rows == []
    old.close()
    new.close()


def test_a_session_may_go_from_thread_to_thread(session: SqliteSession) -> None:
    rows: list[tuple] = []
    thread = threading.Thread(target=lambda: rows.extend(session.run("SELECT 1", 30.0, 10).rows))
    thread.start()
    thread.join()
    assert rows == [(1,)]


def test_a_missing_file_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="there is no file .*shop.db; check the path"):
        SqliteEngine(tmp_path / "shop.db").connect()
    assert not list(tmp_path.iterdir())


def test_another_kind_of_file(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    path.write_text("id,name\n" * 500)
    with pytest.raises(
        Unreachable, match="cannot be read as an SQLite database: file is not a database"
    ):
        SqliteEngine(path).connect()


def test_a_strange_path(tmp_path: Path) -> None:
    path = tmp_path / "100% #1?.db"
    sqlite3.connect(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS x")
    connection.close()
    session = SqliteEngine(path).connect()
    assert session.run("SELECT x FROM t", 30.0, 10).rows == [(1,)]
    session.close()
