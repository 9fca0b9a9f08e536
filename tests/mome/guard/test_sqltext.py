"""Regenerated text is the same statement, for the guard and for the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pymysql
import pytest
from sqlalchemy import make_url

from mome.catalog import Catalog
from mome.errors import Refused
from mome.guard import guard, read_sql, write_sql

if TYPE_CHECKING:
    from conftest import Case

Shop = Callable[[str], Catalog]


@pytest.mark.parametrize("pretty", [False, True])
def test_text_written_and_parsed_again_is_the_same_query(
    allowed: Case, shop: Shop, pretty: bool
) -> None:
    query = guard(allowed.sql, shop(allowed.dialect))
    tree = read_sql(query.sql, allowed.dialect)
    text = write_sql(tree, allowed.dialect, pretty=pretty)
    # write_sql leaves its argument unchanged.
    assert tree == read_sql(query.sql, allowed.dialect)
    assert tree == read_sql(text, allowed.dialect)
    assert guard(text, shop(allowed.dialect)) == query
    assert pretty or text == query.sql


@pytest.mark.parametrize("pretty", [False, True])
def test_an_unguarded_statement_is_written_as_it_would_run(
    allowed: Case, shop: Shop, pretty: bool
) -> None:
    text = write_sql(read_sql(allowed.sql, allowed.dialect), allowed.dialect, pretty=pretty)
    assert guard(text, shop(allowed.dialect)) == guard(allowed.sql, shop(allowed.dialect))


def test_write_sql_takes_a_part_of_a_tree() -> None:
    tree = read_sql("SELECT CAST(a AS NUMERIC) FROM t", "sqlite")
    assert write_sql(tree.expressions[0], "sqlite") == "CAST(a AS NUMERIC)"


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "SELECT FROM WHERE (",
        "SELECT 'open",
        "SELECT 1; SELECT 2",
        "(" * 3000 + "1" + ")" * 3000,
    ],
)
def test_a_text_that_does_not_parse_is_refused(sql: str) -> None:
    with pytest.raises(Refused):
        read_sql(sql, "sqlite")


def test_mariadb_runs_the_operator_regexp(mariadb_url: str) -> None:
    url = make_url(mariadb_url)
    sql = "SELECT 'Ada' REGEXP '^A', NOT 'Bo' REGEXP '^A'"
    options = {
        "host": url.host,
        "port": url.port,
        "user": url.username,
        "password": url.password,
        "database": url.database,
    }
    with pymysql.connect(**options) as database, database.cursor() as cursor:
        cursor.execute(write_sql(read_sql(sql, "mysql"), "mysql", pretty=True))
        assert cursor.fetchall() == ((1, 1),)


@pytest.mark.parametrize("dialect", ["postgres", "duckdb"])
@pytest.mark.parametrize("order", ["", " ORDER BY a"])
def test_the_separator_of_string_agg_is_not_distinct(dialect: str, order: str) -> None:
    sql = f"SELECT STRING_AGG(DISTINCT a, ', '{order}) FROM t"
    assert write_sql(read_sql(sql, dialect), dialect) == sql
