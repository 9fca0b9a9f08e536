"""The way to the database: who may pass, what comes back, how connections are shared, used again
and given up.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from mome.catalog import Catalog, Column, Table
from mome.errors import ExecutionError, MomeError, NotGuarded, TimedOut, Unreachable
from mome.execution import Executor, open_executor
from mome.execution.abandoned import abandoned_at
from mome.execution.session import ConnectionLost, Fetched
from mome.guard import GuardedQuery, guard
from mome.guard.query import seal

ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.db"
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TABLE orders (id INTEGER PRIMARY KEY); INSERT INTO orders VALUES (1), (2), (3);"
    )
    connection.close()
    return path


@pytest.fixture
def executor(shop: Path) -> Iterator[Executor]:
    with open_executor(f"sqlite:///{shop}", timeout_s=30.0, max_rows=2) as executor:
        yield executor


class Session:
    """A connection that does as it is told."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.gate = engine.gate
        self.usable = True
        self.closed = False

    def run(self, sql: str, timeout_s: float, count: int) -> Fetched:
        if self.engine.lost:
            self.usable = False
            self.engine.lost -= 1
            raise ConnectionLost("the connection broke")
        if self.gate is not None:
            self.gate.wait(60)
        return Fetched(("x",), [(1,)])

    def explain(self, sql: str, timeout_s: float) -> None:
        raise ExecutionError("no")

    def stop(self) -> None:
        if self.engine.stops:
            self.gate.set()

    def close(self) -> None:
        self.closed = True


class Engine:
    dialect = "sqlite"
    open_s = 60.0

    def __init__(self) -> None:
        # Each has a server of its own, whose abandoned statements are its own.
        self.place = str(id(self))
        self.stops = True
        self.sessions: list[Session] = []
        self.lost = 0
        self.gate: threading.Event | None = None

    def connect(self) -> Session:
        self.sessions.append(Session(self))
        return self.sessions[-1]

    def warnings(self, session: Session) -> tuple[str, ...]:
        return ("the role can write",)

    def close(self) -> None:
        pass


def test_rows_are_capped_and_it_says_so(executor: Executor) -> None:
    result = executor.run(guarded("SELECT id FROM orders ORDER BY id"))
    assert (result.columns, result.rows, result.truncated) == (("id",), [(1,), (2,)], True)
    assert result.elapsed_ms > 0
    whole = executor.run(guarded("SELECT id FROM orders ORDER BY id"), max_rows=3)
    assert (whole.rows, whole.truncated) == ([(1,), (2,), (3,)], False)
    assert executor.run(guarded("SELECT id FROM orders ORDER BY id LIMIT 2")).truncated is False


@pytest.mark.parametrize("query", ["SELECT 1", None, b"SELECT 1", ("SELECT 1", "sqlite")])
def test_only_a_guarded_query_passes(executor: Executor, query: object) -> None:
    for call in (executor.run, executor.explain):
        with pytest.raises(NotGuarded, match="passed the guard") as caught:
            call(query)
    assert isinstance(caught.value, MomeError) and isinstance(caught.value, TypeError)


def test_what_the_guard_lets_through_runs(executor: Executor) -> None:
    column = Column("id", "INTEGER", "integer")
    catalog = Catalog(
        "sqlite", "sqlite", "", "", (Table(None, "orders", "table", None, 3, (column,)),)
    )
    assert executor.run(guard("SELECT max(id) FROM orders -- the last one", catalog)).rows == [(3,)]


def test_a_query_of_another_dialect_does_not_pass(executor: Executor) -> None:
    with pytest.raises(NotGuarded, match="guarded as mysql"):
        executor.run(seal("SELECT 1", "mysql", set(), set(), ""))


def test_what_is_no_text_is_refused_by_name(executor: Executor) -> None:
    with pytest.raises(ExecutionError, match="not text"):
        executor.run(guarded("SELECT '\ud800'"))


def test_the_timeout_is_the_executors_or_the_calls(shop: Path) -> None:
    with open_executor(shop, timeout_s=0.1, max_rows=10**9) as executor:
        with pytest.raises(TimedOut, match=r"0\.1 s"):
            executor.run(guarded(ENDLESS))
        with pytest.raises(TimedOut, match=r"0\.2 s"):
            executor.run(guarded(ENDLESS), timeout_s=0.2)


@pytest.mark.parametrize("options", [{"timeout_s": 0}, {"timeout_s": -1.0}, {"max_rows": 0}])
def test_senseless_limits(shop: Path, options: dict[str, float]) -> None:
    with pytest.raises(ValueError):
        open_executor(shop, **options)
    with open_executor(shop) as executor, pytest.raises(ValueError):
        executor.run(guarded("SELECT 1"), **options)


def test_explain(executor: Executor) -> None:
    executor.explain(guarded(ENDLESS))
    with pytest.raises(ExecutionError, match="no such column"):
        executor.explain(guarded("SELECT missing FROM orders"))


def test_reachable_or_not(shop: Path) -> None:
    with open_executor(f"sqlite:///{shop}") as executor:
        assert executor.reachable()
        assert executor.warnings == ()
    with open_executor("postgresql://nobody@127.0.0.1:1/nothing") as executor:
        assert not executor.reachable()
        with pytest.raises(Unreachable, match="nothing answers there"):
            executor.ping()
        with pytest.raises(Unreachable):
            _ = executor.warnings


def test_many_candidates_are_quick(executor: Executor) -> None:
    query = guarded("SELECT id FROM orders")
    executor.run(query)
    started = time.process_time()
    for _ in range(200):
        executor.run(query)
    assert time.process_time() - started < 1


def test_threads_share_an_executor(executor: Executor) -> None:
    query = guarded("SELECT count(*) FROM orders a, orders b")
    with ThreadPoolExecutor(16) as threads:
        results = list(threads.map(lambda _: executor.run(query).rows, range(200)))
    assert results == [[(9,)]] * 200


def test_one_slow_query_does_not_hold_up_another() -> None:
    engine = Engine()
    engine.gate = threading.Event()
    executor = Executor(engine, timeout_s=30.0, max_rows=10)
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(executor.ping)
        while not engine.sessions:
            time.sleep(0.01)
        gate, engine.gate = engine.gate, None
        executor.ping()
        assert not slow.done()
        gate.set()
        slow.result()


def test_idle_connections_are_used_again() -> None:
    engine = Engine()
    executor = Executor(engine, timeout_s=1.0, max_rows=10)
    for _ in range(3):
        executor.ping()
        with pytest.raises(ExecutionError):
            executor.explain(guarded("SELECT 1"))
    assert len(engine.sessions) == 1


def test_a_connection_that_died_while_idle_is_replaced() -> None:
    engine = Engine()
    executor = Executor(engine, timeout_s=1.0, max_rows=10)
    executor.ping()
    engine.lost = 1
    executor.ping()
    assert [session.closed for session in engine.sessions] == [True, False]


def test_a_new_connection_that_dies_is_an_error() -> None:
    engine = Engine()
    engine.lost = 1
    executor = Executor(engine, timeout_s=1.0, max_rows=10)
    with pytest.raises(Unreachable, match="broke"):
        executor.ping()
    executor.ping()


def test_there_is_an_end_to_connections() -> None:
    engine = Engine()
    engine.gate = threading.Event()
    executor = Executor(engine, timeout_s=0.2, max_rows=10)
    with ThreadPoolExecutor(4) as threads:
        at_work = [threads.submit(executor.ping) for _ in range(4)]
        while len(engine.sessions) < 4:
            time.sleep(0.01)
        with pytest.raises(TimedOut, match="busy with other questions"):
            executor.ping()
        engine.gate.set()
        assert [work.result() for work in at_work] == [None] * 4


def test_the_caller_returns_though_the_engine_does_not() -> None:
    engine = Engine()
    engine.gate, engine.stops = threading.Event(), False
    executor = Executor(engine, timeout_s=0.1, max_rows=10)
    started = time.monotonic()
    with pytest.raises(TimedOut, match=r"longer than 0\.1 s"):
        executor.ping()
    assert time.monotonic() - started < 30
    assert len(abandoned_at(engine.place)) == 1
    gate, engine.gate = engine.gate, None
    executor.ping()
    assert [session.closed for session in engine.sessions] == [False, False]
    gate.set()
    deadline = time.monotonic() + 60
    while abandoned_at(engine.place) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not abandoned_at(engine.place)
    assert [session.closed for session in engine.sessions] == [True, False]


def test_a_statement_that_the_engine_stops_is_not_counted() -> None:
    engine = Engine()
    engine.gate = threading.Event()
    executor = Executor(engine, timeout_s=0.1, max_rows=10)
    with pytest.raises(TimedOut):
        executor.ping()
    assert not abandoned_at(engine.place)
    assert engine.sessions[0].closed, "a late stop would hit the next statement"


def test_a_server_with_too_many_abandoned_statements_gets_no_other() -> None:
    engine = Engine()
    engine.gate, engine.stops = threading.Event(), False
    executor = Executor(engine, timeout_s=0.1, max_rows=10)
    with ThreadPoolExecutor(4) as threads:
        at_work = [threads.submit(executor.ping) for _ in range(4)]
        assert [type(work.exception()) for work in at_work] == [TimedOut] * 4
    with pytest.raises(TimedOut, match="4 queries that were given up"):
        Executor(engine, timeout_s=0.1, max_rows=10).ping()
    gate, engine.gate = engine.gate, None
    gate.set()
    deadline = time.monotonic() + 60
    while abandoned_at(engine.place) and time.monotonic() < deadline:
        time.sleep(0.01)
    executor.ping()


def test_a_database_that_does_not_open_is_not_waited_for() -> None:
    engine = Engine()
    opened = threading.Event()
    engine.open_s = 0.1
    connect = engine.connect
    engine.connect = lambda: (opened.wait(60), connect())[1]
    executor = Executor(engine, timeout_s=0.1, max_rows=10)
    with pytest.raises(Unreachable, match=r"did not open within 0\.1 s"):
        executor.ping()
    opened.set()
    deadline = time.monotonic() + 60
    while abandoned_at(engine.place) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [session.closed for session in engine.sessions] == [True]


def test_a_result_says_what_was_cut(executor: Executor) -> None:
    long = "printf('%.*c', 2000000, 'x')"
    result = executor.run(guarded(f"SELECT id, {long} FROM orders"))
    assert (len(result.rows), result.truncated, result.cut) == (2, True, 2)
    assert result.rows[0][1].endswith("x… [cut: 1,048,576 of 2,000,000 characters]")
    many = f"SELECT {', '.join([long] * 40)} FROM orders"
    result = executor.run(guarded(many), max_rows=10)
    assert (len(result.rows), result.truncated, result.cut) == (1, True, 40)
    assert executor.run(guarded("SELECT id FROM orders LIMIT 1")).cut == 0


def test_close_waits_for_nobody_and_leaves_nothing_open() -> None:
    engine = Engine()
    engine.gate = threading.Event()
    executor = Executor(engine, timeout_s=1.0, max_rows=10)
    with ThreadPoolExecutor(1) as threads:
        at_work = threads.submit(executor.ping)
        while not engine.sessions:
            time.sleep(0.01)
        executor.close()
        engine.gate.set()
        at_work.result()
    assert all(session.closed for session in engine.sessions)
    with pytest.raises(Unreachable, match="closed"):
        executor.ping()


def test_warnings_are_asked_for_once() -> None:
    engine = Engine()
    executor = Executor(engine, timeout_s=1.0, max_rows=10)
    assert executor.warnings == executor.warnings == ("the role can write",)
    assert len(engine.sessions) == 1


def test_postgresql_restarts_under_an_executor(postgres_url: str) -> None:
    with open_executor(postgres_url) as executor:
        assert executor.run(seal("SELECT 1 AS x", "postgres", set(), set(), "")).rows == [(1,)]
        with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name "
                "= 'mome'"
            )
        assert executor.reachable()
        assert "superuser" in executor.warnings[0]


def test_mariadb_from_a_url(mariadb_url: str) -> None:
    with open_executor(mariadb_url) as executor:
        result = executor.run(
            seal("SELECT seq FROM seq_1_to_5000", "mysql", set(), set(), ""), max_rows=3
        )
        assert (result.rows, result.truncated) == ([(1,), (2,), (3,)], True)
        assert executor.reachable()


def guarded(sql: str) -> GuardedQuery:
    """As if the guard had let it through."""
    return seal(sql, "sqlite", set(), set(), "")
