"""Statistics of tables that are read whole, and of tables that are sampled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from schemas import Column, Limits, introspect, resolve_url
from schemas.contents.scalars import scalar
from schemas.readers.dialects import DIALECTS

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})"


def _table(make_sqlite: Callable, rows: int) -> str:
    return make_sqlite(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, kind TEXT, many TEXT, price REAL, day DATE, us_day DATE, prose TEXT, mixed INT, ok BOOL);"
        f"{NUMBERS.format(rows=rows)} INSERT INTO t SELECT i, 'k' || (i % 3), 'm' || i, i / 2.0, date('2024-01-01', '+' || i || ' days'),"
        " '1/' || i || '/2024', CASE i WHEN 1 THEN printf('%0200d', 1) ELSE 'short' END, CASE i WHEN 1 THEN '' ELSE i % 2 END, i % 2 FROM n"
    )


def test_a_whole_table(make_sqlite: Callable) -> None:
    table = introspect(resolve_url(_table(make_sqlite, 100))).table("t")

    def shown(name: str) -> tuple:
        column = table.column(name)
        return column.values, column.values_complete, column.distinct, column.min, column.max

    assert table.rows == 100
    assert shown("id") == (None, False, 100, 1, 100)
    assert shown("kind") == (("k0", "k1", "k2"), True, 3, None, None)
    assert shown("many") == (None, False, 100, None, None)
    assert shown("price") == (None, False, 100, 0.5, 50.0)
    assert shown("day") == (None, False, 100, "2024-01-02", "2024-04-10")
    assert shown("us_day")[3:] == (None, None)
    assert shown("prose")[0] is None
    assert shown("mixed") == ((0, 1, ""), True, 3, None, None)
    assert shown("ok")[0] == (0, 1)


@pytest.mark.parametrize("rows", [1, 49, 50, 51])
def test_fifty_values_are_few(make_sqlite: Callable, rows: int) -> None:
    column = introspect(resolve_url(_table(make_sqlite, rows))).table("t").column("many")
    assert (column.values is not None) == (rows <= 50)


def test_an_empty_table(make_sqlite: Callable) -> None:
    table = introspect(resolve_url(make_sqlite("CREATE TABLE t(a TEXT, b INT)"))).table("t")
    assert table.rows == 0
    assert table.columns == (
        Column("a", "TEXT", "text", distinct=0),
        Column("b", "INT", "integer", distinct=0),
    )


@pytest.mark.parametrize("engine", ["sqlite", "duckdb", "postgresql", "mariadb"])
def test_a_large_table_is_sampled_and_says_so(
    engine: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, run: Callable
) -> None:
    monkeypatch.setitem(DIALECTS, engine, replace(DIALECTS[engine], scan_rows=100))
    statements = (
        "CREATE TABLE t(kind VARCHAR(9), n INT)",
        f"INSERT INTO t {NUMBERS.format(rows=900)} SELECT concat('k', i % 3), i FROM n",
    )
    if engine == "duckdb":
        url = request.getfixturevalue("make_duckdb")(";".join(statements))
    elif engine == "sqlite":
        url = request.getfixturevalue("make_sqlite")(
            ";".join(statements).replace("concat('k', i % 3)", "'k' || (i % 3)")
        )
    else:
        url = request.getfixturevalue(
            {"postgresql": "postgres_url", "mariadb": "mariadb_url"}[engine]
        )
        run(url, *statements)
    catalog = introspect(resolve_url(url))
    table = catalog.table("t")
    assert (table.rows, catalog.problems) == (900, ())
    assert table.column("kind").values == ("k0", "k1", "k2")
    assert not table.column("kind").values_complete
    assert (table.column("n").distinct, table.column("n").min, table.column("n").max) == (
        None,
        None,
        None,
    )


def test_a_view_without_end_keeps_its_structure(make_sqlite: Callable) -> None:
    endless = "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, 'k' || (i % 2) AS k FROM n;"
    slow = "CREATE VIEW slow AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS top FROM n;"
    catalog = introspect(resolve_url(make_sqlite(endless + slow)), limits=Limits(statement_s=0.3))
    assert (catalog.table("endless").rows, catalog.table("endless").column("k").values) == (
        None,
        ("k0", "k1"),
    )
    assert [column.name for column in catalog.table("slow").columns] == ["top"]
    (problem,) = catalog.problems
    assert (problem.object, problem.reason) == ("slow", "took longer than 0.3 s")


def test_a_column_that_cannot_be_measured_does_not_cost_the_others(
    postgres_url: str, run: Callable
) -> None:
    run(
        postgres_url,
        "CREATE TABLE t AS SELECT 0 AS zero, 'a' AS k",
        "CREATE VIEW v AS SELECT k, 1 / zero AS broken, zero FROM t",
    )
    catalog = introspect(resolve_url(postgres_url))
    assert [(column.name, column.values) for column in catalog.table("v").columns] == [
        ("k", ("a",)),
        ("zero", (0,)),
    ]
    assert [(problem.object, problem.reason) for problem in catalog.problems] == [
        ("v.broken", "division by zero")
    ]


def test_of_a_large_table_only_granted_columns_remain(
    postgres_url: str, run: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(DIALECTS, "postgresql", replace(DIALECTS["postgresql"], scan_rows=100))
    run(
        postgres_url,
        "CREATE TABLE t AS SELECT g AS a, g AS b FROM generate_series(1, 900) g",
        "CREATE ROLE half LOGIN PASSWORD 'reads'",
    )
    run(postgres_url, "GRANT SELECT (a) ON t TO half")
    try:
        catalog = introspect(
            resolve_url(
                postgres_url.replace(postgres_url.split("/")[2].partition("@")[0], "half:reads")
            )
        )
    finally:
        run(postgres_url, "DROP OWNED BY half", "DROP ROLE half")
    assert (catalog.table("t").rows, [column.name for column in catalog.table("t").columns]) == (
        900,
        ["a"],
    )
    assert [problem.object for problem in catalog.problems] == ["t", "t.b"]


@pytest.mark.parametrize(
    ("value", "family", "expected"),
    [
        (None, "text", None),
        (b"x", "text", None),
        ("12", "integer", 12),
        ("12", "text", "12"),
        ("1.5", "number", 1.5),
        ("NaN", "number", None),
        ("-Infinity", "number", None),
        ("$1.50", "number", "$1.50"),
        ("true", "boolean", True),
        ("0", "boolean", 0),
        ("2024-01-02", "date", "2024-01-02"),
    ],
)
def test_values_become_json(value: object, family: str, expected: object) -> None:
    found = scalar(value, family)
    assert (found, type(found)) == (expected, type(expected))
