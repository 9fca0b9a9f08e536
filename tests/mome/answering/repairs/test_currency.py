"""Amounts in cents where whole units are asked for."""

from __future__ import annotations

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, Table
from mome.linking.values import ValueIndex

TABLE = Table(
    None, "gift", "table", None, None,
    (
        Column("donor", "TEXT", "text"),
        Column("AmountCents", "INTEGER", "integer"),
        Column("fee", "INTEGER", "integer"),
    ),
)  # fmt: skip
CATALOG = Catalog("sqlite", "sqlite", "t.sqlite", "", (TABLE,))


def repair(sql: str, question: str) -> str:
    return repaired(SqlDraft(sql, "sqlite"), question, CATALOG, ValueIndex([]))[0].sql


@pytest.mark.parametrize("question", ["total of gifts in euros", "donated dollars per donor"])
def test_cents_are_shown_in_whole_units(question: str) -> None:
    sql = "SELECT donor, SUM(AmountCents) FROM gift GROUP BY donor"
    assert repair(sql, question) == (
        "SELECT donor, CAST(SUM(AmountCents) AS REAL) / 100.0 FROM gift GROUP BY donor"
    )


@pytest.mark.parametrize(
    ("sql", "question"),
    [
        ("SELECT SUM(AmountCents) FROM gift", "total of gifts in cents, not euros"),
        ("SELECT SUM(AmountCents) FROM gift", "total of gifts"),
        ("SELECT SUM(fee) FROM gift", "total fee in euros"),
        ("SELECT SUM(AmountCents) / 100.0 FROM gift", "total of gifts in euros"),
        ("SELECT COUNT(AmountCents) FROM gift", "how many gifts in euros are there?"),
    ],
)
def test_other_figures_stay(sql: str, question: str) -> None:
    assert repair(sql, question) == sql
