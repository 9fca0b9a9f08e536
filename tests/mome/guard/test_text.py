"""Very deep, long or malformed texts: every dialect refuses them with an error, and quickly."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import pytest

from mome.catalog import Catalog
from mome.errors import Refused
from mome.guard import guard

DEPTH = 3_000

DEEP = {
    "brackets": "SELECT " + "(" * DEPTH + "1" + ")" * DEPTH,
    "open brackets": "SELECT " + "(" * DEPTH,
    "square brackets": "SELECT " + "[" * DEPTH + "1" + "]" * DEPTH,
    "subqueries": "SELECT " + "(SELECT " * 500 + "1" + ")" * 500,
    "derived tables": "SELECT * FROM " + "(SELECT * FROM " * 400 + "orders" + ") AS x" * 400,
    "calls": "SELECT " + "ABS(" * 1_000 + "1" + ")" * 1_000,
    "cases": "SELECT " + "CASE WHEN TRUE THEN " * 500 + "1" + " END" * 500,
    "casts": "SELECT " + "CAST(" * 600 + "1" + " AS INTEGER)" * 600,
    "nots": "SELECT " + "NOT " * DEPTH + "TRUE",
    "signs": "SELECT " + "- " * DEPTH + "1",
    "intervals": "SELECT " + "INTERVAL " * 1_000 + "1",
    "sums": "SELECT 1" + " + 1" * 1_900,
    "ors": "SELECT 1 WHERE 1 = 1" + " OR 1 = 1" * 900,
    "concatenations": "SELECT 'a'" + " || 'a'" * 1_900,
    "colons": "SELECT 1" + "::INT" * 1_900,
    "unions": "SELECT 1" + " UNION SELECT 1" * 1_300,
    "joins": "SELECT * FROM " + "(orders JOIN " * 500 + "orders" + ")" * 500,
    "arrows": "SELECT payload" + " -> 'a'" * 1_500 + " FROM events",
    "levels that brackets do not show": (
        "SELECT " + "EXISTS (SELECT 1 WHERE " * 19 + "- - - - -1" + ")" * 19 + " = 1" * 500
    ),
}


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb", "postgres", "mysql"])
@pytest.mark.parametrize("sql", DEEP.values(), ids=DEEP)
def test_deep_texts_are_refused(sql: str, dialect: str, shop: Callable[[str], Catalog]) -> None:
    start = time.perf_counter()
    with pytest.raises(Refused):
        guard(sql, shop(dialect))
    assert time.perf_counter() - start < 10


def test_deep_texts_are_refused_from_a_deep_stack(shop: Callable[[str], Catalog]) -> None:
    """The guard may be called from a deep stack, for example by a web server or a test runner."""

    def from_below(frames: int) -> None:
        if frames:
            return from_below(frames - 1)
        with pytest.raises(Refused, match="nested too deeply"):
            guard("SELECT " + "(" * 19 + "1" + ")" * 19, shop("sqlite"))
        return None

    from_below(sys.getrecursionlimit() - 300)


def test_columns_that_double_at_each_step_are_refused(shop: Callable[[str], Catalog]) -> None:
    ctes = ["t0 AS (SELECT * FROM orders)"]
    for n in range(1, 60):
        ctes.append(f"t{n} AS (SELECT * FROM t{n - 1} AS a, t{n - 1} AS b)")
    with pytest.raises(Refused, match="more than 5,000 columns"):
        guard(f"WITH {', '.join(ctes)} SELECT COUNT(*) FROM t59", shop("duckdb"))


def test_the_longest_statements_are_checked_quickly(shop: Callable[[str], Catalog]) -> None:
    long_list = "SELECT id FROM orders WHERE status IN (" + "'a', " * 1_900 + "'b')"
    items = ", ".join(f"total + {n} AS n{n}" for n in range(500))
    start = time.perf_counter()
    guard(long_list, shop("sqlite"))
    guard(f"SELECT {items} FROM orders", shop("sqlite"))
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT 1\x00", "control character"),
        ("SELECT 'a\x00b'", "control character"),
        ("SELECT 1\x1b[2J", "control character"),
        ("SELECT 'a\x7f'", "control character"),
        ("SELECT '\ud800'", "half of a surrogate pair"),
        ("SELECT name AS \udfff FROM customers", "half of a surrogate pair"),
        ("SELECT '" + "x" * 20_000 + "'", "longer than 20,000 characters"),
        ("SELECT " + "1," * 4_500 + "1", "more than 4,000 words"),
        ("", "no statement"),
        (" \n\t", "no statement"),
        (";;;", "no statement"),
        ("\ufeffSELECT 1", "only a query may run"),
    ],
)
@pytest.mark.parametrize("dialect", ["sqlite", "duckdb", "postgres", "mysql"])
def test_unreadable_texts_are_refused(
    sql: str, reason: str, dialect: str, shop: Callable[[str], Catalog]
) -> None:
    with pytest.raises(Refused, match=reason):
        guard(sql, shop(dialect))


def test_messages_do_not_repeat_names_that_could_be_paths_or_urls(
    shop: Callable[[str], Catalog],
) -> None:
    for name in ("/etc/passwd", "postgres://u:hunter2@h/d", "C:\\secret", "a\nb", "x" * 200):
        for sql in (
            f'SELECT 1 FROM "{name}"',
            f'SELECT "{name}" FROM orders',
            f'SELECT "{name}".id FROM orders',
            f'SELECT "{name}"(1)',
        ):
            with pytest.raises(Refused) as caught:
                guard(sql, shop("duckdb"))
            message = str(caught.value)
            assert not any(part in message for part in (name, "hunter2", "\n"))


def test_texts_in_other_scripts_are_allowed(shop: Callable[[str], Catalog]) -> None:
    sql = "SELECT name AS \"größe 📏\" FROM customers WHERE city = '東京 – \u202eabc'"
    assert guard(sql, shop("postgres")).sql == sql
