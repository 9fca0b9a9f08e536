"""Rows that EXCEPT is taken from."""

from __future__ import annotations

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, ForeignKey, Table
from mome.linking.values import ValueIndex

STUDENT = Table(None, "Student", "table", None, None, (Column("StuID", "INTEGER", "integer"),))
PET = Table(
    None,
    "Has_Pet",
    "table",
    None,
    None,
    (Column("StuID", "INTEGER", "integer"), Column("kind", "TEXT", "text")),
    foreign_keys=(ForeignKey(("StuID",), "Student", ("StuID",)),),
)
CATALOG = Catalog("sqlite", "sqlite", "pets.sqlite", "", (STUDENT, PET))
CATS = "EXCEPT SELECT StuID FROM Has_Pet WHERE kind = 'cat'"


def repair(sql: str, question: str) -> tuple[str, tuple[str, ...]]:
    draft, notes = repaired(SqlDraft(sql, "sqlite"), question, CATALOG, ValueIndex([]))
    return draft.sql, notes


def test_rows_are_taken_from_all_that_the_question_names() -> None:
    sql, notes = repair(f"SELECT StuID FROM Has_Pet {CATS}", "Students who own no cat")
    assert sql == f"SELECT StuID FROM Student {CATS}"
    assert notes == ("all rows of Student are read, also those that nothing refers to",)


@pytest.mark.parametrize(
    ("sql", "question"),
    [
        (f"SELECT StuID FROM Has_Pet {CATS}", "Pet owners without a cat"),
        (f"SELECT StuID FROM Student {CATS}", "Students who own no cat"),
        (f"SELECT kind FROM Has_Pet {CATS}", "Students who own no cat"),
        (f"SELECT StuID FROM Has_Pet WHERE kind = 'dog' {CATS}", "Students with a dog and no cat"),
        ("SELECT StuID FROM Has_Pet UNION SELECT StuID FROM Student", "Students"),
    ],
)
def test_other_sets_stay(sql: str, question: str) -> None:
    assert repair(sql, question) == (sql, ())
