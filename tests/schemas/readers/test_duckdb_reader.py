"""The DuckDB reader is read-only, cannot read other files, and has a time limit."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas import (
    DatabaseUnreachable,
    FullTable,
    NotADatabase,
    QueryFailed,
    QueryTimedOut,
    open_reader,
    resolve_url,
)

ENDLESS = "SELECT count(*) FROM range(1000000000) a, range(1000000000) b"


def test_nothing_can_be_written_or_read_from_outside(make_duckdb: Callable, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("x\n1\n")
    with open_reader(resolve_url(make_duckdb("CREATE TABLE t(a INT)"))) as reader:
        for statement in (
            "INSERT INTO t VALUES (1)",
            "DROP TABLE t",
            f"FROM '{tmp_path}/secret.csv'",
            f"COPY t TO '{tmp_path}/out.csv'",
        ):
            with pytest.raises(QueryFailed):
                reader.rows(statement, timeout_s=5)
        assert reader.rows("SELECT count(*) FROM t", timeout_s=5) == [(0,)]


def test_a_long_query_is_interrupted_and_the_next_one_runs(make_duckdb: Callable) -> None:
    with open_reader(resolve_url(make_duckdb("CREATE TABLE t(a INT)"))) as reader:
        start = time.monotonic()
        with pytest.raises(QueryTimedOut, match="0.2 s"):
            reader.rows(ENDLESS, timeout_s=0.2)
        assert time.monotonic() - start < 5
        assert reader.rows("SELECT 1", timeout_s=5) == [(1,)]


def test_a_staged_file_is_parsed_once(tmp_path: Path) -> None:
    path = tmp_path / "it's.csv"
    path.write_text("a\n1\n")
    with open_reader(resolve_url(path)) as reader:
        with reader.staged(FullTable(None, "it's", "table", ())):
            path.write_text("a\n2\n")
            assert reader.rows('SELECT a FROM "it\'s"', timeout_s=5) == [(1,)]
        assert reader.rows('SELECT a FROM "it\'s"', timeout_s=5) == [(2,)]


def test_a_damaged_file_is_not_a_database(make_duckdb: Callable) -> None:
    path = make_duckdb("CREATE TABLE t AS SELECT range AS a FROM range(10000)")
    path.write_bytes(path.read_bytes()[:20] + b"\xff" * 5000)
    with pytest.raises(NotADatabase, match="shop.duckdb"), open_reader(resolve_url(path)):
        pass


def test_a_file_open_elsewhere_says_so(make_duckdb: Callable) -> None:
    path = make_duckdb("CREATE TABLE t(a INT)")
    holder = (
        f"import duckdb, sys; held = duckdb.connect({str(path)!r}); "
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        with (
            pytest.raises(DatabaseUnreachable, match="another process"),
            open_reader(resolve_url(path)),
        ):
            pass
        process.stdin.close()
