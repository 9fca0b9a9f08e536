"""Groups, percentages and what is left out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

BY_COUNTRY = "SELECT country, COUNT(*) FROM customer GROUP BY country"
FRENCH = "SELECT name FROM customer WHERE country = 'France'"


@pytest.mark.parametrize(
    ("before", "follow_up", "after"),
    [
        ("SELECT SUM(total) FROM orders", "and by month?",
         "SELECT DATE(placed, 'start of month'), SUM(total) FROM orders GROUP BY DATE(placed, "
         "'start of month') ORDER BY DATE(placed, 'start of month')"),
        ("SELECT SUM(total) FROM orders", "by customer",
         "SELECT customer.name, SUM(orders.total) FROM customer JOIN orders ON customer.id = "
         "orders.customer_id GROUP BY customer.id, customer.name"),
        ("SELECT SUM(total) FROM orders", "per country",
         "SELECT customer.country, SUM(orders.total) FROM customer JOIN orders ON customer.id = "
         "orders.customer_id GROUP BY customer.country"),
        ("SELECT COUNT(*) FROM customer", "How many are there for each country?", BY_COUNTRY),
        (FRENCH, "by age",
         "SELECT age, COUNT(*) FROM customer WHERE country = 'France' GROUP BY age"),
        (BY_COUNTRY, "by age instead", "SELECT age, COUNT(*) FROM customer GROUP BY age"),
        (BY_COUNTRY, "also by age",
         "SELECT country, age, COUNT(*) FROM customer GROUP BY country, age"),
        (BY_COUNTRY, "as percent",
         "SELECT country, 100.0 * COUNT(*) / SUM(COUNT(*)) OVER () FROM customer GROUP BY country"),
        (FRENCH, "as percent", None),
        ("SELECT status, COUNT(*), SUM(total), AVG(total) FROM orders GROUP BY status",
         "drop the revenue", "SELECT status, COUNT(*), AVG(total) FROM orders GROUP BY status"),
        (BY_COUNTRY, "drop the count", "SELECT country FROM customer GROUP BY country"),
        ("SELECT name, age FROM customer", "Remove the age", "SELECT name FROM customer"),
        (FRENCH, "without the filter", "SELECT name FROM customer"),
        ("SELECT name FROM customer ORDER BY age LIMIT 3", "drop the limit",
         "SELECT name FROM customer ORDER BY age"),
        ("SELECT name FROM customer", "drop the age", None),
    ],
)  # fmt: skip
def test_groups(
    edit: Callable[..., str | None], before: str, follow_up: str, after: str | None
) -> None:
    assert edit(before, follow_up) == after
