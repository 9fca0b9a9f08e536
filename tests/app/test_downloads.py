from __future__ import annotations

import csv
import io

import pyarrow.parquet
import pytest

from app import downloads
from app.answers import run
from app.downloads import Downloads
from mome.catalog import Catalog
from mome.execution import Executor, Result
from mome.guard import GuardedQuery, guard

SQL = "SELECT order_id, line_no FROM order_line ORDER BY order_id, line_no"


@pytest.fixture
def query(catalog: Catalog) -> GuardedQuery:
    return guard(SQL, catalog)


def test_a_download_holds_all_rows_and_is_made_once(
    query: GuardedQuery, executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = []

    def database() -> Executor:
        ran.append(1)
        return executor

    shown = executor.run(query, max_rows=10)
    whole = executor.run(query, max_rows=10**6).rows
    files = Downloads(query, shown, database, 0)
    for _ in range(2):
        read = list(csv.reader(io.StringIO(files.content("CSV").decode(), newline="")))
        assert read[1:] == [[str(value) for value in row] for row in whole]
    assert len(ran) == 1
    parquet = pyarrow.parquet.read_table(io.BytesIO(files.content("Parquet")))
    assert parquet.num_rows == len(whole) and len(ran) == 2


def test_a_download_is_bounded(
    query: GuardedQuery, executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "MOST_ROWS", 25)
    files = Downloads(query, executor.run(query, max_rows=10), lambda: executor, 0)
    assert files.content("CSV").count(b"\r\n") == 26


def test_the_operator_bounds_a_download(
    query: GuardedQuery, executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOME_DOWNLOAD_ROWS", "30")
    files = Downloads(query, executor.run(query, max_rows=10), lambda: executor, 0)
    assert files.content("CSV").count(b"\r\n") == 31


def test_columns_are_called_as_on_the_page(catalog: Catalog, executor: Executor) -> None:
    sql = "SELECT COUNT(*), order_id FROM order_line GROUP BY order_id"
    outcome = run(sql, catalog, lambda: executor)
    assert outcome.query is not None and outcome.result is not None and outcome.result.truncated
    files = Downloads(outcome.query, outcome.result, lambda: executor, 0)
    assert files.content("CSV").startswith(b"number of order lines,order_id\r\n")
    parquet = pyarrow.parquet.read_table(io.BytesIO(files.content("Parquet")))
    assert parquet.column_names == ["number of order lines", "order_id"]


def test_rows_that_are_all_there_are_not_read_again(query: GuardedQuery) -> None:
    def never() -> Executor:
        raise AssertionError("the rows are there")

    shown = Result(("a",), [(1,), (2,)], False, 1.0)
    assert Downloads(query, shown, never, 0).content("CSV") == b"a\r\n1\r\n2\r\n"


def test_rows_of_two_columns_of_one_name_are_counted(catalog: Catalog, executor: Executor) -> None:
    short = executor.run(guard("SELECT 1 FROM order_line", catalog), max_rows=10**6)
    outcome = run("SELECT order_id, order_id FROM order_line", catalog, lambda: executor)
    assert outcome.total == (len(short.rows) if outcome.result.truncated else None)
