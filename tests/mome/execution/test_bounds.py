"""Results that are too large, and statements that outstay their time or memory.

The statements lie in tests/fixtures/execution, 25 for each engine. Six of each run by default; with
the variable OUTSTAY=all, all of them do.
"""

from __future__ import annotations

import datetime
import os
import re
import resource
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import psycopg
import pymysql
import pytest
from sqlalchemy import make_url

from mome.catalog import Catalog, Table
from mome.errors import ExecutionError, Refused
from mome.execution import Executor, open_executor
from mome.execution.abandoned import MOST, abandoned_at
from mome.execution.bounds import RESULT, VALUE, Shortened, bounded, value_limit
from mome.guard import GuardedQuery, guard
from mome.guard.query import seal

FIXTURES = Path(__file__).parents[2] / "fixtures" / "execution"
DIALECTS = ("sqlite", "duckdb", "postgres", "mysql")
TIMEOUT_S = 1.0
RETURNS_S = 3.0
"""Seconds after which a statement with that timeout must have returned."""
MEMORY = 2 * 10**9
"""Bytes by which this process may grow during a statement. A worker has a limit instead."""
COLUMNS = "id INTEGER, name VARCHAR(40), price DOUBLE PRECISION, note VARCHAR(400)"
ROWS = [
    (number, f"customer {number}", number * 1.5, f"lorem ipsum dolor sit amet {number} " * 7)
    for number in range(2000)
]


def test_values_and_results_within_the_bounds_stay() -> None:
    rows = [(1, "a" * VALUE, b"b" * VALUE, None, [1, {"c": datetime.date(2024, 2, 29)}])]
    fetched = bounded(("a", "b", "c", "d", "e"), rows, 10)
    assert (fetched.rows, fetched.cut, fetched.is_short) == (rows, (), False)


@pytest.mark.parametrize(
    ("value", "beginning", "mark"),
    [
        ("ä" * (VALUE + 1), "ää", "… [cut: 1,048,576 of 1,048,577 characters]"),
        (b"\xff" * (VALUE + 1), "ffff", "… [cut: 524,288 of 1,048,577 bytes]"),
        (["é"] * VALUE, '["é", "é', "… [cut: 1,048,576 of more characters]"),
        ({"k": ("x" * 9,) * VALUE}, '{"k": ["xxx', "… [cut: 1,048,576 of more characters]"),
        (Shortened("ab… [cut: 2 of 9 characters]"), "ab…", "… [cut: 2 of 9 characters]"),
    ],
)
def test_a_long_value_is_cut_and_says_so(value: object, beginning: str, mark: str) -> None:
    fetched = bounded(("x", "y"), [(1, "a"), (2, value)], 10)
    (first, (number, cut)) = fetched.rows
    assert (first, number, fetched.cut) == ((1, "a"), 2, (1,))
    assert type(cut) is str and cut.startswith(beginning) and cut.endswith(mark)
    assert len(cut) <= VALUE + len(mark)


def test_values_of_a_wide_row_share_the_bound() -> None:
    row = ("x" * VALUE,) * 1000
    fetched = bounded(tuple(map(str, row)), [row], 10)
    assert len(fetched.cut) == 1000
    assert sum(map(len, fetched.rows[0])) < 1.1 * RESULT
    assert all(value.startswith("x" * value_limit(1000) + "…") for value in fetched.rows[0])


def test_rows_beyond_the_bound_of_a_result_are_not_read() -> None:
    read = []

    def rows() -> Iterator[tuple]:
        for number in range(1000):
            read.append(number)
            yield (number, "x" * VALUE)

    fetched = bounded(("n", "x"), rows(), 1000)
    assert fetched.is_short and fetched.cut == ()
    assert len(fetched.rows) == 63
    assert len(read) == 64


def test_many_small_values_count_too() -> None:
    fetched = bounded(("n", "m"), ((number, None) for number in range(10**8)), 10**8)
    assert fetched.is_short and len(fetched.rows) == RESULT // 32


def test_values_are_plain() -> None:
    identifier = uuid.UUID(int=7)
    fetched = bounded(("a", "b"), [[identifier, [(identifier, memoryview(b"x"))]]], 10)
    assert fetched.rows == [(str(identifier), [[str(identifier), b"x"]])]


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def executor(dialect: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Executor]:
    """Over one table of 2,000 orders."""
    made = {"sqlite": in_sqlite, "duckdb": in_duckdb}
    if dialect in made:
        url = made[dialect](tmp_path)
    else:
        fixture, filled = SERVERS[dialect]
        url = request.getfixturevalue(fixture)
        filled(url)
    with open_executor(url, timeout_s=TIMEOUT_S) as executor:
        yield executor


def in_sqlite(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "shop.sqlite")) as connection:
        connection.execute(f"CREATE TABLE orders ({COLUMNS})")
        connection.executemany("INSERT INTO orders VALUES (?, ?, ?, ?)", ROWS)
        connection.commit()
    return str(folder / "shop.sqlite")


def in_duckdb(folder: Path) -> str:
    in_sqlite(folder)
    (folder / "orders.csv").write_text(
        "id,name,price,note\n" + "".join(f"{a},{b},{c},{d}\n" for a, b, c, d in ROWS)
    )
    with duckdb.connect(str(folder / "shop.duckdb")) as connection:
        connection.execute(f"CREATE TABLE orders ({COLUMNS})")
        connection.execute(f"INSERT INTO orders FROM read_csv('{folder}/orders.csv')")
    return str(folder / "shop.duckdb")


def in_postgresql(url: str) -> None:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute(f"CREATE TABLE orders ({COLUMNS})")
        connection.cursor().executemany("INSERT INTO orders VALUES (%s, %s, %s, %s)", ROWS)


def in_mariadb(url: str) -> None:
    parts = make_url(url)
    connection = pymysql.connect(
        host=parts.host,
        port=parts.port,
        user=parts.username,
        password=parts.password,
        database=parts.database,
        autocommit=True,
    )
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE orders ({COLUMNS})")
        cursor.executemany("INSERT INTO orders VALUES (%s, %s, %s, %s)", ROWS)


SERVERS: dict[str, tuple[str, Callable[[str], None]]] = {
    "postgres": ("postgres_url", in_postgresql),
    "mysql": ("mariadb_url", in_mariadb),
}


@pytest.mark.timeout(1200)
def test_no_statement_outstays_its_time_or_memory(
    dialect: str,
    executor: Executor,
    make_table: Callable[..., Table],
    make_catalog: Callable[..., Catalog],
    subtests: pytest.Subtests,
) -> None:
    table = make_table("orders", "id integer, name text, price number, note text")
    catalog = make_catalog(table, dialect=dialect)
    one = seal("SELECT 1", dialect, set(), set(), "")
    executor.run(one)
    for title, sql in outstaying(dialect):
        with subtests.test(title):
            before = forget_peak()
            started = time.monotonic()
            try:
                executor.run(as_guarded(sql, catalog))
            except ExecutionError as error:
                assert "\n" not in str(error) and "syntax" not in str(error)
            assert time.monotonic() - started < RETURNS_S
            assert peak() - before < MEMORY
            wait_for_abandoned(executor, MOST - 1)
            assert executor.run(one, timeout_s=60.0).rows == [(1,)]
    # The database cannot be dropped before.
    wait_for_abandoned(executor, 0)


def outstaying(dialect: str) -> list[tuple[str, str]]:
    """Titles and texts of the statements."""
    text = (FIXTURES / f"outstay_{dialect}.sql").read_text("utf-8")
    blocks = re.split(r"^# title: ", text, flags=re.MULTILINE)[1:]
    cases = [tuple(map(str.strip, block.split("\n", 1))) for block in blocks]
    return cases if os.environ.get("OUTSTAY") == "all" else cases[::4][:6]


def as_guarded(sql: str, catalog: Catalog) -> GuardedQuery:
    """Below the guard, the engine must hold too: what it refuses is run as it is."""
    try:
        return guard(sql, catalog)
    except Refused:
        return seal(sql, catalog.dialect, set(), set(), "")


def wait_for_abandoned(executor: Executor, most: int) -> None:
    """Wait until the server has ended all but `most` of the statements that cases left."""
    while len(abandoned_at(executor._engine.place)) > most:
        time.sleep(0.1)


def forget_peak() -> int:
    """Reset the peak memory of this process where the system can. Return the peak from now on.

    It is not zero: earlier tests of this process may have left much memory behind.
    """
    if Path("/proc/self/clear_refs").exists():
        Path("/proc/self/clear_refs").write_text("5")
    return peak()


def peak() -> int:
    """Return the peak memory of this process since the last reset, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        return 1024 * int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1])
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
