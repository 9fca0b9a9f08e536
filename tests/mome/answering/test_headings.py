"""What the columns of a result are called, on the headings that each engine gives."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mome.answering.headings import headings
from mome.catalog import Catalog
from mome.guard import guard

CASES = [
    # What is computed gets words, whatever the engine's heading.
    ("sqlite", "SELECT COUNT(*) FROM song", ["COUNT(*)"], ["number of songs"]),
    ("duckdb", "SELECT COUNT(*) FROM song", ["count_star()"], ["number of songs"]),
    ("postgres", "SELECT COUNT(*) FROM song", ["count"], ["number of songs"]),
    ("mysql", "SELECT MAX(age) FROM singer", ["MAX(age)"], ["highest age"]),
    (
        "sqlite",
        "SELECT country, AVG(age) FROM singer GROUP BY country",
        ["country", "AVG(age)"],
        ["country", "average age"],
    ),
    # What has a name keeps it.
    ("sqlite", "SELECT COUNT(*) AS songs FROM song", ["songs"], ["songs"]),
    ("sqlite", "SELECT singer_id, title FROM song", ["singer_id", "title"], ["singer_id", "title"]),
    # A star stands for several columns, and what has no form stays as it is.
    ("sqlite", "SELECT *, age * 2 FROM singer", ["a", "b", "c"], ["a", "b", "c"]),
    ("sqlite", "SELECT JULIANDAY(held) FROM concert", ["JULIANDAY(held)"], ["JULIANDAY(held)"]),
    # A set operation is named by its first query.
    (
        "sqlite",
        "SELECT MIN(age) FROM singer UNION SELECT MAX(age) FROM singer",
        ["MIN(age)"],
        ["lowest age"],
    ),
]


@pytest.mark.parametrize(("dialect", "sql", "given", "names"), CASES)
def test_columns_are_named_from_the_form(
    make_concerts: Callable[..., Catalog],
    dialect: str,
    sql: str,
    given: list[str],
    names: list[str],
) -> None:
    catalog = make_concerts(dialect)
    assert headings(guard(sql, catalog), given, catalog) == tuple(names)
