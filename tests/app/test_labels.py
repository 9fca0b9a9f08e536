from __future__ import annotations

import pytest

from app.labels import is_label, label_places
from mome.catalog import Catalog
from mome.execution import Executor
from mome.guard import guard


@pytest.mark.parametrize(
    "name", ["id", "book_id", "customerId", "OrderID", "ZIP", "zipCode", "birth_year", "y", "isbn"]
)
def test_names_of_labels(name: str) -> None:
    assert is_label(name)


@pytest.mark.parametrize("name", ["", "n", "years_active", "paid", "COUNT(*)", "codes_used"])
def test_names_of_amounts(name: str) -> None:
    assert not is_label(name)


@pytest.mark.parametrize(
    ("sql", "labels"),
    [
        ("SELECT birth_year AS b, COUNT(*) AS number FROM author GROUP BY birth_year", {0}),
        ("SELECT MAX(birth_year) AS m, SUM(pages) AS code FROM author, book", {0}),
        ("SELECT COUNT(book_id) AS book_id FROM book", set()),
        ("SELECT line_no AS l, quantity AS q FROM order_line", {0}),
        ("SELECT b.author_id AS a FROM book AS b", {0}),
        ("SELECT * FROM author", {0, 2, 3}),
        ("SELECT price * 2 AS code FROM book", set()),
        ("SELECT CAST(COALESCE(MIN(birth_year), 0) AS INTEGER) AS m FROM author", {0}),
        ("SELECT CAST(STRFTIME('%Y', published_on) AS INTEGER) AS year FROM book", {0}),
        ("SELECT ROUND(AVG(birth_year), 0) AS birth_year FROM author", set()),
    ],
)
def test_what_a_column_shows_counts_more_than_its_name(
    catalog: Catalog, executor: Executor, sql: str, labels: set[int]
) -> None:
    query = guard(sql, catalog)
    names = executor.run(query, max_rows=1).columns
    assert label_places(query, names, catalog) == labels


def test_without_a_query_the_name_decides(catalog: Catalog) -> None:
    assert label_places(None, ("id", "n"), catalog) == {0}
