"""Two forms in one: of the answer before, and of a question about the same rows."""

from __future__ import annotations

import pytest
from sqlglot import exp

from mome.conversation.composing import either, ordered, restricted, shown
from mome.forms.forms import Forms

FRENCH = "SELECT name FROM customer WHERE country = 'France'"
OPEN = (
    "SELECT customer.name FROM customer JOIN orders ON customer.id = orders.customer_id "
    "WHERE orders.status = 'open'"
)
TOP = "SELECT name FROM customer ORDER BY age DESC LIMIT 3"


def sql(forms: Forms, tree: exp.Query | None) -> str | None:
    return None if tree is None else forms.write(tree)


def test_the_conditions_of_both_hold(shop_forms: Forms) -> None:
    tree = restricted(shop_forms.read(FRENCH), shop_forms.read(OPEN))
    assert sql(shop_forms, tree) == (
        "SELECT customer.name FROM customer JOIN orders ON customer.id = orders.customer_id "
        "WHERE customer.country = 'France' AND orders.status = 'open'"
    )


def test_groups_are_restricted_by_their_figures(shop_forms: Forms) -> None:
    asked = (
        "SELECT customer.id FROM customer JOIN orders ON customer.id = orders.customer_id "
        "GROUP BY customer.id HAVING COUNT(*) > 1"
    )
    tree = restricted(shop_forms.read(FRENCH), shop_forms.read(asked))
    assert sql(shop_forms, tree) == (
        "SELECT customer.name FROM customer JOIN orders ON customer.id = orders.customer_id "
        "WHERE customer.country = 'France' GROUP BY customer.id HAVING COUNT(*) > 1"
    )


def test_the_first_rows_are_not_restricted(shop_forms: Forms) -> None:
    assert restricted(shop_forms.read(TOP), shop_forms.read(FRENCH)) is None


@pytest.mark.parametrize(
    ("before", "asked", "adds", "after"),
    [
        (FRENCH, "SELECT AVG(age) FROM customer", False,
         "SELECT AVG(age) FROM customer WHERE country = 'France'"),
        (FRENCH, "SELECT age FROM customer", True,
         "SELECT name, age FROM customer WHERE country = 'France'"),
        (FRENCH, "SELECT age FROM customer WHERE country = 'Spain'", False,
         "SELECT age FROM customer WHERE country = 'Spain'"),
        (TOP, "SELECT country FROM customer", False,
         "SELECT country FROM customer ORDER BY age DESC LIMIT 3"),
        (TOP, "SELECT COUNT(*) FROM customer", False, None),
    ],
)  # fmt: skip
def test_other_columns_of_the_rows_before(
    shop_forms: Forms, before: str, asked: str, adds: bool, after: str | None
) -> None:
    tree = shown(shop_forms.read(before), shop_forms.read(asked), adds=adds)
    assert sql(shop_forms, tree) == after


def test_the_order_of_the_other(shop_forms: Forms) -> None:
    asked = (
        "SELECT customer.id, COUNT(*) FROM customer JOIN orders ON customer.id = "
        "orders.customer_id GROUP BY customer.id ORDER BY COUNT(*) DESC"
    )
    tree = ordered(shop_forms.read(FRENCH), shop_forms.read(asked))
    assert sql(shop_forms, tree) == (
        "SELECT customer.name FROM customer JOIN orders ON customer.id = orders.customer_id "
        "WHERE customer.country = 'France' GROUP BY customer.name ORDER BY COUNT(*) DESC"
    )


def test_the_rows_of_either(shop_forms: Forms) -> None:
    spain = "SELECT name FROM customer WHERE country = 'Spain'"
    tree = either(shop_forms.read(FRENCH), shop_forms.read(spain))
    assert sql(shop_forms, tree) == (
        "SELECT name FROM customer WHERE country = 'France' OR country = 'Spain'"
    )
