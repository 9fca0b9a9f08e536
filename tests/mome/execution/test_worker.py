"""The worker as a process of its own: what it answers, its limit, and when it ends."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mome.execution.messages import receive, send
from mome.execution.worker import MEMORY, Worker

ROOT = Path(__file__).parents[3]
HEAVY = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture
def connect(tmp_path: Path) -> tuple:
    """A request that opens a database."""
    (tmp_path / "orders.csv").write_text("id\n1\n2\n")
    (tmp_path / "spill").mkdir()
    return "connect", "duckdb", None, (str(tmp_path / "orders.csv"),), str(tmp_path / "spill")


@contextmanager
def running() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        [sys.executable, "-m", "mome.execution.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def asked(process: subprocess.Popen[bytes], *request: object) -> tuple:
    send(process.stdin, request)
    return receive(process.stdout)


def test_requests_are_answered_in_turn(connect: tuple) -> None:
    with running() as process:
        assert asked(process, *connect) == ("value", None, True)
        assert asked(process, "run", "SELECT id FROM orders", 60.0, 10) == (
            "value",
            (("id",), [(1,), (2,)], (), False),
            True,
        )
        assert asked(process, "explain", "SELECT id FROM orders", 60.0) == ("value", None, True)
        kind, name, text, usable = asked(process, "run", "SELECT missing FROM orders", 60.0, 10)
        assert (kind, name, usable) == ("error", "ExecutionError", True)
        assert "missing" in text


def test_a_database_that_is_none(tmp_path: Path) -> None:
    worker = Worker()
    request = ("connect", "sqlite", str(tmp_path / "none.db"), (), "")
    kind, name, text, usable = worker.answer(request)
    assert (kind, name, usable) == ("error", "Unreachable", False)
    assert text.startswith("there is no file")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space")
def test_its_memory_has_a_limit_below_two_gigabytes(connect: tuple) -> None:
    assert MEMORY < 2 * 10**9
    with running() as process:
        asked(process, *connect)
        limits = Path(f"/proc/{process.pid}/limits").read_text().splitlines()
        (line,) = (line for line in limits if line.startswith("Max address space"))
        assert line.split()[3:5] == [str(MEMORY)] * 2
        kind, name, text, usable = asked(
            process, "run", "SELECT repeat(range(10000), 10000)", 120.0, 10
        )
        assert (kind, name, usable) == ("error", "ExecutionError", False)
        assert "needed more memory than it may use" in text


def test_it_ends_with_its_stdin_even_in_a_statement(connect: tuple) -> None:
    with running() as process:
        asked(process, *connect)
        send(process.stdin, ("run", HEAVY, 600.0, 10))
        time.sleep(0.2)
        process.stdin.close()
        assert process.wait(60) == 0
    assert not os.path.exists(connect[-1])


def test_it_loads_quickly() -> None:
    """It imports nothing that a statement on SQLite does not need."""
    code = "import mome.execution.worker, mome.execution.sqlite, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & {"torch", "sqlalchemy", "sqlglot", "duckdb", "psycopg", "numpy"}


def test_a_reply_is_plain(connect: tuple) -> None:
    worker = Worker()
    worker.answer(connect)
    sql = "SELECT uuid() AS u, MAP {'a': INTERVAL 1 DAY} AS m, [1.5, NULL] AS l, 'nan'::DOUBLE AS n"
    reply = worker.answer(("run", sql, 60.0, 10))
    assert pickle.loads(pickle.dumps(reply))[1][1][0][1:3] == reply[1][1][0][1:3]
    assert [type(value).__name__ for value in reply[1][1][0]] == ["str", "dict", "list", "float"]
