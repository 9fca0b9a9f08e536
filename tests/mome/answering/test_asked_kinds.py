"""What a question asks for by its kind, and a query does not give."""

from __future__ import annotations

import pytest

from mome.answering.asked_kinds import unmet_kinds
from mome.catalog import Catalog, Column, Table
from mome.sql_tree import parsed

VISIT = Table(
    None, "visit", "table", None, None,
    (
        Column("seen_on", "DATE", "date"),
        Column("start", "TEXT", "text"),
        Column("doctor", "TEXT", "text"),
        Column("note", "TEXT", "text"),
    ),
)  # fmt: skip
CATALOG = Catalog("sqlite", "sqlite", "visit.sqlite", "", (VISIT,))


def unmet(question: str, sql: str, *unknown: str) -> list[str]:
    tree = parsed(sql, "sqlite")
    assert tree is not None
    return unmet_kinds(question, tree, unknown, CATALOG, None)


@pytest.mark.parametrize(
    ("question", "sql", "phrases"),
    [
        ("When is the next visit due?", "SELECT doctor FROM visit", ["when"]),
        ("When is the next visit due?", "SELECT MAX(seen_on) FROM visit", []),
        ("When does the visit begin?", "SELECT start FROM visit", []),
        ("When is the next visit due?", "SELECT * FROM visit", []),
        ("When a doctor sees people, how many come?", "SELECT COUNT(doctor) FROM visit", []),
        ("Which doctors came when it was late?", "SELECT doctor FROM visit", []),
        ("Why was the visit delayed?", "SELECT seen_on FROM visit", ["why"]),
        ("Why was the visit delayed?", "SELECT note FROM visit", []),
    ],
)
def test_the_kind_of_an_answer(question: str, sql: str, phrases: list[str]) -> None:
    assert unmet(question, sql) == phrases


@pytest.mark.parametrize(
    ("question", "where", "phrases"),
    [
        ("visits of Agnes Zieli", "", ["Agnes Zieli"]),
        ("visits of Agnes Zieli", " WHERE doctor = 'A. Zieli'", []),
        ("visits in the Agnes Zieli", " WHERE doctor = 'AZA'", []),
        ("visits of Agnes", "", []),
        ("Agnes visits", "", []),
    ],
)
def test_a_name_that_is_stored_nowhere(question: str, where: str, phrases: list[str]) -> None:
    assert unmet(question, f"SELECT seen_on FROM visit{where}", "Agnes", "Zieli") == phrases


def test_a_name_that_something_says_is_not_strange() -> None:
    assert unmet("visits of Agnes Zieli", "SELECT seen_on FROM visit", "Zieli") == []
