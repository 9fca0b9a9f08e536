"""Another value, and conditions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

FRENCH = "SELECT name FROM customer WHERE country = 'France'"
BY_COUNTRY = "SELECT country, COUNT(*) FROM customer GROUP BY country"
IN_2024 = "SELECT SUM(total) FROM orders WHERE placed >= '2024-01-01' AND placed < '2025-01-01'"


@pytest.mark.parametrize(
    ("before", "follow_up", "after"),
    [
        (FRENCH, "What about Germany?", "SELECT name FROM customer WHERE country = 'Germany'"),
        (FRENCH, "and Spain?", "SELECT name FROM customer WHERE country = 'Spain'"),
        (FRENCH, "Same for 'Germny', please.",
         "SELECT name FROM customer WHERE country = 'Germany'"),
        (FRENCH, "Not from France", "SELECT name FROM customer WHERE country <> 'France'"),
        (FRENCH, "only the ones older than 30", f"{FRENCH} AND age > 30"),
        (FRENCH, "Of these, which are at least 30 years old?", f"{FRENCH} AND age >= 30"),
        ("SELECT name FROM customer", "just those from France or Spain",
         "SELECT name FROM customer WHERE country IN ('France', 'Spain')"),
        ("SELECT name FROM customer", "everyone except Ada", None),
        ("SELECT name FROM customer", "those whose orders are all paid", None),
        (BY_COUNTRY, "Only those with more than 1", f"{BY_COUNTRY} HAVING COUNT(*) > 1"),
        (IN_2024, "only for Germany",
         "SELECT SUM(orders.total) FROM orders JOIN customer ON orders.customer_id = customer.id "
         "WHERE orders.placed >= '2024-01-01' AND orders.placed < '2025-01-01' AND "
         "customer.country = 'Germany'"),
    ],
)  # fmt: skip
def test_values_change_conditions(
    edit: Callable[..., str | None], before: str, follow_up: str, after: str | None
) -> None:
    assert edit(before, follow_up) == after
