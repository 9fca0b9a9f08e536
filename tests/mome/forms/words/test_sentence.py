"""Forms in plain words."""

from __future__ import annotations

import sqlite3

import pytest

from mome.catalog import Catalog
from mome.forms.forms import Forms
from mome.forms.words.sentence import column_names, sentence

SENTENCES = {
    "SELECT COUNT(*) WHERE DURING(orders.placed, '2024-Q2')": (
        "Shows number of orders, where placed in the second quarter of 2024."
    ),
    "SELECT orders.total WHERE DURING(orders.placed, '2024-02-29')": (
        "Shows total, where placed on 29 February 2024."
    ),
    "SELECT visit.id WHERE DURING(visit.seen, 'last 30 days') OR DURING(visit.seen, 'this week')": (
        "Shows visit id, where seen in the last 30 days or seen this week."
    ),
    "SELECT customer.first_name WHERE NO(orders, orders.status = 'paid')": (
        "Shows first name, without orders where status is 'paid'."
    ),
    "SELECT customer.first_name WHERE FILLED(customer.left_at) AND NOT customer.country IN "
    "('France', 'Spain')": (
        "Shows first name, where left at is not empty and "
        "not (country is one of 'France', 'Spain')."
    ),
    "SELECT product.category, product.name QUALIFY TOP(2, product.price, product.category)": (
        "Shows category, product name, only the 2 highest price of each category."
    ),
    "SELECT employee.name QUALIFY NTH(2, employee.salary)": (
        "Shows employee name, only the second highest salary."
    ),
    "SELECT customer.country, COUNT(*) FROM orders GROUP BY customer.country "
    "HAVING COUNT(*) > 2 ORDER BY COUNT(*) DESC LIMIT 1": (
        "Shows country, number of orders, for each country, keeping those where number of orders "
        "is more than 2, ordered by number of orders (highest first), at most 1 row."
    ),
    "SELECT product.name WHERE product.price > (SELECT AVG(product.price)) LIMIT 2 OFFSET 4": (
        "Shows product name, where price is more than (average price), at most 2 rows, "
        "after the first 4 rows."
    ),
    "SELECT customer.first_name WHERE NOT customer.id IN (SELECT payment.customer_id)": (
        "Shows first name, where not (customer id is among (payment customer id))."
    ),
    "SELECT customer.first_name FROM customer LEFT JOIN orders": (
        "Shows first name, joined with orders where there is one."
    ),
    "SELECT customer.id EXCEPT SELECT orders.customer_id": (
        "Shows customer id, but not: shows orders customer id."
    ),
}
NAMES = {
    "COUNT(DISTINCT orders.customer_id)": "number of different customers",
    "SUM(payment.amount)": "total amount",
    "SUM(orders.total)": "total",
    "AVG(PER(COUNT(*), orders.customer_id))": "average number of orders per customer",
    "PERCENT(orders.status = 'returned')": "percentage of orders where status is 'returned'",
    "SUM_IF(payment.amount, DURING(payment.paid_at, '2024'))": (
        "total amount where paid at in 2024"
    ),
    "MEDIAN(product.price)": "median price",
    "PERCENTILE(product.price, 0.9)": "90th percentile of price",
    "played.home_id.name": "name of home",
    "ELAPSED(orders.placed, orders.shipped, 'day')": "days from placed to shipped",
    "CASE WHEN product.price > 9 THEN 'dear' ELSE 'cheap' END": "dear or cheap",
    "SUM(orders.total) / COUNT(*)": "total for each of the orders",
    "SUM(item.quantity * (1 - product.price))": "total quantity times (1 minus price)",
    "(SELECT COUNT(*) FROM orders)": "number of orders",
    "REPLACE(product.name, 'a', 'b')": "REPLACE(product.name, 'a', 'b')",
    "customer.*": "all details of customer",
}


@pytest.mark.parametrize(("form", "words"), SENTENCES.items(), ids=SENTENCES.values())
def test_a_form_in_words(shop: tuple[Catalog, sqlite3.Connection], form: str, words: str) -> None:
    forms = Forms(shop[0])
    assert sentence(forms.read(forms.decode(form)), shop[0]) == words


@pytest.mark.parametrize(("shown", "name"), NAMES.items(), ids=NAMES.values())
def test_a_column_is_called(
    shop: tuple[Catalog, sqlite3.Connection], shown: str, name: str
) -> None:
    forms = Forms(shop[0])
    tree = forms.read(forms.decode(f"SELECT {shown}"))
    assert column_names(tree, shop[0]) == [name]


def test_columns_over_time_are_called_after_what_they_compare(
    shop: tuple[Catalog, sqlite3.Connection],
) -> None:
    forms = Forms(shop[0])
    form = (
        "SELECT YEAR(orders.placed), GROWTH(COUNT(*)), RUNNING(COUNT(*)), MOVING(COUNT(*), 3) "
        "GROUP BY YEAR(orders.placed)"
    )
    assert column_names(forms.read(forms.decode(form)), shop[0]) == [
        "year of placed",
        "growth of number of orders",
        "running total of number of orders",
        "average number of orders over 3 periods",
    ]


def test_growth_in_percent_of_months_as_texts_is_called_so(
    shop: tuple[Catalog, sqlite3.Connection],
) -> None:
    forms = Forms(shop[0])
    month = "DATE_TEXT(orders.placed, '%Y-%m')"
    form = f"SELECT {month}, 100 * GROWTH(COUNT(*)), RUNNING(COUNT(*)) GROUP BY {month}"
    sql = forms.decode(form)
    assert forms.decode(forms.encode(sql)) == sql
    assert column_names(forms.read(sql), shop[0]) == [
        "month of placed",
        "growth of number of orders in percent",
        "running total of number of orders",
    ]
