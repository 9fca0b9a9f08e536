"""Phrases of a question for which a query takes something else."""

from __future__ import annotations

import pytest

from mome.answering.unmet_phrases import unmet_phrases
from mome.catalog import Catalog, Column, Table
from mome.sql_tree import parsed

PET = Table(
    None, "pet", "table", None, None,
    (
        Column("PetID", "INTEGER", "integer"),
        Column("pet_age", "INTEGER", "integer"),
        Column("PetType", "TEXT", "text"),
        Column("title", "TEXT", "text"),
    ),
    primary_key=("PetID",),
)  # fmt: skip
CATALOG = Catalog("sqlite", "sqlite", "pets.sqlite", "", (PET,))
ALIKE = {("years", "pet age"), ("animals", "pet")}


def unmet(question: str, sql: str, *unknown: str) -> list[str]:
    tree = parsed(sql, "sqlite")
    assert tree is not None
    return unmet_phrases(question, tree, unknown, CATALOG, lambda one, two: (one, two) in ALIKE)


@pytest.mark.parametrize(
    ("question", "sql", "phrase"),
    [
        ("What are the id and weight of each pet?", "SELECT PetID, pet_age FROM pet", "weight"),
        ("Show the type and age and weight of pets", "SELECT PetType, pet_age FROM pet", "weight"),
        ("pets in descending order of weight", "SELECT title FROM pet ORDER BY pet_age", "weight"),
        ("types with weight above 5", "SELECT PetType FROM pet WHERE pet_age > 5", "weight"),
        ("How many owners are there?", "SELECT COUNT(*) FROM pet", "owners"),
        ("What is the average weight of pets?", "SELECT AVG(pet_age) FROM pet", "weight"),
        ("weight of all pets", "SELECT pet_age FROM pet", "weight"),
        ("Which owners have a pet?", "SELECT PetType FROM pet", "owners"),
    ],
)
def test_something_else_is_taken(question: str, sql: str, phrase: str) -> None:
    assert unmet(question, sql, "weight", "owners") == [phrase]


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        # Something alike, in a name or in that of the table whose rows a title names.
        ("What are the id and years of each pet?", "SELECT PetID, pet_age FROM pet"),
        ("What are the animals of this kind?", "SELECT title FROM pet"),
        ("How many animals are there?", "SELECT COUNT(*) FROM pet"),
        # A name that shortens it.
        ("What are the weight classes?", "SELECT wc FROM pet"),
        ("How many percent of the pets are old?", "SELECT COUNT(*) FROM pet"),
        # Nothing plays the part.
        ("What is the weight of pets?", "SELECT COUNT(*) FROM pet"),
        # A word is known.
        ("What is the type and weight class of pets?", "SELECT PetType, pet_age FROM pet"),
    ],
)
def test_nothing_else_is_taken(question: str, sql: str) -> None:
    assert unmet(question, sql, "weight", "years", "animals", "owners") == []
