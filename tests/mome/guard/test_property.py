"""Random statements of harmless and harmful parts. Those that the guard accepts are run.

They must change no file and return nothing from the table `secrets`. SQLite and
DuckDB are opened read-only but without the executor's settings, so that the guard is tested alone.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mome.catalog import Catalog
from mome.errors import Refused
from mome.guard import guard

HIDDEN = "hunter2"
"""A text in the table `secrets` and in a file beside the database. No accepted statement may
return it."""

SOURCES = {
    "customers AS c": ["c.id", "c.name", "c.country", "birth_year", "c.NAME", "c.*"],
    "orders": ["orders.id", "total", "status", "orders.order_date", "customer_id"],
    "orders AS o": ["o.id", "o.total", "note", "o.customer_id"],
    "main.employees e": ["e.id", "e.name", "salary", "manager_id"],
    '"Daily Sales" AS d': ['"Net Amount"', "d.day", 'd."user"', "user"],
    "big_orders AS b": ["b.id", "b.total"],
    "(customers AS c JOIN orders AS o ON o.customer_id = c.id)": [
        "c.name",
        "o.total",
        "status",
        "o.*",
    ],
    "(VALUES (1), (2)) AS v(a)": ["1"],
    "t": ["t.a", "a"],
    "t AS c": ["c.a"],
    "orders PIVOT (SUM(total) FOR status IN ('paid', 'open'))": ["paid", "customer_id", "id"],
    "(SELECT id, total FROM orders) UNPIVOT (v FOR k IN (id, total))": ["k", "v"],
}
"""FROM item -> expressions that may be selected from it."""
HARMFUL_COLUMNS = [
    "rowid",
    "token",
    "s.token",
    "secrets",
    "c",
    "o",
    '"x; --"',
    "@a",
    ":a",
    "?",
    "$1",
    "sqlite_master.sql",
    "c.rowid",
    "oid",
]
LITERALS = [
    "1",
    "-2",
    "3.5",
    "'a'",
    "'it''s'",
    "'-- x'",
    "'/* ; */'",
    "NULL",
    "TRUE",
    "'2023-01-01'",
    "CURRENT_DATE",
]
CALLS = [
    "COUNT({})",
    "SUM({})",
    "MAX({})",
    "ABS({})",
    "UPPER({})",
    "COALESCE({}, 1)",
    "LENGTH({})",
    "SUBSTR({}, 1, 2)",
    "ROUND({}, 1)",
    "CAST({} AS TEXT)",
    "CAST({} AS INTEGER)",
    "CASE WHEN {} IS NULL THEN 1 ELSE 2 END",
    "ROW_NUMBER() OVER (ORDER BY {})",
    "({})",
    "printf('%s', {})",
    "replace({}, 'a', 'b')",
    "hex({})",
    "typeof({})",
    "group_concat({})",
    "strftime('%Y', {})",
    "-{}",
    "list_transform([1, 2], lambda x: {})",
    "{'a': {}}",
    "repeat({}, 3)",
]
HARMFUL_CALLS = [
    "load_extension({})",
    "randomblob({})",
    "readfile('hidden.csv')",
    "getenv({})",
    "read_text('hidden.csv')",
    "query({})",
    "writefile('made.txt', {})",
    "current_setting({})",
    "pg_sleep({})",
    '"sum"({})',
    "main.abs({})",
    "printf({}, 1)",
    "{} IN secrets",
    "(SELECT MAX(token) FROM secrets)",
    "EXISTS (SELECT {} FROM secrets)",
    "fts3_tokenizer({})",
    "nextval({})",
    "columns({})",
    "[token FOR token IN [{}]]",
    "list_transform([1], lambda token: (SELECT MAX(token) FROM secrets))",
    "struct_pack(a := {}).token",
]
OPERATORS = [
    "=",
    "<>",
    "<",
    ">=",
    "AND",
    "OR",
    "+",
    "-",
    "*",
    "/",
    "||",
    "LIKE",
    "IS NOT",
    "IN",
    "NOT IN",
    "BETWEEN 1 AND",
    "%",
    "->>",
    "GLOB",
]
HARMFUL_SOURCES = [
    "secrets",
    "secrets AS s",
    "secrets AS c",
    '"secrets"',
    "main.secrets AS t",
    "sqlite_master",
    "sqlite_schema AS t",
    "pragma_table_info('secrets')",
    "'hidden.csv'",
    '"hidden.csv"',
    "read_csv('hidden.csv')",
    "read_text('hidden.csv')",
    "duckdb_settings()",
    "duckdb_tables()",
    "query('FROM secrets')",
    "query_table('secrets')",
    "temp.secrets",
    "glob('*')",
    "information_schema.tables",
    "range(1000000000000)",
    "secrets, t",
    "customers c CROSS JOIN secrets",
    "(FROM secrets)",
    "orders PIVOT (SUM((SELECT MAX(id) FROM secrets)) FOR status IN ('paid'))",
    "secrets PIVOT (MAX(token) FOR id IN (1))",
    "secrets UNPIVOT (v FOR k IN (token))",
    "customers SEMI JOIN secrets USING (id)",
    "customers POSITIONAL JOIN secrets",
]
JOINS = [", ", " JOIN ", " LEFT JOIN ", " CROSS JOIN ", " NATURAL JOIN "]
WHOLE = [
    "DROP TABLE orders",
    "DELETE FROM orders",
    "UPDATE orders SET total = 0",
    "INSERT INTO orders (id) VALUES (99)",
    "VACUUM",
    "ATTACH 'made.db' AS made",
    "CREATE TABLE made (a INTEGER)",
    "PRAGMA user_version = 7",
    "COPY orders TO 'made.csv'",
    "FROM secrets",
    "VALUES (1, 'a')",
    "EXPORT DATABASE 'made'",
    "SET memory_limit = '1GB'",
    "REPLACE INTO orders (id) VALUES (1)",
    "CALL pragma_version()",
]
WITHS = [
    "WITH t AS ({}) ",
    "WITH t(a) AS ({}) ",
    "WITH secrets AS ({}) ",
    "WITH t AS (DELETE FROM orders RETURNING id) ",
    "WITH a AS ({}), t AS (FROM a) ",
    "WITH RECURSIVE t(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM t WHERE a < 5) ",
    "WITH t AS (SELECT * FROM secrets), secrets AS ({}) ",
]
ENDS = [
    "",
    ";",
    " -- x",
    " /* x */",
    "; DROP TABLE orders",
    " FOR UPDATE",
    " UNION SELECT token, 1 FROM secrets",
    " INTO made",
    " LIMIT 3",
]


def some(harmless: list[str], harmful: list[str]) -> st.SearchStrategy[str]:
    """Draw one of the parts; 1 in 25 is harmful, because with more hardly any query is accepted."""
    return st.integers(0, 24).flatmap(
        lambda dice: st.sampled_from(harmful if dice == 24 else harmless)
    )


@st.composite
def expression(draw: st.DrawFn, columns: list[str], depth: int) -> str:
    """Draw a column, a literal, a call, an operation or a subquery, at most `depth` levels deep."""
    kind = draw(st.integers(0, 9)) if depth else 0
    if kind < 5:
        return draw(some(columns * 2 + LITERALS, HARMFUL_COLUMNS))
    if kind == 9:
        return f"({draw(query(depth=0))})"
    inside = draw(expression(columns, depth - 1))
    if kind < 8:
        return draw(some(CALLS, HARMFUL_CALLS)).replace("{}", inside)
    operator = draw(st.sampled_from(OPERATORS))
    return f"{inside} {operator} {draw(expression(columns, depth - 1))}"


@st.composite
def source(draw: st.DrawFn, depth: int) -> tuple[str, list[str]]:
    """Draw a FROM item and the expressions that may be selected from it."""
    if depth and not draw(st.integers(0, 5)):
        return f"({draw(query(depth=depth - 1))}) AS s", ["s.id", "s.name", "1"]
    text = draw(some(list(SOURCES), HARMFUL_SOURCES))
    return text, SOURCES.get(text, ["id", "*"])


@st.composite
def query(draw: st.DrawFn, depth: int = 1) -> str:
    """Draw a SELECT with at most one join and `depth` levels of derived tables."""
    text, columns = draw(source(depth))
    if not draw(st.integers(0, 3)):
        joined, more = draw(source(depth))
        text += draw(st.sampled_from(JOINS)) + joined
        columns = columns + more
    items = ["*"]
    if draw(st.integers(0, 3)):
        items = draw(st.lists(expression(columns, 1 + depth), min_size=1, max_size=2))
    text = f"SELECT {', '.join(items)} FROM {text}"
    for clause in (" WHERE ", " GROUP BY ", " ORDER BY "):
        if not draw(st.integers(0, 3)):
            text += clause + draw(expression(columns, depth))
    return text


@st.composite
def statement(draw: st.DrawFn) -> str:
    """Draw a statement; 1 in 20 is no query."""
    if not draw(st.integers(0, 19)):
        return draw(st.sampled_from(WHOLE))
    text = draw(query())
    if not draw(st.integers(0, 5)):
        operation = draw(st.sampled_from(["UNION", "UNION ALL", "EXCEPT"]))
        text += f" {operation} {draw(query())}"
    if not draw(st.integers(0, 3)):
        clause = draw(st.sampled_from(WITHS))
        text = clause.replace("{}", draw(query(depth=0))) + text
    return text + draw(some(ENDS[:4], ENDS[4:]))


QUICK = settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working directory, which holds a file that a harmful statement could read."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hidden.csv").write_text(f"id,token\n1,{HIDDEN}\n")
    return tmp_path


def accepted(sql: str, catalog: Catalog, counts: Counter[str]) -> Iterator[str]:
    """Yield the text that runs if the guard accepts the statement.

    The guard must accept that text too and leave it unchanged.
    """
    try:
        query = guard(sql, catalog)
    except Refused as error:
        counts["refused"] += 1
        assert str(error) and "\n" not in str(error)
        return
    assert guard(query.sql, catalog) == query
    counts["accepted"] += 1
    yield query.sql


def fingerprint(folder: Path) -> dict[str, str]:
    """Return file -> SHA-256 of its content."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_accepted_statements_leave_sqlite_unchanged(
    folder: Path, shop: Callable[[str], Catalog], shop_sql: str
) -> None:
    writer = sqlite3.connect(folder / "shop.sqlite")
    writer.executescript(shop_sql)
    writer.close()
    database = sqlite3.connect(f"file:{folder}/shop.sqlite?mode=ro", uri=True, cached_statements=0)
    database.execute("SELECT 1 FROM json_each('[1]')").close()  # its first use reads sqlite_master
    before = fingerprint(folder)
    catalog = shop("sqlite")
    counts = Counter[str]()
    names = database.execute("SELECT name FROM sqlite_master UNION SELECT 'sqlite_master'")
    real = {row[0] for row in names}
    reads: set[tuple[str, str]] = set()
    database.set_authorizer(lambda *event: record_read(event, reads))

    @QUICK
    @given(statement())
    def check(sql: str) -> None:
        for text in accepted(sql, catalog, counts):
            reads.clear()
            try:
                rows = database.execute(text).fetchall()
                counts["ran"] += 1
            except sqlite3.Error as error:
                rows = [str(error)]
            query = guard(text, catalog)
            assert HIDDEN not in repr(rows)
            allowed = set(query.tables)
            # The view reads this table.
            if "big_orders" in query.tables:
                allowed.add("orders")
            real_reads = [(table, column) for table, column in reads if table in real]
            for table, column in real_reads:
                # A read without a column may be one of the CTE that is called secrets.
                is_cte = not column and table == "secrets" and "WITH secrets" in text
                assert is_cte or table in allowed
            # SQLite reads all columns of a join in parentheses, whichever are selected.
            if "(customers AS c JOIN" not in text:
                columns = {f"{table}.{column}" for table, column in real_reads if column}
                assert columns <= set(query.columns)
            assert fingerprint(folder) == before

    check()
    database.close()
    assert counts["accepted"] > 20
    assert counts["ran"] > 5
    assert counts["refused"] > 20


def record_read(event: tuple[object, ...], reads: set[tuple[str, str]]) -> int:
    """Record what SQLite's authorizer reports as read, but for the reads of the view big_orders.

    CTEs are reported under their own names.
    """
    action, table, column, _, view = event
    if action == sqlite3.SQLITE_READ and view != "big_orders":
        reads.add((str(table), str(column)))
    return sqlite3.SQLITE_OK


def test_accepted_statements_leave_duckdb_unchanged(
    folder: Path, shop: Callable[[str], Catalog], shop_sql: str
) -> None:
    with duckdb.connect(str(folder / "shop.duckdb")) as writer:
        writer.execute(shop_sql)
    before = fingerprint(folder)
    catalog = shop("duckdb")
    counts = Counter[str]()
    with duckdb.connect(str(folder / "shop.duckdb"), read_only=True) as database:

        @QUICK
        @given(statement())
        def check(sql: str) -> None:
            for text in accepted(sql, catalog, counts):
                try:
                    rows: object = database.execute(text).fetchall()
                    counts["ran"] += 1
                except duckdb.Error as error:
                    rows = str(error)
                assert HIDDEN not in repr(rows)
                assert fingerprint(folder) == before

        check()
    assert fingerprint(folder) == before
    assert counts["accepted"] > 20
    assert counts["ran"] > 5
    assert counts["refused"] > 20
