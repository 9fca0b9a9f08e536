"""Groups by a name that repeats."""

from __future__ import annotations

import sqlite3

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, Table
from mome.linking.values import ValueIndex

TREATMENT = Table(
    None, "treatment", "table", None, 4,
    (
        Column("trtId", "INTEGER", "integer"),
        Column("trtName", "TEXT", "text", values=("Cast", "X-ray"), values_complete=True),
        Column("room", "TEXT", "text", values=("A", "B", "C"), values_complete=True),
        Column("staffHrs", "REAL", "number"),
    ),
    primary_key=("trtId",),
)  # fmt: skip
CATALOG = Catalog("sqlite", "sqlite", "clinic.sqlite", "", (TREATMENT,))
HOURS = "SELECT trtName, SUM(staffHrs) FROM treatment GROUP BY {} ORDER BY SUM(staffHrs) DESC"


def repair(sql: str, question: str) -> str:
    return repaired(SqlDraft(sql, "sqlite"), question, CATALOG, ValueIndex([]))[0].sql


@pytest.mark.parametrize("group", ["trtId, trtName", "trtId"])
@pytest.mark.parametrize("words", ["per treatment name", "by name", "for each treatment name"])
def test_rows_of_a_name_are_one_group(group: str, words: str) -> None:
    found = repair(HOURS.format(group), f"total staff hours {words}")
    assert found == HOURS.format("trtName")
    connection = sqlite3.connect(":memory:")
    connection.executescript(
        "CREATE TABLE treatment (trtId INTEGER PRIMARY KEY, trtName TEXT, staffHrs REAL);"
        "INSERT INTO treatment VALUES (1, 'Cast', 1), (2, 'X-ray', 2), (3, 'Cast', 4);"
    )
    assert connection.execute(found).fetchall() == [("Cast", 5.0), ("X-ray", 2.0)]
    connection.close()


@pytest.mark.parametrize(
    ("sql", "question"),
    [
        (HOURS.format("trtId, trtName"), "staff hours of each treatment"),
        (HOURS.format("trtId, trtName"), "staff hours of each treatment, sorted by name"),
        (HOURS.format("trtId, trtName"), "staff hours per patient name"),
        (
            "SELECT trtId, trtName, SUM(staffHrs) FROM treatment GROUP BY trtId, trtName",
            "hours by id and name",
        ),
        (
            "SELECT trtName, room, SUM(staffHrs) FROM treatment GROUP BY trtId, trtName, room",
            "rooms and hours by name",
        ),
        # Three rooms in four rows hardly repeat.
        ("SELECT room, SUM(staffHrs) FROM treatment GROUP BY trtId, room", "hours by room"),
    ],
)
def test_other_groups_stay(sql: str, question: str) -> None:
    assert repair(sql, question) == sql
