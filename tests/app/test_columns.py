from __future__ import annotations

import re

import pytest

from app.answers import run
from app.columns import Shown, named, shown_columns, value_text
from app.units import Unit, unit_of
from mome.catalog import Catalog, Column
from mome.execution import Executor

REVENUE = "SUM(order_line.quantity * order_line.unit_price * (1 - order_line.discount))"


def columns_of(sql: str, catalog: Catalog, executor: Executor) -> tuple[Shown, ...]:
    outcome = run(sql, catalog, lambda: executor)
    assert outcome.query is not None and outcome.result is not None
    return shown_columns(outcome.query, outcome.result.columns, catalog)


@pytest.mark.parametrize(
    ("sql", "titles"),
    [
        ("SELECT birth_year, COUNT(*) FROM author GROUP BY 1", ["birth year", "number of authors"]),
        ("SELECT name FROM genre", ["genre"]),
        ("SELECT title, price FROM book", ["book", "price (money)"]),
        ("SELECT AVG(salary) FROM employee", ["average salary (money)"]),
        ("SELECT AVG(discount) FROM order_line", ["average discount (%)"]),
        (
            "SELECT DATE(ordered_on, 'start of month'), COUNT(*) FROM orders GROUP BY 1",
            ["month (ordered on)", "number of orders"],
        ),
        ("SELECT STRFTIME('%Y-%m', ordered_on) FROM orders", ["month (ordered on)"]),
        ("SELECT pages FROM book", ["pages"]),
        ("SELECT * FROM genre", ["genre code", "name"]),
        ("SELECT COUNT(*) AS n FROM genre UNION SELECT 1", ["n"]),
        (
            "SELECT a.name, b.name FROM author AS a JOIN author AS b ON a.author_id = b.author_id",
            ["a author", "b author"],
        ),
    ],
)
def test_titles_are_words_with_units(
    sql: str, titles: list[str], catalog: Catalog, executor: Executor
) -> None:
    sql = sql.replace("GROUP BY 1", f"GROUP BY {sql[7:].split(', COUNT')[0]}")
    assert [column.axis for column in columns_of(sql, catalog, executor)] == titles


@pytest.mark.parametrize(
    "expression",
    [
        "COUNT(*)",
        "SUM(stock) * 2 + MAX(price)",
        "GROUP_CONCAT(title)",
        "CASE WHEN COUNT(*) > 3 THEN 1 ELSE 0 END",
        "ROUND(AVG(price), 1)",
        "COUNT(DISTINCT author_id)",
    ],
)
def test_no_title_has_the_name_of_a_function(
    expression: str, catalog: Catalog, executor: Executor
) -> None:
    (column,) = columns_of(f"SELECT {expression} FROM book", catalog, executor)
    assert not re.search(r"\w\(|\w\.\w|[*_]", column.axis), column.axis


def test_sums_and_counts_add_up_and_averages_do_not(catalog: Catalog, executor: Executor) -> None:
    sql = f"SELECT COUNT(*), {REVENUE}, AVG(quantity), COUNT(DISTINCT book_id) FROM order_line"
    found = columns_of(sql, catalog, executor)
    assert [column.adds_up for column in found] == [True, True, False, False]
    assert found[1].unit.form == "money"


@pytest.mark.parametrize(
    ("name", "comment", "unit"),
    [
        ("price_eur", None, Unit("money", "EUR")),
        ("total", "Total in US dollars, before tax. In dollars", Unit("money", "USD")),
        ("length", "in metres", Unit(name="m")),
        ("weight", "Weight (kg)", Unit(name="kg")),
        ("duration_min", None, Unit(name="minutes")),
        ("age", None, Unit(name="years")),
        ("vat_pct", None, Unit("percent")),
        ("number_of_payments", None, Unit()),
        ("stock", None, Unit()),
    ],
)
def test_units_are_what_comments_and_names_say(name: str, comment: str | None, unit: Unit) -> None:
    assert unit_of(Column(name, "INTEGER", "integer", comment=comment)) == unit


@pytest.mark.parametrize(
    ("value", "column", "text"),
    [
        (1234.5, Shown("price", Unit("money", "EUR")), "1,234.50 EUR"),
        (1234.5, Shown("price", Unit("money")), "1,234.50"),
        (0.125, Shown("share of orders", Unit("share")), "12.5%"),
        (12.5, Shown("percentage of orders", Unit("percent")), "12.5%"),
        (2024, Shown("year", is_label=True), "2024"),
        (33, Shown("age", Unit(name="years")), "33 years"),
        ("Crime", Shown("genre"), "Crime"),
    ],
)
def test_values_have_their_unit(value: object, column: Shown, text: str) -> None:
    assert value_text(value, column) == text


def test_of_names_alone_labels_and_units_are_known() -> None:
    year, price = named(("birth_year", "price"))
    assert year.is_label and price.unit == Unit("money")
