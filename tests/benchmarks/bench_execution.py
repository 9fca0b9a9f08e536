"""What the executor's clock and worker cost a query; the peer is the engine in this process.

`python tests/benchmarks/bench_execution.py [FILE]` prints a table and writes a CSV.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
from tables import Row, show

from mome.execution import open_executor
from mome.execution.duckdb_ import DuckdbEngine
from mome.execution.sqlite import SqliteEngine
from mome.guard.query import seal

ROWS = 1000
TIMES = 200
QUERIES = ("SELECT 1", "SELECT * FROM orders")
TABLE = "CREATE TABLE orders (id INTEGER, name VARCHAR, price DOUBLE, sold DATE)"
Answer = Callable[[str], list[tuple]]


def create(folder: Path) -> None:
    """Write one table of `ROWS` rows for each engine."""
    rows = [(number, f"customer {number}", number * 1.5, "2024-02-29") for number in range(ROWS)]
    lines = sqlite3.connect(folder / "shop.sqlite")
    with closing(lines), closing(duckdb.connect(str(folder / "shop.duckdb"))) as other:
        for connection in (lines, other):
            connection.execute(TABLE)
            connection.executemany("INSERT INTO orders VALUES (?, ?, ?, ?)", rows)
        lines.commit()


@contextmanager
def answers(path: Path) -> Iterator[tuple[Answer, Answer]]:
    """Yield how the engine answers in this process and through the executor."""
    engine = DuckdbEngine(path) if path.suffix == ".duckdb" else SqliteEngine(path)
    with closing(engine.connect()) as session, open_executor(path) as executor:
        yield (
            lambda sql: session.run(sql, 10.0, ROWS + 1).rows,
            lambda sql: executor.run(seal(sql, engine.dialect, set(), set(), "")).rows,
        )


def medians(sql: str, works: tuple[Answer, Answer]) -> tuple[float, ...]:
    """Return the median ms of each. The turns alternate, so that other load meets both."""
    spent: tuple[list[float], ...] = ([], [])
    for _ in range(TIMES):
        for work, times in zip(works, spent, strict=True):
            start = time.perf_counter()
            work(sql)
            times.append((time.perf_counter() - start) * 1000)
    return tuple(map(statistics.median, spent))


def measure(folder: Path) -> list[Row]:
    """Return all rows of the table."""
    create(folder)
    rows = []
    for name in ("shop.sqlite", "shop.duckdb"):
        with answers(folder / name) as works:
            for sql in QUERIES:
                assert works[0](sql) == works[1](sql), f"the rows of {sql} differ"
                inside, outside = medians(sql, works)
                rows.append(
                    {
                        "database": name,
                        "query": sql,
                        "in process, p50 ms": f"{inside:.2f}",
                        "executor, p50 ms": f"{outside:.2f}",
                        "more": f"{outside - inside:.2f}",
                    }
                )
    return rows


def main() -> None:
    """Print the table and write it as CSV to the path given, or to build/bench_execution.csv."""
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(Path(folder))
    show(Path(sys.argv[1] if len(sys.argv) > 1 else "build/bench_execution.csv"), rows)


if __name__ == "__main__":
    main()
