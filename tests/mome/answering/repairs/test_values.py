"""Stored values that a question says and a query leaves out."""

from __future__ import annotations

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, Table
from mome.linking.values import ValueIndex


def kinds(name: str, *values: str) -> Column:
    return Column(name, "TEXT", "text", values=values, values_complete=True)


REQUEST = Table(
    None, "request", "table", None, None,
    (
        kinds("kind", "sick", "parental"),
        kinds("state", "approved", "pending", "rejected"),
        kinds("origin", "paper", "online"),
        kinds("target", "paper", "screen"),
        kinds("phase", "CMP", "CAN"),
    ),
)  # fmt: skip
CATALOG = Catalog("sqlite", "sqlite", "request.sqlite", "", (REQUEST,))
SICK = "SELECT COUNT(*) FROM request WHERE kind = 'sick'"


def repair(sql: str, question: str) -> str:
    return repaired(SqlDraft(sql, "sqlite"), question, CATALOG, ValueIndex([]))[0].sql


def test_a_said_value_is_a_condition() -> None:
    found = repair(SICK, "How many sick requests were approved?")
    assert found == f"{SICK} AND state = 'approved'"


def test_a_code_is_a_condition_beside_groups() -> None:
    groups = "SELECT kind, COUNT(*) FROM request {}GROUP BY kind"
    found = repair(groups.format(""), "CAN requests by kind")
    assert found == groups.format("WHERE phase = 'CAN' ")


@pytest.mark.parametrize(
    "question",
    [
        "sick requests that can wait",
        "How many sick requests were not approved?",
        "How many sick requests were approved or rejected?",
        "Share of sick requests that were approved",
        "How many sick requests are on paper?",
        "How many sick requests were made?",
        "Sick requests that were approved, pending, rejected",
    ],
)
def test_other_questions_add_none(question: str) -> None:
    assert repair(SICK, question) == SICK


def test_a_column_that_the_query_reads_is_not_compared_twice() -> None:
    sql = "SELECT state, COUNT(*) FROM request GROUP BY state"
    assert repair(sql, "approved requests") == sql
