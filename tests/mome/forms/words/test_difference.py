"""In what another reading differs from the first, in words."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest

from mome.catalog import Catalog, Table
from mome.forms.forms import Forms
from mome.forms.words.difference import SAME, difference

PLACED = "SELECT COUNT(*) WHERE DURING(orders.placed, '2024')"
DIFFERENCES = [
    (
        PLACED,
        "SELECT COUNT(*) WHERE DURING(orders.shipped, '2024')",
        "Where shipped in 2024 instead of placed in 2024.",
    ),
    (PLACED, "SELECT COUNT(*) FROM orders", "Not only where placed in 2024."),
    (
        PLACED,
        "SELECT COUNT(*), SUM(orders.total) WHERE DURING(orders.placed, '2024') "
        "AND orders.status = 'paid'",
        "Also shows total; only where status is 'paid'.",
    ),
    (
        "SELECT customer.first_name",
        "SELECT customer.first_name WHERE NO(orders, orders.status = 'paid')",
        "Only without orders where status is 'paid'.",
    ),
    (
        "SELECT product.name ORDER BY product.price DESC LIMIT 1",
        "SELECT product.name ORDER BY product.price DESC LIMIT 1 OFFSET 2",
        "After the first 2 rows.",
    ),
    (
        "SELECT product.name ORDER BY product.price DESC LIMIT 1",
        "SELECT product.name ORDER BY product.price LIMIT 3",
        "Ordered by price instead of price (highest first); at most 3 rows instead of "
        "at most 1 row.",
    ),
    (
        "SELECT customer.country, COUNT(*) FROM orders GROUP BY customer.country",
        "SELECT customer.country, COUNT(*) FROM customer GROUP BY customer.country",
        "Shows number of customers instead of number of orders.",
    ),
    (
        "SELECT COUNT(*) WHERE played.home_id.name = 'Owls'",
        "SELECT COUNT(*) WHERE played.away_id.name = 'Owls'",
        "Where team name is 'Owls' instead of name of home is 'Owls'.",
    ),
    # Nested queries are told too.
    (
        "SELECT customer.first_name WHERE customer.id IN (SELECT orders.customer_id)",
        "SELECT customer.first_name WHERE customer.id IN (SELECT orders.customer_id "
        "WHERE orders.total > 9)",
        "Where customer id is among (orders customer id, where total is more than 9) instead of "
        "customer id is among (orders customer id).",
    ),
    # Which rows there are, though no column says so.
    (
        "SELECT customer.first_name",
        "SELECT customer.first_name FROM orders",
        "Also joined with orders.",
    ),
    (
        "SELECT customer.first_name",
        "SELECT customer.first_name UNION SELECT product.name",
        "Shows first name, together with: shows product name.",
    ),
    (PLACED, PLACED, SAME),
    # The words are the same, the forms are not.
    (
        "SELECT COUNT(*) FROM orders",
        "SELECT COUNT(orders.id)",
        "COUNT(orders.id) instead of COUNT(*) and FROM orders.",
    ),
]


@pytest.mark.parametrize(("first", "other", "words"), DIFFERENCES)
def test_a_reading_is_told_apart(
    shop: tuple[Catalog, sqlite3.Connection], first: str, other: str, words: str
) -> None:
    forms = Forms(shop[0])
    trees = [forms.read(forms.decode(form)) for form in (first, other)]
    assert difference(*trees, shop[0]) == words


def test_tables_of_one_name_are_told_apart_by_their_schema(
    make_table: Callable[..., Table], make_catalog: Callable[..., Catalog]
) -> None:
    columns = "id integer!, total number"
    tables = [make_table("orders", columns, schema=schema) for schema in ("sales", "archive")]
    catalog = make_catalog(*tables, dialect="postgres")
    forms = Forms(catalog)
    first = forms.read("SELECT MAX(total), COUNT(*) FROM sales.orders")
    other = forms.read("SELECT MAX(total), COUNT(*) FROM archive.orders")
    assert difference(first, other, catalog) == (
        "Shows highest archive orders total and number of archive orders instead of "
        "highest sales orders total and number of sales orders."
    )
