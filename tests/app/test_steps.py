from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

import schemas
from app.answers import run
from app.charts import Drawable
from app.columns import shown_columns
from app.steps import Grouped, grouped, next_steps, place_named, rows_behind
from mome.catalog import Catalog
from mome.execution import Executor, open_executor

CHANNELS = "SELECT channel, COUNT(*) FROM orders GROUP BY channel"
GENRES = (
    "SELECT genre.name, SUM(order_line.quantity * order_line.unit_price) FROM order_line JOIN book "
    "ON order_line.book_id = book.book_id JOIN genre ON book.genre_code = genre.genre_code "
    "WHERE book.price > 10 GROUP BY genre.name"
)
MONTHS = "SELECT month, SUM(revenue) FROM monthly_sales GROUP BY month"
Ask = Callable[[str], list[tuple]]


@pytest.fixture
def rows(catalog: Catalog, executor: Executor) -> Ask:
    """The rows of SQL, through the guard."""

    def ask(sql: str) -> list[tuple]:
        outcome = run(sql, catalog, lambda: executor)
        assert outcome.result is not None, outcome.failure
        return list(outcome.result.rows)

    return ask


def parts(sql: str, catalog: Catalog, executor: Executor) -> Grouped | None:
    outcome = run(sql, catalog, lambda: executor)
    assert outcome.query is not None and outcome.result is not None
    columns = shown_columns(outcome.query, outcome.result.columns, catalog)
    return grouped(outcome.query, Drawable(columns, outcome.result.rows), catalog)


def step(label: str, found: Grouped | None) -> str:
    assert found is not None
    return next(one.sql for one in next_steps(found) if one.label == label)


@pytest.mark.parametrize("sql", [CHANNELS, GENRES])
def test_shares_are_of_the_whole(sql: str, catalog: Catalog, executor: Executor, rows: Ask) -> None:
    shown = rows(step("Share of the whole", parts(sql, catalog, executor)))
    before = rows(sql)
    assert sum(row[2] for row in shown) == pytest.approx(100)
    assert sorted(row[:2] for row in shown) == sorted(before)


@pytest.mark.parametrize("sql", [CHANNELS, GENRES])
def test_the_total_is_that_of_all_groups(
    sql: str, catalog: Catalog, executor: Executor, rows: Ask
) -> None:
    ((total,),) = rows(step("Total", parts(sql, catalog, executor)))
    assert total == pytest.approx(sum(row[1] for row in rows(sql)))


def test_a_change_is_the_difference_to_the_month_before(
    catalog: Catalog, executor: Executor, rows: Ask
) -> None:
    found = parts(MONTHS, catalog, executor)
    shown = rows(step("Difference to the period before", found))
    assert [row[0] for row in shown] == sorted(row[0] for row in shown)
    assert shown[0][2] is None
    for earlier, later in zip(shown, shown[1:], strict=False):
        assert later[2] == pytest.approx(later[1] - earlier[1])


def test_a_change_is_within_each_category(catalog: Catalog, executor: Executor, rows: Ask) -> None:
    sql = (
        "SELECT STRFTIME('%Y', ordered_on) AS year, channel, COUNT(*) FROM orders GROUP BY "
        "STRFTIME('%Y', ordered_on), channel"
    )
    shown = rows(step("Difference to the period before", parts(sql, catalog, executor)))
    assert [row[3] for row in shown if row[0] == "2023"] == [None, None, None]
    numbers = {row[:2]: row[2] for row in shown}
    for year, channel, number, change in shown:
        if year != "2023":
            assert change == number - numbers[str(int(year) - 1), channel]


def test_the_rows_behind_a_count_are_as_many(
    catalog: Catalog, executor: Executor, rows: Ask
) -> None:
    found = parts(CHANNELS, catalog, executor)
    assert found is not None
    for row in rows(CHANNELS):
        assert place_named(found, row) == f"channel {row[0]}"
        behind = rows_behind(found, row)
        assert behind is not None and len(rows(behind)) == row[1]


def test_the_rows_behind_a_sum_add_up_to_it(
    catalog: Catalog, executor: Executor, rows: Ask
) -> None:
    found = parts(GENRES, catalog, executor)
    assert found is not None
    crime = next(row for row in rows(GENRES) if row[0] == "Crime")
    behind = rows_behind(found, crime)
    assert behind is not None
    shown = [row[0] for row in rows(behind)]
    assert sum(shown) == pytest.approx(crime[1]) and shown == sorted(shown, reverse=True)


def test_a_value_with_a_quote_and_one_that_is_missing_are_found(
    catalog: Catalog, executor: Executor, rows: Ask
) -> None:
    sql = "SELECT store_id, COUNT(*) FROM orders GROUP BY store_id"
    found = parts(sql, catalog, executor)
    none = next(row for row in rows(sql) if row[0] is None)
    assert found is not None
    behind = rows_behind(found, none)
    assert behind is not None and "IS NULL" in behind and len(rows(behind)) == none[1]
    genres = parts(GENRES, catalog, executor)
    assert genres is not None
    quoted = rows_behind(genres, ("Children's Books", 1.0))
    assert quoted is not None and rows(quoted)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT title, price FROM book",
        "SELECT DISTINCT channel FROM orders",
        "SELECT channel, COUNT(*) FROM orders GROUP BY channel UNION SELECT 'all', 1",
        "WITH o AS (SELECT channel FROM orders) SELECT channel, COUNT(*) FROM o GROUP BY channel",
    ],
)
def test_other_queries_have_no_steps(sql: str, catalog: Catalog, executor: Executor) -> None:
    assert parts(sql, catalog, executor) is None


def test_rows_of_a_query_over_a_query_are_in_no_table(catalog: Catalog, executor: Executor) -> None:
    sql = "SELECT channel, COUNT(*) FROM (SELECT channel FROM orders) AS o GROUP BY channel"
    found = parts(sql, catalog, executor)
    assert found is not None and rows_behind(found, ("web", 1)) is None


def test_a_step_has_rows_behind_it_and_no_further_step(
    catalog: Catalog, executor: Executor, rows: Ask
) -> None:
    shared = step("Share of the whole", parts(CHANNELS, catalog, executor))
    found = parts(shared, catalog, executor)
    assert found is not None and next_steps(found) == []
    first = rows(shared)[0]
    behind = rows_behind(found, first)
    assert behind is not None and len(rows(behind)) == first[1]


def test_rows_that_look_alike_have_no_rows_behind_them(
    catalog: Catalog, executor: Executor, rows: Ask
) -> None:
    for sql in (
        "SELECT COUNT(*) FROM orders GROUP BY channel",
        "SELECT status, COUNT(*) FROM orders GROUP BY status, channel",
    ):
        found = parts(sql, catalog, executor)
        assert found is not None and rows_behind(found, rows(sql)[0]) is None


def test_averages_have_no_share(catalog: Catalog, executor: Executor) -> None:
    found = parts("SELECT format, AVG(price) FROM book GROUP BY format", catalog, executor)
    assert found is not None
    assert [one.label for one in next_steps(found)] == ["Total"]


def test_dates_and_decimals_of_duckdb_are_found(tmp_path: Path) -> None:
    path = tmp_path / "sales.duckdb"
    with duckdb.connect(str(path)) as database:
        database.execute(
            "CREATE TABLE sale AS SELECT DATE '2024-01-15' + CAST(20 * i AS INTEGER) AS day, "
            "CAST(i AS DECIMAL(8, 2)) AS price FROM range(6) AS t(i)"
        )
    known = Catalog.from_dict(schemas.introspect(schemas.resolve_url(str(path))).to_dict())
    sql = "SELECT DATE_TRUNC('month', day), price, COUNT(*) FROM sale GROUP BY 1, 2"
    sql = sql.replace("GROUP BY 1, 2", "GROUP BY DATE_TRUNC('month', day), price")
    with open_executor(path, timeout_s=5) as opened:
        found = parts(sql, known, opened)
        assert found is not None
        for row in found.given.rows:
            assert isinstance(row[0], datetime.date) and isinstance(row[1], Decimal)
            behind = rows_behind(found, row)
            assert behind is not None
            outcome = run(behind, known, lambda: opened)
            assert outcome.result is not None and len(outcome.result.rows) == 1
