"""The grammar accepts forms, and no name, type or construct that forms lack."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from mome.catalog import Catalog, Table
from mome.forms.forms import Forms
from mome.grammar.form_grammar import form_grammar
from mome.linking.slice import Slice

Accepts = Callable[[Catalog, str], bool]


@pytest.fixture(scope="module")
def shop(make_table: Callable[..., Table], make_catalog: Callable[..., Catalog]) -> Catalog:
    return make_catalog(
        make_table("customer", "id integer!, name text, Full Name text, born date"),
        make_table(
            "orders",
            "id integer!, customer_id integer, total number, placed date",
            {"customer_id": "customer.id"},
        ),
        make_table("staff", "id integer!, name text, boss_id integer", {"boss_id": "staff.id"}),
    )


@pytest.mark.parametrize(
    "form",
    [
        "NONE",
        "SELECT COUNT(*) FROM customer",
        "SELECT customer.* WHERE orders.total > 12.5",
        'SELECT customer."Full Name", SUM(orders.total) GROUP BY customer."Full Name"',
        "SELECT staff.name, staff.boss_id.name",
        "SELECT orders.id WHERE DURING(orders.placed, '2024-Q2')",
        "SELECT orders.customer_id.name WHERE DURING(orders.customer_id.born, '1990', '1999')",
        "SELECT customer.name WHERE NO(orders, DURING(orders.placed, 'last 30 days'))",
        "SELECT customer.name QUALIFY TOP(3, SUM(orders.total))",
        "SELECT TRUNC(orders.placed, 'month'), COUNT(*) GROUP BY TRUNC(orders.placed, 'month')",
        "SELECT orders.id WHERE orders.total > (SELECT AVG(orders.total))",
        "SELECT customer.name WHERE customer.name LIKE '%d''Or%' ORDER BY customer.name LIMIT 3",
        "SELECT customer.name UNION SELECT staff.name",
        "SELECT CASE WHEN orders.total > 10 THEN 'high' ELSE 'low' END",
    ],
)
def test_forms_are_accepted(accepts_form: Accepts, shop: Catalog, form: str) -> None:
    assert accepts_form(shop, form)
    if form != "NONE":
        Forms(shop).decode(form)


def test_a_column_needs_no_table_where_its_name_is_unique(
    accepts_form: Accepts, shop: Catalog
) -> None:
    assert accepts_form(shop, "SELECT SUM(total) WHERE DURING(placed, '2024') GROUP BY born")
    assert accepts_form(shop, 'SELECT "Full Name"')
    assert not accepts_form(shop, "SELECT name"), "of two tables"
    assert not accepts_form(shop, "SELECT SUM(placed)")


@pytest.mark.parametrize(
    "form",
    [
        "SELECT customer.age",
        "SELECT invoice.id",
        "SELECT name",
        "SELECT customer.boss_id.name",
        "SELECT SUM(customer.name)",
        "SELECT customer.name WHERE DURING(customer.name, '2024')",
        "SELECT orders.id WHERE DURING(orders.placed, 'soon')",
        "SELECT LOAD_EXTENSION(customer.name)",
        "SELECT customer.name; DROP TABLE customer",
        "DELETE FROM customer",
        "SELECT customer.name WHERE TOP(3, customer.name)",
        "SELECT customer.name WHERE",
    ],
)
def test_other_texts_are_refused(accepts_form: Accepts, shop: Catalog, form: str) -> None:
    # SQLite converts texts in sums.
    strict = replace(shop, dialect="duckdb")
    assert not accepts_form(strict, form)


def test_tables_that_are_not_shown_have_no_names(
    shop: Catalog,
) -> None:
    tables = [entry for entry in Slice.whole(shop).tables if entry.table.name != "customer"]
    grammar = form_grammar(tables, shop.dialect)
    assert not re.search(r"customer\.", grammar)
    assert "orders.customer_id" in grammar
