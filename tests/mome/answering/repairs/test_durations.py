"""Durations from the beginning to the end."""

from __future__ import annotations

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, Table
from mome.linking.values import ValueIndex

PO = Table(
    None, "po", "table", None, None,
    (
        Column("po_date", "DATE", "date", False, greatest="2025-01-01"),
        Column("approved_on", "DATE", "date", greatest="2025-02-01"),
        Column("asked_on", "DATE", "date", greatest="2025-03-01"),
    ),
)  # fmt: skip
CATALOG = Catalog("sqlite", "sqlite", "po.sqlite", "", (PO,))
LASTS = "SELECT AVG(JULIANDAY({}) - JULIANDAY({})) FROM po"


def repair(sql: str, question: str) -> str:
    return repaired(SqlDraft(sql, "sqlite"), question, CATALOG, ValueIndex([]))[0].sql


def test_a_duration_ends_with_what_the_question_says() -> None:
    question = "How many days does it take until a po is approved?"
    found = repair(LASTS.format("po_date", "approved_on"), question)
    assert found == LASTS.format("approved_on", "po_date")


@pytest.mark.parametrize(
    ("first", "last", "question"),
    [
        ("approved_on", "po_date", "How many days does it take until a po is approved?"),
        ("po_date", "approved_on", "How many days have passed since it was approved?"),
        ("asked_on", "approved_on", "How many days does it take after it is approved?"),
        # Its days are later than those that are taken away.
        ("asked_on", "approved_on", "How long does it take to be approved?"),
    ],
)
def test_other_differences_stay(first: str, last: str, question: str) -> None:
    assert repair(LASTS.format(first, last), question) == LASTS.format(first, last)
