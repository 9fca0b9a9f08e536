"""What makes no sense in a query that runs, and what only looks so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlglot

from mome.answering.plausibility import flaws
from mome.catalog import Catalog, Column, holds_numbers
from mome.linking.slice import Linker

SENSELESS = [
    ("SELECT name, name FROM singer", 1),
    ("SELECT name, age, name, name FROM singer", 2),
    ("SELECT name AS one, name AS other FROM singer", 1),
    ("SELECT name, 2 FROM singer", 1),
    ("SELECT name FROM singer INTERSECT SELECT name FROM singer", 1),
    ("SELECT id, COUNT(*) FROM singer GROUP BY id", 1),
    ("SELECT name FROM singer GROUP BY id ORDER BY COUNT(*) DESC LIMIT 1", 1),
    ("SELECT name FROM singer GROUP BY name, id HAVING COUNT(*) > 1", 1),
    ("SELECT name FROM singer WHERE age = age", 1),
    ("SELECT name FROM singer WHERE (age = age)", 1),
    ("SELECT name FROM singer WHERE age = 3 AND age = 3", 1),
    ("SELECT name FROM singer WHERE age > 3 AND age > 3", 1),
    ("SELECT name FROM singer WHERE country = 'France' AND country = 'Spain'", 1),
    ("SELECT name FROM singer WHERE age > 3 OR age < 1 OR (age > 3)", 1),
    ("SELECT COUNT(CASE WHEN age > 3 AND age > 3 THEN 1 END) FROM singer", 1),
    ("SELECT name, CASE WHEN age > 3 THEN 'a' ELSE 'a' END FROM singer", 1),
    ("SELECT name, CASE WHEN age > 3 THEN 'a' WHEN age > 2 THEN 'a' END FROM singer", 1),
    ("SELECT country, MIN(country), MAX(age) FROM singer GROUP BY country", 1),
    ("SELECT country FROM singer GROUP BY country ORDER BY MAX(country)", 1),
    ("SELECT name FROM singer WHERE name = (SELECT MAX(age) FROM singer)", 1),
    ("SELECT name FROM singer WHERE age > (SELECT name FROM singer LIMIT 1)", 1),
    ("SELECT name FROM singer WHERE name IN (SELECT COUNT(*) FROM song)", 1),
    ("SELECT name FROM singer WHERE name IN (SELECT name FROM singer)", 1),
    (
        (
            "SELECT title FROM song WHERE singer_id IN (SELECT id FROM singer WHERE name = (SELECT "
            "SUM(age) FROM singer))"
        ),
        1,
    ),
    ("SELECT country, SUM(age) - SUM(age) FROM singer GROUP BY country", 1),
    ("SELECT COUNT(*) / COUNT(*) FROM singer", 1),
    ("SELECT country, SUM(age) FROM singer WHERE age = 30 GROUP BY country", 1),
    ("SELECT MAX(age) FROM singer WHERE country = 'France' AND age = 30", 1),
    ("SELECT name, name FROM singer WHERE age = age", 2),
]
SENSIBLE = [
    "SELECT name, age FROM singer",
    "SELECT 1 FROM singer",
    "SELECT COUNT(*), MAX(age), MIN(age) FROM singer",
    "SELECT name FROM singer WHERE EXISTS (SELECT 1 FROM song WHERE song.singer_id = singer.id)",
    "SELECT country FROM singer WHERE age > 40 INTERSECT SELECT country FROM singer WHERE age < 30",
    "SELECT country, COUNT(*) FROM singer GROUP BY country",
    (
        "SELECT singer.id, COUNT(*) FROM singer JOIN song ON song.singer_id = singer.id GROUP BY "
        "singer.id"
    ),
    "SELECT id, SUM(age) FROM singer GROUP BY id",
    "SELECT country, (SELECT MAX(country) FROM singer) FROM singer GROUP BY country",
    "SELECT CASE WHEN age > 9 THEN 'a' WHEN age > 2 THEN 'b' ELSE 'a' END FROM singer",
    "SELECT name FROM singer WHERE (age > 3 AND sex = 'M') OR (age < 3 AND sex = 'M')",
    "SELECT name FROM singer WHERE age > 3 AND age < 30",
    "SELECT SUM(age) FROM singer WHERE country = 'France'",
    "SELECT COUNT(age) FROM singer WHERE age = 30",
    "SELECT SUM(age) FROM singer WHERE age = 30 OR country = 'France'",
    "SELECT name FROM singer WHERE country = 'France' OR country = 'Spain'",
    "SELECT name FROM singer WHERE age = (SELECT MAX(age) FROM singer)",
    "SELECT name FROM singer WHERE name = (SELECT MIN(name) FROM singer)",
    "SELECT name FROM singer WHERE id IN (SELECT singer_id FROM song)",
    "SELECT name FROM singer WHERE name IN (SELECT name FROM singer WHERE age > 3)",
    "SELECT name FROM singer WHERE age > (SELECT AVG(age) FROM singer)",
    "SELECT held FROM concert WHERE held = (SELECT MAX(held) FROM concert)",
    (
        "SELECT singer.id, COUNT(*) FROM singer JOIN (SELECT singer_id FROM song) AS x ON "
        "x.singer_id "
        "= singer.id GROUP BY singer.id"
    ),
    (
        "WITH x AS (SELECT singer_id FROM song) SELECT singer.id, COUNT(*) FROM singer JOIN x ON "
        "x.singer_id = singer.id GROUP BY singer.id"
    ),
    (
        "SELECT id, (SELECT COUNT(*) FROM song WHERE song.singer_id = singer.id) FROM singer "
        "GROUP BY id"
    ),
    "SELECT 'singer', name FROM singer UNION ALL SELECT 'song', title FROM song",
    "SELECT name, NULL, NULL FROM singer UNION ALL SELECT title, genre, sales FROM song",
    "SELECT id FROM song WHERE title > (SELECT AVG(sales) FROM song)",
]


@pytest.mark.parametrize(("sql", "count"), SENSELESS)
def test_what_cannot_be_meant_is_counted(sql: str, count: int, linker: Linker) -> None:
    tree = sqlglot.parse_one(sql, dialect="sqlite")
    assert flaws(tree, linker.catalog, linker.values) == count


@pytest.mark.parametrize("sql", SENSIBLE)
def test_what_can_be_meant_has_no_flaw(sql: str, linker: Linker) -> None:
    tree = sqlglot.parse_one(sql, dialect="sqlite")
    assert flaws(tree, linker.catalog, linker.values) == 0


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        (("1", "20.5", "-3"), True),
        (("7", None, ""), True),
        (("1", "two"), False),
        (("", None), False),
        ((), False),
        (None, False),
    ],
)
def test_a_text_column_may_hold_numbers(values: tuple | None, numbers: bool) -> None:
    assert holds_numbers(Column("age", "VARCHAR(20)", "text", values=values)) is numbers


def test_the_bounds_of_a_long_text_column_tell_that_it_holds_numbers() -> None:
    column = Column("capacity", "TEXT", "text")
    assert holds_numbers(replace(column, least="10", greatest="966.5"))
    assert not holds_numbers(replace(column, least="1957-12-01", greatest="2018-01-01"))


def test_texts_that_hold_numbers_compare_with_sums(make_concerts: Callable[..., Catalog]) -> None:
    concerts_catalog = make_concerts()
    singer = concerts_catalog.table("singer")
    columns = tuple(
        replace(c, family="text", values=("30", "41")) if c.name == "age" else c
        for c in singer.columns
    )
    catalog = replace(
        concerts_catalog, tables=(replace(singer, columns=columns), *concerts_catalog.tables[1:])
    )
    tree = sqlglot.parse_one("SELECT name FROM singer WHERE age > (SELECT AVG(age) FROM singer)")
    assert flaws(tree, catalog) == 0
