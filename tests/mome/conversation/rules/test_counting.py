"""How many there are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

FRENCH = "SELECT name FROM customer WHERE country = 'France'"


@pytest.mark.parametrize(
    ("before", "follow_up", "after"),
    [
        (FRENCH, "How many are there?", "SELECT COUNT(*) FROM customer WHERE country = 'France'"),
        (FRENCH, "Give me the count of them.",
         "SELECT COUNT(*) FROM customer WHERE country = 'France'"),
        ("SELECT DISTINCT country FROM customer", "how many exist?",
         "SELECT COUNT(DISTINCT country) FROM customer"),
        ("SELECT customer.name FROM customer JOIN orders ON customer.id = orders.customer_id "
         "WHERE orders.status = 'open'", "How many is that?",
         "SELECT COUNT(*) FROM orders JOIN customer ON orders.customer_id = customer.id "
         "WHERE orders.status = 'open'"),
        ("SELECT country FROM customer GROUP BY country HAVING COUNT(*) > 1", "how many are there?",
         "SELECT COUNT(*) FROM (SELECT country AS c1 FROM customer GROUP BY country HAVING "
         "COUNT(*) > 1) AS counted"),
        ("SELECT COUNT(*) FROM customer", "How many are there?", None),
        (FRENCH, "How many of those have open orders?", None),
    ],
)  # fmt: skip
def test_rows_are_counted(
    edit: Callable[..., str | None], before: str, follow_up: str, after: str | None
) -> None:
    assert edit(before, follow_up) == after
