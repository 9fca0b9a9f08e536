"""The statements in tests/fixtures/guard.

Allowed statements pass and run on their engine. Refused ones give a reason that reveals nothing.
"""

from __future__ import annotations

import copy
import dataclasses
import logging
import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING

import duckdb
import psycopg
import pymysql
import pytest
from sqlalchemy import make_url

from mome.catalog import Catalog
from mome.errors import Refused
from mome.guard import GuardedQuery, guard

if TYPE_CHECKING:
    from conftest import Case

Shop = Callable[[str], Catalog]
Texts = Callable[[str], list[tuple[str, str]]]


def test_allowed(allowed: Case, shop: Shop) -> None:
    query = guard(allowed.sql, shop(allowed.dialect))
    assert allowed.expected in (None, query.sql)
    assert guard(query.sql, shop(allowed.dialect)) == query


def test_refused(refused: Case, shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(Refused) as caught:
        guard(refused.sql, shop(refused.dialect))
    message = str(caught.value)
    assert refused.expected and refused.expected in message
    assert not any(part in message for part in ("\n", "/", "://", "hunter2", "passwd", "Traceback"))
    assert caught.value.__cause__ is None and not caplog.records


def test_allowed_statements_run_on_sqlite(allowed_in: Texts, shop_sql: str) -> None:
    database = sqlite3.connect(":memory:")
    database.executescript(shop_sql)
    _run_all(allowed_in("sqlite"), lambda sql: database.execute(sql).fetchall())
    database.close()


def test_allowed_statements_run_on_duckdb(allowed_in: Texts, shop_sql: str) -> None:
    with duckdb.connect() as database:
        database.execute(shop_sql)
        database.execute(
            "CREATE SCHEMA hr; "
            "CREATE TABLE hr.salaries (employee_id INTEGER, amount DECIMAL(10, 2))"
        )
        database.execute(
            "ALTER TABLE events ADD COLUMN place STRUCT(city VARCHAR, country VARCHAR)"
        )
        _run_all(allowed_in("duckdb"), lambda sql: database.execute(sql).fetchall())


def test_allowed_statements_run_on_postgresql(
    allowed_in: Texts, shop_sql: str, postgres_url: str
) -> None:
    url = make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as database:
        database.execute(shop_sql.replace("payload JSON", "payload JSONB"))
        database.execute(
            "CREATE SCHEMA hr; "
            "CREATE TABLE hr.salaries (employee_id INTEGER, amount DECIMAL(10, 2))"
        )
        _run_all(allowed_in("postgres"), lambda sql: database.execute(sql).fetchall())


def test_allowed_statements_run_on_mariadb(
    allowed_in: Texts, shop_sql: str, mariadb_url: str
) -> None:
    url = make_url(mariadb_url)
    options = {
        "host": url.host,
        "port": url.port,
        "user": url.username,
        "password": url.password,
        "database": url.database,
    }
    database = pymysql.connect(
        **options, autocommit=True, client_flag=pymysql.constants.CLIENT.MULTI_STATEMENTS
    )
    # MariaDB's schemas are databases: a second one stands for the schema hr.
    other = f"{url.database}_hr"
    with database, database.cursor() as cursor:
        # The script quotes names as standard SQL does. The mode is restored afterwards.
        cursor.execute("SET @before = @@sql_mode, sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')")
        for statement in shop_sql.split(";\n"):
            if statement.strip():
                cursor.execute(statement)
        cursor.execute(f"SET sql_mode = @before; CREATE DATABASE {other}")
        cursor.execute(
            f"CREATE TABLE {other}.salaries (employee_id INTEGER, amount DECIMAL(10, 2))"
        )
        try:
            _run_all(
                allowed_in("mysql"), lambda sql: cursor.execute(sql.replace(" hr.", f" {other}."))
            )
        finally:
            cursor.execute(f"DROP DATABASE {other}")


def _run_all(texts: list[tuple[str, str]], run: Callable[[str], object]) -> None:
    failures = []
    for title, sql in texts:
        try:
            run(sql)
        except (sqlite3.Error, duckdb.Error, psycopg.Error, pymysql.Error) as error:
            failures.append(f"{title}: {error}")
    assert len(texts) > 90 and not failures


def test_the_value_says_what_it_reads(shop: Shop) -> None:
    query = guard(
        "SELECT c.NAME, COUNT(*) FROM Customers c JOIN orders USING (id) GROUP BY c.name",
        shop("sqlite"),
    )
    assert (
        query.sql
        == "SELECT c.name, COUNT(*) FROM customers AS c JOIN orders USING (id) GROUP BY c.name"
    )
    assert query.tables == ("customers", "orders")
    assert query.columns == ("customers.id", "customers.name", "orders.id")
    assert (query.dialect, query.fingerprint) == ("sqlite", "f00d")


def test_a_star_reads_all_columns_and_a_count_none(shop: Shop) -> None:
    assert guard("SELECT * FROM big_orders", shop("duckdb")).columns == (
        "big_orders.id",
        "big_orders.total",
    )
    assert guard("SELECT COUNT(*) FROM hr.salaries", shop("postgres")).tables == ("hr.salaries",)
    assert guard("SELECT COUNT(*) FROM hr.salaries", shop("postgres")).columns == ()


def test_nobody_else_makes_the_value(shop: Shop) -> None:
    query = guard("SELECT 1", shop("sqlite"))
    with pytest.raises(TypeError, match=r"guard\(sql, catalog\)"):
        GuardedQuery("DROP TABLE orders", "sqlite", (), (), "", object())
    with pytest.raises((TypeError, ValueError)):
        dataclasses.replace(query, sql="DROP TABLE orders")
    with pytest.raises(dataclasses.FrozenInstanceError):
        query.sql = "DROP TABLE orders"  # type: ignore[misc]
    assert copy.deepcopy(query) == query


def test_there_are_enough_statements(request: pytest.FixtureRequest) -> None:
    counts = {
        kind: sum(path.read_text().count("# title:") for path in _folder(request, kind))
        for kind in ("allowed", "refused")
    }
    assert counts["allowed"] >= 150 and counts["refused"] >= 150


def _folder(request: pytest.FixtureRequest, kind: str) -> list:
    return sorted((request.config.rootpath / "tests" / "fixtures" / "guard" / kind).glob("*.sql"))


def test_a_dialect_that_is_not_known(shop: Shop) -> None:
    with pytest.raises(Refused, match="no dialect"):
        guard("SELECT 1", dataclasses.replace(shop("sqlite"), dialect="oracle"))
