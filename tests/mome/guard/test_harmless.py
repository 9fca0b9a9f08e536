"""Statements that analysts write, in tests/fixtures/guard/harmless.

For each one the guard's text returns the rows of the original text on the real engine. At most 3%
are refused; those stand in the files with `# refused:` and a part of the reason.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import psycopg
import pymysql
import pytest
from sqlalchemy import make_url

from mome.catalog import Catalog, Column, Table
from mome.errors import Refused
from mome.guard import guard

HARMLESS = Path(__file__).parents[2] / "fixtures" / "guard" / "harmless"
_REFUSED = re.compile(r"^# refused: (.*)$", re.MULTILINE)

Run = Callable[[str], list[tuple]]
Shop = Callable[[str], Catalog]


@dataclass(frozen=True)
class Statement:
    """One titled statement."""

    title: str
    sql: str
    refusal: str | None
    """A part of the reason for which it is refused; None: it is allowed."""


def statements(dialect: str) -> Iterator[Statement]:
    """Yield the statements for a dialect: the common ones and its own."""
    common = (HARMLESS / "common.sql").read_text("utf-8")
    if dialect == "mysql":
        common = common.replace('"', "`")
    for text in (common, (HARMLESS / f"{dialect}.sql").read_text("utf-8")):
        for block in re.split(r"^# title: ", text, flags=re.MULTILINE)[1:]:
            title, _, body = block.partition("\n")
            refusal = _REFUSED.search(body)
            sql = _REFUSED.sub("", body).strip()
            yield Statement(title, sql, refusal[1] if refusal else None)


def articles(catalog: Catalog) -> Catalog:
    """Return the shop's catalog with the table for full-text searches."""
    columns = (Column("id", "INTEGER", "integer"), Column("title", "VARCHAR(40)", "text"))
    table = Table(None, "articles", "table", None, None, (*columns, Column("body", "TEXT", "text")))
    return replace(catalog, tables=(*catalog.tables, table))


ARTICLES = """
INSERT INTO articles (id, title, body) VALUES (1, 'A lamp of oak', 'Made of oak and brass');
INSERT INTO articles (id, title, body) VALUES (2, 'Desk', 'A desk and a lamp');
INSERT INTO articles (id, title, body) VALUES (3, 'Rug', 'Woven by hand');
"""


def check(dialect: str, catalog: Catalog, run: Run) -> None:
    """Run the guard's text and the original one of each statement and compare the rows."""
    failures = []
    cases = list(statements(dialect))
    for case in cases:
        try:
            text = guard(case.sql, catalog).sql
        except Refused as error:
            if case.refusal is None or case.refusal not in str(error):
                failures.append(f"{case.title}: refused: {error}")
            continue
        if case.refusal is not None:
            failures.append(f"{case.title}: no longer refused")
            continue
        try:
            expected = sorted(map(repr, run(case.sql)))
            rows = sorted(map(repr, run(text)))
        except (sqlite3.Error, duckdb.Error, psycopg.Error, pymysql.Error) as error:
            failures.append(f"{case.title}: {error}")
            continue
        if rows != expected or not rows:
            failures.append(f"{case.title}: {rows[:3]} instead of {expected[:3]}")
    assert not failures, "\n".join(failures)
    refused = sum(case.refusal is not None for case in cases)
    assert len(cases) >= 75
    assert refused <= 0.03 * len(cases)


@pytest.fixture(scope="session")
def rows_sql(shop_sql: str) -> str:
    """Return the script that makes the shop's tables and fills them."""
    return shop_sql + (HARMLESS / "data.sql").read_text("utf-8")


def test_sqlite(shop: Shop, rows_sql: str) -> None:
    database = sqlite3.connect(":memory:")
    database.executescript(rows_sql)
    database.executescript("CREATE VIRTUAL TABLE articles USING fts5(id, title, body);" + ARTICLES)
    check("sqlite", articles(shop("sqlite")), lambda sql: database.execute(sql).fetchall())
    database.close()


def test_duckdb(shop: Shop, rows_sql: str) -> None:
    with duckdb.connect() as database:
        database.execute(rows_sql)
        database.execute(
            "ALTER TABLE events ADD COLUMN place STRUCT(city VARCHAR, country VARCHAR); "
            "UPDATE events SET place = {'city': 'Paris', 'country': 'France'} WHERE id = 1"
        )
        check("duckdb", shop("duckdb"), lambda sql: database.execute(sql).fetchall())


def test_postgresql(shop: Shop, rows_sql: str, postgres_url: str) -> None:
    url = make_url(postgres_url).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as database:
        database.execute(rows_sql.replace("payload JSON", "payload JSONB"))
        check("postgres", shop("postgres"), lambda sql: database.execute(sql).fetchall())


def test_mariadb(shop: Shop, rows_sql: str, mariadb_url: str) -> None:
    url = make_url(mariadb_url)
    database = pymysql.connect(
        host=url.host,
        port=url.port,
        user=url.username,
        password=url.password,
        database=url.database,
        autocommit=True,
    )
    with database, database.cursor() as cursor:

        def run(sql: str) -> list[tuple]:
            cursor.execute(sql)
            return list(cursor.fetchall())

        # The script quotes names as standard SQL does. The mode is restored afterwards.
        cursor.execute("SET @before = @@sql_mode, sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')")
        make = (
            "CREATE TABLE articles (id INT, title VARCHAR(40), body TEXT, FULLTEXT (title, body));"
        )
        for statement in f"{rows_sql}{make}\n{ARTICLES}".split(";\n"):
            if statement.strip():
                cursor.execute(statement)
        cursor.execute("SET sql_mode = @before")
        check("mysql", articles(shop("mysql")), run)
