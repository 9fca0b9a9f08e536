from __future__ import annotations

from pathlib import Path

import pytest

from app.answers import failed, pretty, run
from app.memories import ListedMemory
from mome.catalog import Catalog
from mome.errors import CatalogError, Unreachable
from mome.execution import Executor, open_executor

ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) "
    "SELECT COUNT(*) FROM n"
)
SLOW = (
    "SELECT COUNT(*) FROM order_line AS a, order_line AS b, order_line AS c WHERE a.quantity + "
    "b.quantity + c.quantity = 12345"
)


def test_a_query_runs_and_says_what_it_read(catalog: Catalog, executor: Executor) -> None:
    outcome = run("select title from book where price > 35 -- dear", catalog, lambda: executor)
    assert outcome.failure is None and outcome.query is not None and outcome.result is not None
    assert outcome.query.sql == "SELECT title FROM book WHERE price > 35"
    assert outcome.query.columns == ("book.price", "book.title")
    assert outcome.result.columns == ("title",)


@pytest.mark.parametrize(
    "sql", ["DELETE FROM book", "SELECT * FROM sqlite_master", "SELECT 1; SELECT 2", ENDLESS, ""]
)
def test_what_the_guard_refuses_is_not_run(catalog: Catalog, executor: Executor, sql: str) -> None:
    outcome = run(sql, catalog, lambda: executor)
    assert outcome.failure is not None and outcome.failure.kind == "refused"
    assert outcome.query is None and outcome.result is None


def test_a_slow_query_is_stopped(catalog: Catalog, bookshop: ListedMemory) -> None:
    database = bookshop.path.with_suffix(".sqlite")
    with open_executor(database, timeout_s=0.2) as hasty:
        outcome = run(SLOW, catalog, lambda: hasty)
    assert outcome.failure is not None and outcome.failure.kind == "timeout"
    assert "0.2 s" in outcome.failure.reason


def test_a_database_that_is_gone_is_told_from_one_that_refuses(
    catalog: Catalog, tmp_path: Path, executor: Executor
) -> None:
    with open_executor(f"sqlite:///{tmp_path}/gone.sqlite") as nowhere:
        outcome = run("SELECT title FROM book", catalog, lambda: nowhere)
    assert outcome.failure is not None and outcome.failure.kind == "gone"
    outcome = run("SELECT ABS(-9223372036854775807 - 1) FROM book", catalog, lambda: executor)
    assert outcome.failure is not None and outcome.failure.kind == "failed"


@pytest.mark.parametrize("error", [Unreachable("no host"), CatalogError("no catalog")])
def test_a_database_that_cannot_be_opened_is_gone(catalog: Catalog, error: Exception) -> None:
    def opening() -> Executor:
        raise error

    outcome = run("SELECT title FROM book", catalog, opening)
    assert outcome.failure is not None and (outcome.failure.kind, outcome.failure.reason) == (
        "gone",
        str(error),
    )


def test_sql_is_shown_over_several_lines_and_as_it_is_where_it_is_none() -> None:
    assert (
        pretty("SELECT a, b FROM t WHERE c = 1", "sqlite")
        == "SELECT\n  a,\n  b\nFROM t\nWHERE\n  c = 1"
    )
    assert pretty("SELECT FROM WHERE (", "sqlite") == "SELECT FROM WHERE ("


@pytest.mark.parametrize(
    ("sql", "row"),
    [
        ("SELECT CAST(7 AS NUMERIC) / 2 AS half", (3,)),
        ("SELECT CAST('2024-05-06' AS DATE) AS day", (2024,)),
        ("SELECT 'two\n  lines' AS text", ("two\n  lines",)),
    ],
)
def test_what_is_shown_gives_the_rows_of_what_ran(
    catalog: Catalog, executor: Executor, sql: str, row: tuple
) -> None:
    ran = run(sql, catalog, lambda: executor)
    assert ran.query is not None and ran.result is not None
    shown = run(pretty(ran.query.sql, "sqlite"), catalog, lambda: executor)
    assert shown.query == ran.query and shown.result is not None
    assert shown.result.rows == ran.result.rows == [row]


def test_a_text_that_its_writer_would_change_is_shown_as_it_is() -> None:
    """sqlglot marks line ends inside of texts with a word of its own."""
    sql = "SELECT '__SQLGLOT__LB__' FROM t"
    assert pretty(sql, "sqlite") == sql


def test_a_translation_that_failed_says_why() -> None:
    translation = failed("q", "sqlite", Unreachable("no host"))
    assert (translation.status, translation.sql, translation.reason) == ("error", None, "no host")
