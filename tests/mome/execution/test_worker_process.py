"""Worker processes as the executor uses them: one for each connection, killed when they do not
stop, and never left behind.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mome.errors import ExecutionError, TimedOut, Unreachable
from mome.execution import Executor, open_executor
from mome.execution.session import ConnectionLost
from mome.execution.worker_process import WorkerEngine, WorkerSession
from mome.guard import GuardedQuery
from mome.guard.query import seal

ROOT = Path(__file__).parents[3]
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
# One call of a function that takes minutes, in which SQLite does not look at the clock.
LONG = "SELECT instr(printf('%.*c', 30000000, 'a'), printf('%.*c', 15000000, 'a') || 'b')"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE orders AS SELECT 1 AS id")
    return path


@pytest.fixture
def session(shop: Path) -> Iterator[WorkerSession]:
    session = WorkerEngine("sqlite", shop).connect()
    yield session
    session.close()


@pytest.fixture
def executor(shop: Path) -> Iterator[Executor]:
    with open_executor(shop, timeout_s=30.0) as executor:
        yield executor


def test_a_session_serves_many_statements_from_one_process(session: WorkerSession) -> None:
    for _ in range(3):
        assert session.run("SELECT id FROM orders", 30.0, 10).rows == [(1,)]
        session.explain("SELECT id FROM orders", 30.0)
        with pytest.raises(ExecutionError, match="no such column: missing"):
            session.run("SELECT missing FROM orders", 30.0, 10)
        with pytest.raises(TimedOut, match="0.1 s"):
            session.run(ENDLESS, 0.1, 10)
        assert session.usable


def test_a_closed_session_leaves_nothing(shop: Path) -> None:
    path = shop.with_suffix(".csv")
    path.write_text("id\n1\n")
    session = WorkerEngine("duckdb", None, [path]).connect()
    assert os.path.isdir(session.spill_folder)
    session.close()
    session.close()
    assert session._process.returncode is not None
    assert not os.path.exists(session.spill_folder)
    with pytest.raises(ConnectionLost):
        session.run("SELECT 1", 30.0, 10)


def test_a_session_that_nobody_closed_leaves_nothing(shop: Path) -> None:
    session = WorkerEngine("sqlite", shop).connect()
    process = session._process
    del session
    assert process.returncode is not None


def test_no_database_leaves_no_process(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="there is no file .*shop.db; check the path"):
        WorkerEngine("sqlite", tmp_path / "shop.db").connect()
    assert not list(tmp_path.iterdir())


def test_no_process_can_be_started(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(shop.parent / "no-python"))
    with pytest.raises(Unreachable, match="no process can be started .*No such file"):
        WorkerEngine("sqlite", shop).connect()


def test_a_statement_that_does_not_look_up_is_killed(executor: Executor) -> None:
    executor.run(guarded("SELECT 1"))
    started = time.monotonic()
    with pytest.raises(TimedOut, match="ran longer than 0.5 s and was stopped"):
        executor.run(guarded(LONG), timeout_s=0.5)
    assert time.monotonic() - started < 10
    assert executor.run(guarded("SELECT id FROM orders")).rows == [(1,)]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space")
def test_a_statement_that_needs_too_much_memory_is_an_error(executor: Executor) -> None:
    cells = ", ".join(["printf('%.*c', 60000000, 'x')"] * 18)
    with pytest.raises(ExecutionError, match="needed more memory than it may use") as caught:
        executor.run(guarded(f"SELECT {cells}"), timeout_s=120.0)
    assert not isinstance(caught.value, TimedOut)
    assert executor.run(guarded("SELECT id FROM orders")).rows == [(1,)]


def test_a_process_that_died_idle_is_replaced(executor: Executor, session: WorkerSession) -> None:
    executor.run(guarded("SELECT 1"))
    executor._idle[0]._process.kill()
    executor._idle[0]._process.wait()
    assert executor.run(guarded("SELECT id FROM orders")).rows == [(1,)]


def test_a_process_that_dies_in_a_statement_is_an_error(executor: Executor) -> None:
    executor.run(guarded("SELECT 1"))
    process = executor._idle[0]._process
    killer = subprocess.Popen([sys.executable, "-c", KILL, str(process.pid)])
    with pytest.raises(ExecutionError, match="ended the process that ran it") as caught:
        executor.run(guarded(ENDLESS))
    assert not isinstance(caught.value, TimedOut | Unreachable)
    killer.wait()
    assert executor.run(guarded("SELECT id FROM orders")).rows == [(1,)]


KILL = "import os, signal, sys, time; time.sleep(0.5); os.kill(int(sys.argv[1]), signal.SIGKILL)"


def test_ctrl_c_stops_at_once(executor: Executor, interrupted_after: object) -> None:
    executor.run(guarded("SELECT 1"))
    started = time.monotonic()
    with interrupted_after(0.3), pytest.raises(KeyboardInterrupt):
        executor.run(guarded(LONG))
    assert time.monotonic() - started < 10
    assert executor.run(guarded("SELECT id FROM orders")).rows == [(1,)]


OPENED = """
import os, signal, sys
from mome.execution import open_executor
from mome.guard.query import seal
print("started", flush=True)
executor = open_executor(sys.argv[1], timeout_s=60.0)
run = lambda sql: executor.run(seal(sql, "sqlite", set(), set(), "")).rows
print(run("SELECT id FROM orders"), executor._idle[0]._process.pid, flush=True)
"""
"""A script without a guard for its main module, which `multiprocessing` would run twice."""


def test_a_program_ends_without_closing_its_executor(shop: Path) -> None:
    done = script(OPENED, shop)
    assert done.stdout.splitlines()[0] == "started" and len(done.stdout.splitlines()) == 2
    assert done.stderr == ""
    assert not is_running(int(done.stdout.split()[-1]))


def test_a_program_that_is_killed_leaves_no_worker(shop: Path) -> None:
    code = f"""
    import threading, time
    threading.Thread(target=run, args=({ENDLESS!r},), daemon=True).start()
    time.sleep(0.3)
    os.kill(os.getpid(), signal.SIGKILL)
    """
    done = script(OPENED + textwrap.dedent(code), shop)
    assert done.returncode == -signal.SIGKILL
    worker = int(done.stdout.split()[-1])
    deadline = time.monotonic() + 60
    while is_running(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(worker)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_program_has_workers_of_its_own(shop: Path) -> None:
    code = """
    child = os.fork()
    print(run("SELECT id FROM orders"), executor._idle[0]._process.pid, flush=True)
    if child:
        assert os.waitpid(child, 0)[1] == 0
        print(run("SELECT id FROM orders"), executor._idle[0]._process.pid, flush=True)
    """
    done = script(OPENED + textwrap.dedent(code), shop)
    assert done.stderr == ""
    lines = done.stdout.splitlines()[1:]
    assert [line[:6] for line in lines] == ["[(1,)]"] * 4
    # The parent keeps its worker, and the child, which writes before the last line, has another.
    pids = [line.split()[-1] for line in lines]
    assert len(set(pids)) == 2 and pids.count(pids[0]) == 3


def script(code: str, shop: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(shop)],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
    )


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    # What is left of a process whose new parent has not looked at it yet.
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def guarded(sql: str) -> GuardedQuery:
    return seal(sql, "sqlite", set(), set(), "")
