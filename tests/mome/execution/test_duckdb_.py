"""DuckDB below the guard: what its settings, its parser and the clock stop by themselves; and what
a person reads when it fails.
"""

from __future__ import annotations

import datetime
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow
import pytest

from mome.errors import ExecutionError, TimedOut, Unreachable
from mome.execution.duckdb_ import DuckdbEngine, DuckdbSession
from schemas import resolve_url
from schemas.readers.duckdb_reader import DuckDBReader

THREADS = 8
HEAVY = "SELECT count(*) FROM range(10000000) a(x), range(10000000) b(y) WHERE a.x * b.y = -1"
REFUSED = {
    "insert": "INSERT INTO orders VALUES (3, 'c')",
    "insert returning": "INSERT INTO orders VALUES (3, 'c') RETURNING id",
    "update": "UPDATE orders SET name = 'z'",
    "delete": "DELETE FROM orders",
    "delete in a CTE": "WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone",
    "create": "CREATE TABLE fresh (x INT)",
    "temporary table": "CREATE TEMP TABLE fresh (x INT)",
    "view": "CREATE OR REPLACE VIEW orders AS SELECT 1",
    "macro": "CREATE MACRO f(x) AS x",
    "drop": "DROP TABLE orders",
    "truncate": "TRUNCATE orders",
    "copy to a new file": "COPY orders TO '{folder}/out.csv'",
    "copy over the table's own file": (
        "COPY (SELECT 1) TO '{folder}/orders.csv' (USE_TMP_FILE false)"
    ),
    "copy from": "COPY orders FROM '{folder}/secret.csv'",
    "export": "EXPORT DATABASE '{folder}/export'",
    "attach a file": "ATTACH '{folder}/new.db' AS other",
    "attach memory": "ATTACH ':memory:' AS other",
    "attach another engine": "ATTACH '{folder}/shop.db' AS other (TYPE sqlite)",
    "use": "USE memory",
    "read a csv": "SELECT * FROM read_csv('{folder}/secret.csv')",
    "read a text": "SELECT * FROM read_text('/etc/passwd')",
    "read a blob": "SELECT * FROM read_blob('/etc/passwd')",
    "read json": "SELECT * FROM read_json('{folder}/secret.csv')",
    "read parquet": "SELECT * FROM read_parquet('{folder}/secret.csv')",
    "sniff": "SELECT * FROM sniff_csv('{folder}/secret.csv')",
    "list files": "SELECT * FROM glob('{folder}/*')",
    "a file as a table": "SELECT * FROM '{folder}/secret.csv'",
    "a file beside its neighbour": "SELECT * FROM '{folder}/../secret.csv'",
    "the network": "SELECT * FROM 'https://127.0.0.1:1/x.csv'",
    "query around a file": "SELECT * FROM query('SELECT * FROM read_text(''/etc/passwd'')')",
    "serialized statement": (
        "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT "
        "* FROM read_text(''/etc/passwd'')'))"
    ),
    "a Python variable as a table": "SELECT * FROM stolen",
    "install": "INSTALL httpfs",
    "load": "LOAD '{folder}/evil.duckdb_extension'",
    "setting": "SET threads = 8",
    "setting that unlocks": "SET lock_configuration = false",
    "setting that opens files": "SET enable_external_access = true",
    "setting for one more path": "SET allowed_paths = ['/etc/passwd']",
    "reset": "RESET memory_limit",
    "pragma": "PRAGMA database_list",
    "pragma that writes": "PRAGMA profiling_output = '{folder}/profile'",
    "secret": "CREATE SECRET s (TYPE s3)",
    "variable": "SET VARIABLE a = 1",
    "call": "CALL pragma_version()",
    "checkpoint": "CHECKPOINT",
    "vacuum": "VACUUM",
    "prepare": "PREPARE p AS SELECT 1",
    "begin": "BEGIN",
    "commit": "COMMIT",
    "explain analyze": "EXPLAIN ANALYZE SELECT 1",
    "several statements": "SELECT 1; SELECT 2",
    "several statements, one of them bad": "SELECT 1; DROP TABLE orders",
    "no statement": "",
    "no such column": "SELECT missing FROM orders",
    "no SQL": "what was sold?",
}
"""By what is tried; `{folder}` is where the data lies."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database file and a csv file with the same orders, and a secret
    beside them.
    """
    folder = tmp_path_factory.mktemp("duckdb")
    with duckdb.connect(str(folder / "shop.duckdb")) as connection:
        connection.execute("CREATE TABLE orders (id INTEGER, name VARCHAR)")
        connection.execute("INSERT INTO orders VALUES (1, 'a'), (2, 'b')")
    (folder / "orders.csv").write_text("id,name\n1,a\n2,b\n")
    (folder / "secret.csv").write_text("id,name\n1,secret\n")
    return folder


@pytest.fixture
def folder(data: Path) -> Iterator[Path]:
    """The same; all files must be unchanged, and no other there, after the test."""
    before = {entry: entry.read_bytes() for entry in data.iterdir()}
    yield data
    assert {entry: entry.read_bytes() for entry in data.iterdir()} == before


@pytest.fixture(params=["database", "csv"])
def engine(request: pytest.FixtureRequest, folder: Path) -> Iterator[DuckdbEngine]:
    """Both kinds of source."""
    engine = (
        DuckdbEngine(folder / "shop.duckdb")
        if request.param == "database"
        else DuckdbEngine(None, [folder / "orders.csv"])
    )
    yield engine
    engine.close()


@pytest.fixture
def session(engine: DuckdbEngine) -> Iterator[DuckdbSession]:
    session = engine.connect()
    yield session
    session.close()


@pytest.mark.parametrize("sql", REFUSED.values(), ids=REFUSED)
def test_refused(session: DuckdbSession, folder: Path, sql: str) -> None:
    stolen = pyarrow.table({"x": [1]})
    with pytest.raises(ExecutionError) as caught:
        session.run(sql.replace("{folder}", str(folder)), 30.0, 10)
    assert "\n" not in str(caught.value) and stolen is not None
    assert session.run("SELECT * FROM orders ORDER BY id", 30.0, 10).rows == [(1, "a"), (2, "b")]


@pytest.mark.parametrize(
    "title", ["insert", "update", "delete", "delete in a CTE", "create", "drop", "view"]
)
def test_a_second_net_lies_under_the_parser(
    session: DuckdbSession, title: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_select", lambda sql: sql)
    with pytest.raises(ExecutionError, match="read-only|base table|not an table|Can only update"):
        session.run(REFUSED[title], 30.0, 10)


@pytest.mark.parametrize(
    "sql",
    [
        HEAVY,
        "SELECT x FROM range(10000000000) a(x) WHERE x < 0",
        "SELECT list(x) FROM range(100000000000) a(x)",
    ],
)
def test_a_long_query_is_stopped_and_the_session_serves_again(
    session: DuckdbSession, sql: str
) -> None:
    started = time.monotonic()
    with pytest.raises((TimedOut, ExecutionError), match="0.3 s|[Mm]emory"):
        session.run(sql, 0.3, 10)
    assert time.monotonic() - started < 100
    assert session.run("SELECT 1", 30.0, 10).rows == [(1,)]


def test_rows_are_capped_and_the_rest_is_not_made(session: DuckdbSession) -> None:
    fetched = session.run("SELECT x, x AS x FROM range(100000000000) r(x)", 30.0, 5)
    assert (fetched.columns, fetched.rows) == (("x", "x"), [(n, n) for n in range(5)])
    assert session.run("SELECT 1", 30.0, 10).rows == [(1,)]


def test_no_row_still_has_columns(session: DuckdbSession) -> None:
    fetched = session.run("SELECT id, name FROM orders WHERE id > 9", 30.0, 10)
    assert (fetched.columns, fetched.rows) == (("id", "name"), [])


def test_values_are_python_values(session: DuckdbSession) -> None:
    sql = (
        "SELECT 1.5::DECIMAL(9, 2), DATE '2024-02-29', TIMESTAMP '2024-02-29 12:00:00', "
        "INTERVAL 3 DAY, 'a'::BLOB, NULL, [1, 2], {'a': 1}"
    )
    expected = (
        Decimal("1.50"),
        datetime.date(2024, 2, 29),
        datetime.datetime(2024, 2, 29, 12),
        datetime.timedelta(days=3),
        b"a",
        None,
        [1, 2],
    )
    assert session.run(sql, 30.0, 10).rows == [(*expected, {"a": 1})]


def test_an_interval_with_months_is_text(session: DuckdbSession) -> None:
    sql = (
        "SELECT i AS x, n, i AS x FROM (VALUES (INTERVAL 14 MONTH, 1), (INTERVAL 36 HOUR, 2), "
        "(NULL, 3), (INTERVAL '-1 month 3 days', 4)) t(i, n) ORDER BY n DESC"
    )
    fetched = session.run(sql, 30.0, 3)
    assert fetched.columns == ("x", "n", "x")
    day_and_half = datetime.timedelta(hours=36)
    assert fetched.rows == [
        ("-1 month 3 days", 4, "-1 month 3 days"),
        (None, 3, None),
        (day_and_half, 2, day_and_half),
    ]
    (row,) = session.run("SELECT INTERVAL 14 MONTH", 30.0, 10).rows
    assert row == ("1 year 2 months",)


def test_a_time_with_its_zone(session: DuckdbSession) -> None:
    pytest.importorskip("pytz", reason="DuckDB gives times with a zone to Python through pytz")
    ((value,),) = session.run("SELECT TIMESTAMPTZ '2024-02-29 12:00:00+00'", 30.0, 10).rows
    assert value == datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.UTC)


def test_explain_plans_without_running(session: DuckdbSession) -> None:
    session.explain(HEAVY, 30.0)
    for sql in (
        "SELECT missing FROM orders",
        "DELETE FROM orders",
        "SELECT 1; SELECT 2",
        "ANALYZE SELECT 1",
    ):
        with pytest.raises(ExecutionError):
            session.explain(sql, 30.0)


def test_ctrl_c_stops_the_statement(session: DuckdbSession, interrupted_after: object) -> None:
    with interrupted_after(0.3), pytest.raises(KeyboardInterrupt):
        session.run(HEAVY, 20.0, 10)
    assert session.run("SELECT 1", 30.0, 10).rows == [(1,)]


def test_a_file_that_grows_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "it's 1.csv"
    path.write_text("id\n1\n")
    engine = DuckdbEngine(None, [path])
    session = engine.connect()
    path.write_text("id\n1\n2\n")
    assert session.run('SELECT id FROM "it\'s 1"', 30.0, 10).rows == [(1,), (2,)]
    session.close()
    engine.close()


def test_parquet_beside_csv(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("more") / "prices.parquet"
    duckdb.connect().execute(f"COPY (SELECT 1 AS id, 9.5::DECIMAL(4, 2) AS price) TO '{path}'")
    engine = DuckdbEngine(None, [folder / "orders.csv", path])
    session = engine.connect()
    assert session.run("SELECT name, price FROM orders JOIN prices USING (id)", 30.0, 10).rows == [
        ("a", Decimal("9.50"))
    ]
    session.close()
    engine.close()


def test_two_engines_share_a_file(folder: Path) -> None:
    engines = [DuckdbEngine(folder / "shop.duckdb") for _ in range(2)]
    sessions = [engine.connect() for engine in engines]
    engines[0].close()
    sessions[0].close()
    assert sessions[1].run("SELECT count(*) FROM orders", 30.0, 10).rows == [(2,)]
    with pytest.raises(ExecutionError):
        sessions[1].run("SELECT * FROM read_text('/etc/passwd')", 30.0, 10)
    sessions[1].close()
    engines[1].close()


def test_introspection_may_have_the_file_open(folder: Path) -> None:
    source = resolve_url(folder / "shop.duckdb")
    for executor_first in (True, False):
        engine = DuckdbEngine(source.path)
        first, second = (
            (engine.connect, lambda: DuckDBReader.open(source))
            if executor_first
            else (lambda: DuckDBReader.open(source), engine.connect)
        )
        for opened in (first(), second()):
            opened.close()
        engine.close()


@pytest.mark.parametrize("introspecting", [False, True])
def test_threads_open_one_file_at_once(folder: Path, introspecting: bool) -> None:
    """As the page does: the translator's executor, and beside it the look at the database."""
    source = resolve_url(str(folder / "shop.duckdb"))

    def opened(number: int) -> bool:
        if introspecting and number % 2:
            DuckDBReader.open(source).close()
            return True
        engine = DuckdbEngine(source.path)
        session = engine.connect()
        locked = session.run("SELECT current_setting('lock_configuration')", 5, 1).rows[0][0]
        session.close()
        engine.close()
        return locked

    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(25):
            assert all(pool.map(opened, range(THREADS)))


def test_a_file_that_is_open_with_other_rights(folder: Path) -> None:
    with (
        duckdb.connect(str(folder / "shop.duckdb"), read_only=True),
        pytest.raises(Unreachable, match="close it there"),
    ):
        DuckdbEngine(folder / "shop.duckdb").connect()


def test_a_file_that_another_program_writes(folder: Path) -> None:
    path = folder / "shop.duckdb"
    code = (
        f"import duckdb, sys; c = duckdb.connect({str(path)!r}); print('open', flush=True); "
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        writer.stdout.readline()
        with pytest.raises(Unreachable, match="another program has it open for writing"):
            DuckdbEngine(path).connect()
        writer.stdin.close()


def test_a_missing_file_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="there is no file .*shop.duckdb; check the path"):
        DuckdbEngine(tmp_path / "shop.duckdb").connect()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["shop.duckdb", "shop.parquet"])
def test_another_kind_of_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"\xff\x00 no data" * 500)
    engine = DuckdbEngine(None, [path]) if path.suffix == ".parquet" else DuckdbEngine(path)
    with pytest.raises(Unreachable, match="cannot be read") as caught:
        engine.connect()
    assert "\n" not in str(caught.value)
