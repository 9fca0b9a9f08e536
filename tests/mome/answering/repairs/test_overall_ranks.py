"""Ranks of all rows, where the question says no groups."""

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
        Column("kind", "TEXT", "text"),
        Column("days", "INT", "integer"),
    ),
)  # fmt: skip
CATALOG = Catalog("sqlite", "sqlite", "part.sqlite", "", (PART,))
RANKED = (
    "SELECT name FROM (SELECT name AS name, RANK() OVER ({}ORDER BY days DESC) AS r FROM part) AS c"
    " WHERE r <= 3"
)
BY_KIND = RANKED.format("PARTITION BY kind ")


def repair(sql: str, question: str) -> str:
    return repaired(SqlDraft(sql, "sqlite"), question, CATALOG, ValueIndex([]))[0].sql


def test_all_rows_are_ranked_together() -> None:
    assert repair(BY_KIND, "names of the three longest lead times") == RANKED.format("")


@pytest.mark.parametrize(
    "question",
    ["the three longest of each kind", "top 3 per kind", "the kinds' longest three, by name"],
)
def test_groups_that_are_said_are_ranked(question: str) -> None:
    assert repair(BY_KIND, question) == BY_KIND


def test_other_windows_keep_their_groups() -> None:
    total = "SELECT name, SUM(days) OVER (PARTITION BY kind ORDER BY days) FROM part"
    assert "PARTITION BY kind" in repair(total, "running total of days")
