"""Derived tables that the pointer form writes out: each means the same on a real engine, and what
could not stays as it is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
import sqlglot

from mome.forms.derived_tables import merge_derived

WRITTEN_OUT = {
    "SELECT d.x, d.n + 1 FROM (SELECT x, COUNT(*) AS n FROM t GROUP BY x HAVING COUNT(*) > 1) AS d "
    "WHERE d.n * 2 > 5 ORDER BY d.n DESC, d.x": (
        "SELECT x, COUNT(*) + 1 FROM t GROUP BY x HAVING COUNT(*) > 1 AND COUNT(*) * 2 > 5 ORDER "
        "BY COUNT(*) DESC, x"
    ),
    "SELECT x FROM t WHERE x IN (SELECT x FROM (SELECT x, COUNT(1) AS n FROM t GROUP BY x) AS d "
    "WHERE n = "
    "(SELECT MAX(e.m) FROM (SELECT COUNT(1) AS m FROM t GROUP BY x) AS e))": (
        "SELECT x FROM t WHERE x IN (SELECT x FROM t GROUP BY x HAVING COUNT(1) = "
        "(SELECT COUNT(1) FROM t GROUP BY x ORDER BY COUNT(1) DESC LIMIT 1))"
    ),
    (
        "SELECT x FROM t GROUP BY x HAVING COUNT(*) = (SELECT MIN(n) FROM (SELECT COUNT(*) "
        "AS n FROM "
        "t GROUP BY x) AS d)"
    ): (
        "SELECT x FROM t GROUP BY x HAVING COUNT(*) = (SELECT COUNT(*) FROM t GROUP BY x ORDER BY "
        "COUNT(*) ASC LIMIT 1)"
    ),
    "SELECT AVG(d.y), COUNT(*) FROM (SELECT n * 2 AS y FROM t WHERE x <> 'a') AS d WHERE d.y > 2": (
        "SELECT AVG(n * 2), COUNT(*) FROM t WHERE x <> 'a' AND (n * 2) > 2"
    ),
    "SELECT DISTINCT x FROM (SELECT x FROM t) AS d": "SELECT DISTINCT x FROM t",
}
KEPT = [
    "SELECT AVG(n) FROM (SELECT COUNT(*) AS n FROM t GROUP BY x) AS d",
    "SELECT MAX(d.n) FROM (SELECT COUNT(*) AS n FROM t GROUP BY x) AS d",
    "SELECT x FROM t WHERE n = (SELECT MAX(d.s) FROM (SELECT SUM(n) AS s FROM t GROUP BY x) AS d)",
    "SELECT * FROM (SELECT x FROM t) AS d",
    "SELECT COUNT(*) FROM (SELECT DISTINCT x FROM t) AS d",
    "SELECT COUNT(*) FROM (SELECT x FROM t ORDER BY x LIMIT 2) AS d",
    "SELECT d.s FROM (SELECT SUM(n) AS s FROM t) AS d WHERE d.s > 1",
    "SELECT d.x FROM (SELECT x FROM t) AS d JOIN t ON t.x = d.x",
    "SELECT d.x FROM (SELECT x FROM t) AS d WHERE EXISTS(SELECT 1 FROM t WHERE t.x = d.x)",
    "SELECT d.r FROM (SELECT RANK() OVER (ORDER BY n) AS r FROM t) AS d",
]


@pytest.fixture(scope="module")
def engine() -> Iterator[sqlite3.Connection]:
    """Six rows of three kinds."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (x TEXT, n INTEGER)")
    connection.executemany(
        "INSERT INTO t VALUES (?, ?)", [("a", 1), ("a", 2), ("a", 2), ("b", 3), ("b", 1), ("c", 7)]
    )
    yield connection
    connection.close()


def merged(sql: str) -> str:
    tree = sqlglot.parse_one(sql, dialect="sqlite")
    merge_derived(tree)
    return tree.sql(dialect="sqlite")


@pytest.mark.parametrize("sql", WRITTEN_OUT)
def test_it_is_written_out_and_means_the_same(sql: str, engine: sqlite3.Connection) -> None:
    assert merged(sql) == WRITTEN_OUT[sql]
    assert engine.execute(merged(sql)).fetchall() == engine.execute(sql).fetchall() != []


@pytest.mark.parametrize("sql", KEPT)
def test_what_would_mean_something_else_stays(sql: str) -> None:
    assert merged(sql) == sql
