"""What the columns of a result are called, on the headings that each engine gives."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mome.answering.headings import headings
from mome.answering.measures import measures_of
from mome.artifacts.facts import MemoryFact
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


def term(name: str, sql: str, kind: str = "glossary") -> MemoryFact:
    return MemoryFact(name, kind, (f"What is the {name}?", name), sql)


TERMS = (
    term("catalogue value", "SELECT SUM(sales * 2) FROM song"),
    term("sold", "SELECT SUM(sales) FROM song"),
    # Two terms for one expression: which one is asked for is not known.
    term("seats", "SELECT SUM(capacity) FROM stadium"),
    term("places", "SELECT SUM(capacity) FROM stadium"),
    # More or less than an expression.
    term("hits", "SELECT COUNT(*) FROM song WHERE sales > 9"),
    term("works", "SELECT COUNT(*) FROM song"),
    term("verified age", "SELECT AVG(age) FROM singer", kind="verified"),
)


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT SUM(song.sales * 2) FROM song", ["catalogue value"]),
        (
            "SELECT T1.name, SUM(T2.SALES) FROM singer AS T1 JOIN song AS T2 "
            "ON T1.id = T2.singer_id GROUP BY T1.name",
            ["name", "sold"],
        ),
        ("SELECT SUM(sales) AS total FROM song", ["total"]),
        ("SELECT SUM(capacity) FROM stadium", ["total capacity"]),
        ("SELECT COUNT(*) FROM song", ["number of songs"]),
        ("SELECT AVG(age) FROM singer", ["average age"]),
        ("SELECT SUM(size) FROM lonely", ["total size"]),
    ],
)
def test_what_a_glossary_defines_has_its_term(
    make_concerts: Callable[..., Catalog], sql: str, names: list[str]
) -> None:
    catalog = make_concerts()
    measures = measures_of(TERMS, catalog)
    assert sorted(measures.values()) == ["catalogue value", "sold"]
    # Aliases and plain columns are named by the engine.
    given = [name if name in ("name", "total") else "SUM(...)" for name in names]
    assert headings(guard(sql, catalog), given, catalog, measures) == tuple(names)
