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
    revealing = ("\n", "/", "://", "hunter2", "passwd", "Traceback")
    assert not any(part in message for part in revealing)
    assert caught.value.__cause__ is None
    assert not caplog.records


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
    url = make_url(postgres_url).set(drivername="postgresql")
    text = url.render_as_string(hide_password=False)
    with psycopg.connect(text, autocommit=True) as database:
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
            texts = [(t, sql.replace(" hr.", f" {other}.")) for t, sql in allowed_in("mysql")]
            _run_all(texts, cursor.execute)
        finally:
            cursor.execute(f"DROP DATABASE {other}")


def _run_all(texts: list[tuple[str, str]], run: Callable[[str], object]) -> None:
    failures = []
    for title, sql in texts:
        try:
            run(sql)
        except (sqlite3.Error, duckdb.Error, psycopg.Error, pymysql.Error) as error:
            failures.append(f"{title}: {error}")
    assert len(texts) > 90
    assert not failures


def test_a_guarded_query_lists_the_tables_and_columns_that_it_reads(shop: Shop) -> None:
    query = guard(
        "SELECT c.NAME, COUNT(*) FROM Customers c JOIN orders USING (id) GROUP BY c.name",
        shop("sqlite"),
    )
    text = "SELECT c.name, COUNT(*) FROM customers AS c JOIN orders USING (id) GROUP BY c.name"
    assert query.sql == text
    assert query.tables == ("customers", "orders")
    assert query.columns == ("customers.id", "customers.name", "orders.id")
    assert (query.dialect, query.fingerprint) == ("sqlite", "f00d")


def test_a_star_reads_all_columns_and_count_star_none(shop: Shop) -> None:
    star = guard("SELECT * FROM big_orders", shop("duckdb"))
    assert star.columns == ("big_orders.id", "big_orders.total")
    count = guard("SELECT COUNT(*) FROM hr.salaries", shop("postgres"))
    assert count.tables == ("hr.salaries",)
    assert count.columns == ()


def test_only_the_guard_makes_a_guarded_query(shop: Shop) -> None:
    query = guard("SELECT 1", shop("sqlite"))
    with pytest.raises(TypeError, match=r"guard\(sql, catalog\)"):
        GuardedQuery("DROP TABLE orders", "sqlite", (), (), "", object())
    with pytest.raises((TypeError, ValueError)):
        dataclasses.replace(query, sql="DROP TABLE orders")
    with pytest.raises(dataclasses.FrozenInstanceError):
        query.sql = "DROP TABLE orders"  # type: ignore[misc]
    assert copy.deepcopy(query) == query


def test_there_are_enough_statements(request: pytest.FixtureRequest) -> None:
    folder = request.config.rootpath / "tests" / "fixtures" / "guard"
    for kind in ("allowed", "refused"):
        texts = [path.read_text() for path in (folder / kind).glob("*.sql")]
        assert sum(text.count("# title:") for text in texts) >= 150


def test_an_unknown_dialect_is_refused(shop: Shop) -> None:
    with pytest.raises(Refused, match="no dialect"):
        guard("SELECT 1", dataclasses.replace(shop("sqlite"), dialect="oracle"))
