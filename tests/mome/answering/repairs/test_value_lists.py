"""Values that a question lists are all compared with."""

from __future__ import annotations

import pytest
import sqlglot

from mome.answering.repairs.value_lists import take_listed_values
from mome.catalog import Catalog, Column, Table
from mome.linking.values import ValueIndex

CATALOG = Catalog(
    "sqlite",
    "sqlite",
    "",
    "x",
    (
        Table(
            None,
            "park",
            "table",
            None,
            9,
            (Column("name", "TEXT", "text"), Column("kind", "TEXT", "text")),
        ),
    ),
)
VALUES = ValueIndex(
    [("park", "kind", ("Amusement Park", "Water Park", "Zoo")), ("park", "name", ("Disney",))]
)
ONE = "SELECT name FROM park WHERE kind = 'Amusement Park'"
TWO = "SELECT name FROM park WHERE kind IN ('Amusement Park', 'Water Park')"


@pytest.mark.parametrize(
    ("question", "sql", "wanted"),
    [
        ("What are the amusement parks and water parks?", ONE, TWO),
        ("amusement parks or the water parks", ONE, TWO),
        (
            "zoos, water parks and amusement parks",
            ONE,
            "SELECT name FROM park WHERE kind IN ('Amusement Park', 'Water Park', 'Zoo')",
        ),
        ("Which zoos and amusement parks are there?", ONE.replace("Amusement Park", "Zoo"),
         "SELECT name FROM park WHERE kind IN ('Zoo', 'Amusement Park')"),
        ("What are the amusement parks?", ONE, ONE),
        ("amusement parks with water parks", ONE, ONE),
        ("amusement parks and their names", ONE, ONE),
        ("Which cities have both amusement parks and water parks?", ONE, ONE),
        # The query says the other one elsewhere.
        (
            "amusement parks and water parks",
            f"{ONE} UNION SELECT name FROM park WHERE kind = 'Water Park'",
            f"{ONE} UNION SELECT name FROM park WHERE kind = 'Water Park'",
        ),
        ("Disney and zoos", "SELECT kind FROM park WHERE name = 'Disney'",
         "SELECT kind FROM park WHERE name = 'Disney'"),
    ],
)  # fmt: skip
def test_the_values_that_a_question_lists(question: str, sql: str, wanted: str) -> None:
    tree = sqlglot.parse_one(sql, read="sqlite")
    notes = take_listed_values(tree, question, CATALOG, VALUES)
    assert tree.sql("sqlite") == wanted
    assert bool(notes) == (sql != wanted)
