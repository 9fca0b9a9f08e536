"""People who are shown by half of their name."""

from __future__ import annotations

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, Table
from mome.linking.values import ValueIndex

STAFF = Table(
    None, "staff", "table", None, None,
    tuple(Column(name, "TEXT", "text") for name in ("first_name", "last_name", "town")),
)  # fmt: skip
GUEST = Table(None, "guest", "table", None, None, (Column("last_name", "TEXT", "text"),))
CATALOG = Catalog("sqlite", "sqlite", "staff.sqlite", "", (STAFF, GUEST))


@pytest.mark.parametrize(
    ("question", "shown", "full"),
    [
        ("staff and their town", "last_name, town", "first_name, last_name, town"),
        ("who lives in Bern?", "first_name", "first_name, last_name"),
        ("full names of the staff", "First_Name, last_name", "First_Name, last_name"),
        ("last names of the staff", "last_name", "last_name"),
        ("first names of the staff", "first_name", "first_name"),
        ("staff sorted by last name", "last_name", "first_name, last_name"),
        ("staff, ordered alphabetically by their surname", "last_name", "first_name, last_name"),
        ("staff sorted by first name and last name", "last_name", "first_name, last_name"),
        ("last names of the staff, sorted by last name", "last_name", "last_name"),
        ("sorted by last name, the first names of the staff", "first_name", "first_name"),
    ],
)
def test_both_names_are_shown(question: str, shown: str, full: str) -> None:
    draft = SqlDraft(f"SELECT {shown} FROM staff", "sqlite")
    found, notes = repaired(draft, question, CATALOG, ValueIndex([]))
    assert found.sql == f"SELECT {full} FROM staff"
    assert bool(notes) == (shown != full)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT last_name FROM guest",
        "SELECT last_name, COUNT(*) FROM staff GROUP BY last_name",
        "SELECT DISTINCT last_name FROM staff",
    ],
)
def test_names_that_are_no_rows_stay(sql: str) -> None:
    assert repaired(SqlDraft(sql, "sqlite"), "who?", CATALOG, ValueIndex([]))[0].sql == sql
