"""Statistics of tables that are read whole, and of tables that are sampled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy

from schemas import FullColumn, Limits, introspect, resolve_url
from schemas.readers.dialects import DIALECTS

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})"
ENDLESS_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
ROWS = 100
TABLE = f"""
CREATE TABLE t(
    id INTEGER PRIMARY KEY, kind TEXT, many TEXT, price REAL, day DATE, us_day DATE, prose TEXT,
    mixed INT, ok BOOL
);
{NUMBERS.format(rows=ROWS)}
INSERT INTO t SELECT
    i, 'k' || (i % 3), 'm' || i, i / 2.0, date('2024-01-01', '+' || i || ' days'),
    '1/' || i || '/2024', CASE i WHEN 1 THEN printf('%0200d', 1) ELSE 'short' END,
    CASE i WHEN 1 THEN '' ELSE i % 2 END, i % 2
FROM n
"""


def test_a_whole_table(make_sqlite: Callable) -> None:
    table = introspect(resolve_url(make_sqlite(TABLE))).table("t")

    def shown(name: str) -> tuple:
        column = table.column(name)
        return column.values, column.values_complete, column.distinct, column.min, column.max

    assert table.rows == ROWS
    assert shown("id") == (None, False, 100, 1, 100)
    assert shown("kind") == (("k0", "k1", "k2"), True, 3, None, None)
    assert shown("many") == (None, False, 100, None, None)
    assert shown("price") == (None, False, 100, 0.5, 50.0)
    assert shown("day") == (None, False, 100, "2024-01-02", "2024-04-10")
    assert shown("us_day")[3:] == (None, None)
    assert shown("prose")[0] is None
    assert shown("mixed") == ((0, 1, ""), True, 3, None, None)
    assert shown("ok")[0] == (0, 1)


def test_an_empty_table(make_sqlite: Callable) -> None:
    table = introspect(resolve_url(make_sqlite("CREATE TABLE t(a TEXT, b INT)"))).table("t")
    assert table.rows == 0
    assert table.columns == (
        FullColumn("a", "TEXT", "text", distinct=0),
        FullColumn("b", "INT", "integer", distinct=0),
    )


TEXTS = """
CREATE TABLE t(amount VARCHAR(9), day VARCHAR(19), name VARCHAR(9), code VARCHAR(9));
INSERT INTO t VALUES
    ('9', '2024-02-01', 'Dare', '1'), ('', '', '', ''), (NULL, NULL, NULL, NULL),
    ('-12.5', '2023-11-30 10:00', '7', 'x1'), ('100', '2024-01-01', 'Zoe', '22')
"""


@pytest.mark.parametrize("engine", ["sqlite", "duckdb", "postgresql", "mariadb"])
def test_texts_show_that_they_are_numbers_or_days_and_else_nothing(
    engine: str, request: pytest.FixtureRequest, run: Callable
) -> None:
    if engine in ("duckdb", "sqlite"):
        url = request.getfixturevalue(f"make_{engine}")(TEXTS)
    else:
        url = request.getfixturevalue("postgres_url" if engine == "postgresql" else "mariadb_url")
        run(url, *TEXTS.split(";"))
    table = introspect(resolve_url(url)).table("t")
    ranges = {column.name: {column.min, column.max} for column in table.columns}
    assert ranges["amount"] == {"-12.5", "9"}
    assert ranges["day"] == {"2023-11-30 10:00", "2024-02-01"}
    assert ranges["name"] == ranges["code"] == {None}


@pytest.fixture
def nine_hundred_rows(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, run: Callable
) -> str | Path:
    """A table of 900 rows in the engine of the parameter, which samples tables above 100 rows."""
    engine = request.param
    monkeypatch.setitem(DIALECTS, engine, replace(DIALECTS[engine], scan_rows=100))
    kind = "'k' || (i % 3)" if engine == "sqlite" else "concat('k', i % 3)"
    statements = (
        "CREATE TABLE t(kind VARCHAR(9), n INT)",
        f"INSERT INTO t {NUMBERS.format(rows=900)} SELECT {kind}, i FROM n",
    )
    if engine in ("duckdb", "sqlite"):
        return request.getfixturevalue(f"make_{engine}")(";".join(statements))
    url = request.getfixturevalue("postgres_url" if engine == "postgresql" else "mariadb_url")
    run(url, *statements)
    return url


@pytest.mark.parametrize(
    "nine_hundred_rows", ["sqlite", "duckdb", "postgresql", "mariadb"], indirect=True
)
def test_a_large_table_is_sampled_and_marked_incomplete(nine_hundred_rows: str | Path) -> None:
    catalog = introspect(resolve_url(nine_hundred_rows))
    table = catalog.table("t")
    assert (table.rows, catalog.problems) == (900, ())
    assert table.column("kind").values == ("k0", "k1", "k2")
    assert not table.column("kind").values_complete
    number = table.column("n")
    assert (number.distinct, number.min, number.max) == (None, None, None)


def test_a_view_without_end_keeps_its_structure(make_sqlite: Callable) -> None:
    script = (
        f"CREATE VIEW endless AS {ENDLESS_NUMBERS} SELECT i, 'k' || (i % 2) AS k FROM n;"
        f"CREATE VIEW slow AS {ENDLESS_NUMBERS} SELECT max(i) AS top FROM n;"
    )
    catalog = introspect(resolve_url(make_sqlite(script)), limits=Limits(statement_s=0.3))
    endless = catalog.table("endless")
    assert (endless.rows, endless.column("k").values) == (None, ("k0", "k1"))
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
    values = [(column.name, column.values) for column in catalog.table("v").columns]
    assert values == [("k", ("a",)), ("zero", (0,))]
    problems = [(problem.object, problem.reason) for problem in catalog.problems]
    assert problems == [("v.broken", "division by zero")]


def test_only_granted_columns_of_a_large_table_remain(
    postgres_url: str, run: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(DIALECTS, "postgresql", replace(DIALECTS["postgresql"], scan_rows=100))
    run(
        postgres_url,
        "CREATE TABLE t AS SELECT g AS a, g AS b FROM generate_series(1, 900) g",
        "CREATE ROLE half LOGIN PASSWORD 'reads'",
        "GRANT SELECT (a) ON t TO half",
    )
    url = sqlalchemy.make_url(postgres_url).set(username="half", password="reads")
    try:
        catalog = introspect(resolve_url(url.render_as_string(hide_password=False)))
    finally:
        run(postgres_url, "DROP OWNED BY half", "DROP ROLE half")
    table = catalog.table("t")
    assert (table.rows, [column.name for column in table.columns]) == (900, ["a"])
    assert [problem.object for problem in catalog.problems] == ["t", "t.b"]
