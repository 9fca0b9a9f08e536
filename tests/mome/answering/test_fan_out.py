"""Sums and averages over joins: which ones repeat rows, and what the database says of that."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlglot import exp

from mome.answering.candidates import Checked, Checker
from mome.answering.fan_out import FanOut, fan_outs
from mome.backbones.base import Candidate
from mome.catalog import Catalog, Column, Table
from mome.execution import open_executor
from mome.linking.values import ValueIndex
from mome.sql_tree import parsed

SCRIPT = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, credit REAL);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER, total REAL);
CREATE TABLE lines (id INTEGER PRIMARY KEY, order_id INTEGER, product_id INTEGER, pieces INTEGER);
CREATE TABLE products (id INTEGER PRIMARY KEY, kind TEXT, price REAL);
CREATE TABLE payments (id INTEGER PRIMARY KEY, customer_id INTEGER, amount REAL);
INSERT INTO customers VALUES (1, 'Ann', 50), (2, 'Bob', 70);
INSERT INTO orders VALUES (1, 1, 30), (2, 1, 20), (3, 2, 10);
INSERT INTO lines VALUES (1, 1, 1, 2), (2, 1, 2, 1), (3, 2, 1, 1), (4, 3, 2, 5);
INSERT INTO products VALUES (1, 'book', 5), (2, 'pen', 2);
INSERT INTO payments VALUES (1, 1, 30), (2, 1, 15), (3, 2, 10);
"""
COLUMNS = {
    "customers": "id name credit",
    "orders": "id customer_id total",
    "lines": "id order_id product_id pieces",
    "products": "id kind price",
    "payments": "id customer_id amount",
}


def table(name: str) -> Table:
    columns = tuple(Column(column, "INTEGER", "integer") for column in COLUMNS[name].split())
    return Table(None, name, "table", None, None, columns, primary_key=("id",))


CATALOG = Catalog("sqlite", "sqlite", "shop.sqlite", "", tuple(map(table, COLUMNS)))
ORDERS_LINES = "FROM orders JOIN lines ON lines.order_id = orders.id"
ORDERS_PAYMENTS = (
    "FROM orders JOIN customers ON orders.customer_id = customers.id "
    "JOIN payments ON payments.customer_id = customers.id"
)


def found(sql: str) -> list[FanOut]:
    tree = parsed(sql, "sqlite")
    assert tree is not None
    return fan_outs(tree, CATALOG)


@pytest.mark.parametrize(
    ("sql", "repeated_by", "is_crossing"),
    [
        (f"SELECT SUM(orders.total) {ORDERS_LINES}", "lines", False),
        ("SELECT AVG(total) FROM orders, lines WHERE order_id = orders.id", "lines", False),
        (
            "SELECT AVG(o.total) FROM orders AS o, lines AS l WHERE l.order_id = o.id",
            "lines",
            False,
        ),
        (
            "SELECT SUM(c.credit) FROM customers c JOIN orders o ON o.customer_id = c.id",
            "orders",
            False,
        ),
        (f"SELECT SUM(orders.total) {ORDERS_PAYMENTS}", "payments", True),
        (f"SELECT SUM(payments.amount) {ORDERS_PAYMENTS}", "orders", True),
        (
            "SELECT SUM(total * 2) FROM orders JOIN payments USING (customer_id)",
            "payments",
            False,
        ),
    ],
)
def test_rows_may_repeat(sql: str, repeated_by: str, is_crossing: bool) -> None:
    (fan_out,) = found(sql)
    assert (fan_out.repeated_by.key, fan_out.is_crossing) == (repeated_by, is_crossing)


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT SUM(lines.pieces) {ORDERS_LINES}",
        f"SELECT COUNT(*) {ORDERS_LINES}",
        f"SELECT SUM(DISTINCT orders.total) {ORDERS_LINES}",
        f"SELECT MAX(orders.total) {ORDERS_LINES}",
        "SELECT SUM(l.pieces * p.price) FROM lines l JOIN products p ON l.product_id = p.id",
        "SELECT SUM(total) FROM orders WHERE id IN (SELECT order_id FROM lines)",
        "SELECT SUM(o.total) OVER () FROM orders o JOIN lines l ON l.order_id = o.id",
    ],
)
def test_rows_do_not_repeat(sql: str) -> None:
    assert found(sql) == []


@pytest.mark.parametrize(
    ("question", "asked"),
    [("the total of all orders", False), ("the total of all order lines", True)],
)
def test_a_question_may_ask_for_the_repeated_rows(question: str, asked: bool) -> None:
    (fan_out,) = found(f"SELECT SUM(orders.total) {ORDERS_LINES}")
    assert fan_out.is_asked(question) is asked
    (crossing,) = found(f"SELECT SUM(orders.total) {ORDERS_PAYMENTS}")
    assert not crossing.is_asked("the total of the orders by payments")


def test_a_probe_groups_as_the_query_does() -> None:
    (fan_out,) = found(f"SELECT lines.product_id AS p, SUM(orders.total) {ORDERS_LINES} GROUP BY 1")
    probe = fan_out.probe()
    assert isinstance(probe, exp.Select)
    assert probe.sql("sqlite") == (
        f"SELECT 1 {ORDERS_LINES} GROUP BY lines.product_id, orders.id HAVING COUNT(*) > 1 LIMIT 1"
    )


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(SCRIPT)
    connection.close()
    return path


def checked(
    shop: Path, sql: str, question: str, *, connected: bool = True
) -> tuple[list[Checked], str]:
    with open_executor(shop) as executor:
        checker = Checker(CATALOG, ValueIndex([]), (), executor if connected else None)
        return checker.check([Candidate(sql, -0.1, 0.8)], question)


def test_a_sum_that_repeats_stored_rows_is_doubtful_and_says_so(shop: Path) -> None:
    (answer,), _ = checked(shop, f"SELECT SUM(orders.total) {ORDERS_LINES}", "total of all orders")
    assert answer.notes == ("it counts orders.total once for every row of lines",)
    assert answer.share < 0.3


def test_a_sum_of_rows_that_are_stored_once_is_sure(shop: Path) -> None:
    sql = f"SELECT SUM(orders.total) {ORDERS_LINES} WHERE lines.pieces = 5"
    (answer,), _ = checked(shop, sql, "total of orders of 5 pieces")
    assert answer.notes == () and answer.share == pytest.approx(0.8)
    sql = f"SELECT lines.product_id, SUM(orders.total) {ORDERS_LINES} GROUP BY lines.product_id"
    (answer,), _ = checked(shop, sql, "total by product")
    assert answer.notes == () and answer.share == pytest.approx(0.8)


def test_a_sum_across_two_lists_of_a_customer_is_refused(shop: Path) -> None:
    sql = f"SELECT SUM(orders.total), SUM(payments.amount) {ORDERS_PAYMENTS}"
    answers, reason = checked(shop, sql, "orders and payments in total")
    assert answers == []
    assert reason == "it counts orders.total once for every row of payments"


def test_without_a_database_the_note_is_all_that_can_be_said(shop: Path) -> None:
    sql = f"SELECT SUM(orders.total) {ORDERS_LINES}"
    (answer,), _ = checked(shop, sql, "total of all orders", connected=False)
    assert answer.notes == ("it counts orders.total once for every row of lines",)
    assert answer.share == pytest.approx(0.8)
