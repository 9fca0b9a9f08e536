"""The joins that an answer rests on, and the rows that they leave out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlglot

from mome.answering.basis import Basis, basis
from mome.answering.left_out import Term
from mome.answering.live_checks import LiveChecks
from mome.answering.translation import Join
from mome.catalog import Catalog, Column, ForeignKey, Table
from mome.execution import open_executor

SCHEMA = """
CREATE TABLE city (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city_id INTEGER);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customer, total REAL);
INSERT INTO city VALUES (1, 'Rome');
INSERT INTO customer VALUES (1, 'Ada', 1), (2, 'Ben', 7);
INSERT INTO orders VALUES (1, 1, 5), (2, 2, 6), (3, NULL, 70), (4, NULL, 8);
"""


def column(name: str, *, nullable: bool = True) -> Column:
    return Column(name, "INTEGER", "integer", nullable)


CATALOG = Catalog(
    "sqlite",
    "sqlite",
    "",
    "x",
    (
        Table(None, "city", "table", None, 1, (column("id"), column("name")), ("id",)),
        Table(
            None,
            "customer",
            "table",
            None,
            2,
            (column("id"), column("name"), column("city_id", nullable=False)),
            ("id",),
            foreign_keys=(ForeignKey(("city_id",), "city", ("id",), inferred=True),),
        ),
        Table(
            None,
            "orders",
            "table",
            None,
            4,
            (column("id"), column("customer_id"), column("total")),
            ("id",),
            foreign_keys=(ForeignKey(("customer_id",), "customer", ("id",)),),
        ),
    ),
)
ORDERS = "FROM orders JOIN customer ON orders.customer_id = customer.id"


@pytest.fixture
def live(tmp_path: Path) -> Iterator[LiveChecks]:
    path = tmp_path / "shop.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA)
    connection.close()
    with open_executor(path) as executor:
        yield LiveChecks(CATALOG, executor)


def found(live: LiveChecks, sql: str, question: str = "", terms: tuple[Term, ...] = ()) -> Basis:
    assert sqlglot.parse_one(sql)
    return basis(question, sql, CATALOG, terms, live)


def test_joins_are_declared_inferred_or_by_no_key(live: LiveChecks) -> None:
    sql = (
        f"SELECT city.name {ORDERS} JOIN city ON customer.city_id = city.id "
        "WHERE orders.id IN (SELECT o.id FROM orders AS o JOIN city AS c ON o.total = c.id)"
    )
    assert found(live, sql).joins == (
        Join("orders.customer_id = customer.id", "declared"),
        Join("customer.city_id = city.id", "inferred"),
        Join("orders.total = city.id", "no key"),
    )


@pytest.mark.parametrize(
    ("sql", "notes"),
    [
        (
            f"SELECT customer.name, SUM(orders.total) {ORDERS} GROUP BY customer.name",
            ("2 rows of orders without a row of customer are left out",),
        ),
        (
            f"SELECT customer.name {ORDERS} WHERE total > 50",
            ("1 row of orders without a row of customer is left out",),
        ),
        # All of them name a customer.
        (f"SELECT customer.name {ORDERS} WHERE total < 7", ()),
        # The question asks for customers of a name alone.
        (f"SELECT orders.id {ORDERS} WHERE customer.name = 'Ada'", ()),
        ("SELECT c.name FROM orders AS o LEFT JOIN customer AS c ON o.customer_id = c.id", ()),
        # No key ensures that the city is there.
        (
            "SELECT city.name FROM customer AS c JOIN city ON c.city_id = city.id",
            ("1 row of customer without a row of city is left out",),
        ),
        ("SELECT COUNT(*) FROM orders", ()),
    ],
)
def test_rows_that_a_join_leaves_out_are_counted(
    live: LiveChecks, sql: str, notes: tuple[str, ...]
) -> None:
    assert found(live, sql).notes == notes


def test_without_a_database_nothing_is_counted() -> None:
    sql = f"SELECT customer.name {ORDERS}"
    assert found(LiveChecks(CATALOG, None), sql).notes == ()


def test_terms_are_those_that_the_question_says_and_the_query_uses(live: LiveChecks) -> None:
    terms = (
        Term("revenue", frozenset({"orders.total"})),
        Term("headcount", frozenset({"customer.id"})),
    )
    sql = "SELECT SUM(total) FROM orders"
    assert found(live, sql, "What is our revenue?", terms).terms == ("revenue",)
    assert found(live, sql, "What is the sum?", terms).terms == ()
