"""Rows that are shown by name and not by key."""

from __future__ import annotations

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, Table
from mome.linking.values import ValueIndex

SUP = Table(
    None, "sup", "table", None, None,
    (
        Column("sup_no", "TEXT", "text", False),
        Column("sup_nm", "TEXT", "text"),
        Column("rating", "INTEGER", "integer"),
    ),
    ("sup_no",),
)  # fmt: skip
CATALOG = Catalog("sqlite", "sqlite", "sup.sqlite", "", (SUP,))
UNRATED = "SELECT {} FROM sup WHERE rating IS NULL"


def repair(sql: str, question: str) -> str:
    return repaired(SqlDraft(sql, "sqlite"), question, CATALOG, ValueIndex([]))[0].sql


@pytest.mark.parametrize("question", ["Which sup have no rating yet?", "list all sup not rated"])
def test_rows_are_shown_by_name(question: str) -> None:
    assert repair(UNRATED.format("sup_no"), question) == UNRATED.format("sup_nm")


@pytest.mark.parametrize(
    ("shown", "question"),
    [
        ("sup_no", "Which supplier numbers have no rating?"),
        ("sup_no", "sup no of those that have no rating"),
        ("sup_no", "Which ones have no rating?"),
        ("sup_no, rating", "Which sup have no rating yet?"),
        ("COUNT(sup_no)", "How many sup have no rating yet?"),
    ],
)
def test_keys_stay_where_they_are_meant(shown: str, question: str) -> None:
    assert repair(UNRATED.format(shown), question) == UNRATED.format(shown)
