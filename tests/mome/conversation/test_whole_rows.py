"""Whole rows for a question that names nothing of them."""

from __future__ import annotations

import pytest

from mome.conversation.whole_rows import whole_rows
from mome.forms.forms import Forms
from mome.linking.slice import Linker

NAMES = "SELECT name FROM customer"
ADULTS = "SELECT name FROM customer WHERE age > 30"


@pytest.mark.parametrize(
    ("question", "answer", "after"),
    [
        ("Show all customers", NAMES, "SELECT * FROM customer"),
        ("find all the customers who are older than 30", ADULTS,
         "SELECT * FROM customer WHERE age > 30"),
        ("Sort all customers by age", f"{NAMES} ORDER BY age",
         "SELECT * FROM customer ORDER BY age"),
        ("show all customer info", NAMES, "SELECT * FROM customer"),
        ("show the orders costing more than 9", "SELECT status FROM orders WHERE total > 9",
         "SELECT * FROM orders WHERE total > 9"),
        ("Which orders cost more than 9?", "SELECT status FROM orders WHERE total > 9",
         "SELECT * FROM orders WHERE total > 9"),
        ("Which customers are older than 30?", ADULTS, None),
        # A name is asked for, or something else than names is shown.
        ("Show all customer names", NAMES, None),
        ("Show the customers with their name", NAMES, None),
        ("Which customers are there?", NAMES, None),
        ("Show all countries", "SELECT DISTINCT country FROM customer", None),
        ("List the customers by age", "SELECT name, age FROM customer ORDER BY age", None),
        ("Show all customers", "SELECT COUNT(*) FROM customer", None),
        ("Show all customers", "SELECT * FROM customer", None),
        ("Show all customers with an order",
         "SELECT customer.name FROM customer JOIN orders ON customer.id = orders.customer_id",
         None),
    ],
)  # fmt: skip
def test_whole_rows(
    shop_linker: Linker, shop_forms: Forms, question: str, answer: str, after: str | None
) -> None:
    tree = whole_rows(question, shop_forms.read(answer), shop_linker.catalog)
    assert (None if tree is None else shop_forms.write(tree)) == after
