"""Values that a question wants while it negates something else."""

from __future__ import annotations

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, Table
from mome.linking.values import ValueIndex

PART = Table(
    None, "part", "table", None, None,
    (
        Column("name", "TEXT", "text"),
        Column("kind", "TEXT", "text", values=("raw", "made"), values_complete=True),
        Column("obsolete_flg", "INTEGER", "integer", False, values=(0, 1), values_complete=True),
    ),
)  # fmt: skip
CATALOG = Catalog("sqlite", "sqlite", "part.sqlite", "", (PART,))
OTHERS = "SELECT COUNT(*) FROM part WHERE kind <> 'raw'"


def repair(sql: str, question: str) -> str:
    return repaired(SqlDraft(sql, "sqlite"), question, CATALOG, ValueIndex([]))[0].sql


def test_a_value_before_the_negation_is_wanted() -> None:
    found = repair(OTHERS, "how many raw parts are there that are not obsolete?")
    assert found == "SELECT COUNT(*) FROM part WHERE kind = 'raw' AND obsolete_flg = 0"


@pytest.mark.parametrize(
    "question",
    [
        "how many parts are not raw?",
        "how many parts other than raw ones are not obsolete?",
        "how many parts are there, raw parts left out",
        "how many parts are not made of raw wood and not old?",
        "how many unraw parts are not new?",
    ],
)
def test_other_values_stay_left_out(question: str) -> None:
    assert "kind <> 'raw'" in repair(OTHERS, question)
