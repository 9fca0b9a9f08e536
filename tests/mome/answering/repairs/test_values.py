"""Stored values that a question says and a query leaves out."""

from __future__ import annotations

from dataclasses import replace

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
STAGE = Column(
    "stage", "TEXT", "text", False, "B blocked, U under review", values=("B", "U"),
    values_complete=True,
)  # fmt: skip
CASE = Table(None, "case_file", "table", None, None, (STAGE, kinds("kind", "sick", "other")))
CATALOG = replace(CATALOG, tables=(REQUEST, CASE))
CASES = "SELECT kind FROM case_file{}"
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


@pytest.mark.parametrize("asked", ["", " WHERE NOT stage IS NULL", " WHERE stage IS NULL"])
def test_what_a_comment_explains_is_a_condition(asked: str) -> None:
    found = repair(CASES.format(asked), "kinds of the cases under review")
    assert found == CASES.format(" WHERE stage = 'U'")


@pytest.mark.parametrize("question", ["kinds of reviews", "kinds of the blocked or open cases"])
def test_a_part_of_a_meaning_is_none(question: str) -> None:
    assert repair(CASES.format(""), question) == CASES.format("")


BOOKED = Column(
    "phase", "TEXT", "text", False, "NEW = booked, LST = lost", values=("NEW", "LST"),
    values_complete=True,
)  # fmt: skip


@pytest.mark.parametrize(
    ("question", "condition"),
    [
        ("Number of parcels booked in May", ""),
        ("Number of parcels that are booked", " WHERE phase = 'NEW'"),
        ("Number of parcels lost in May", " WHERE phase = 'LST'"),
    ],
)
def test_when_rows_came_about_is_no_status(question: str, condition: str) -> None:
    parcel = Table(None, "parcel", "table", None, None, (BOOKED, kinds("size", "small", "big")))
    catalog = replace(CATALOG, tables=(parcel,))
    sql = "SELECT COUNT(*) FROM parcel"
    found, _ = repaired(SqlDraft(sql, "sqlite"), question, catalog, ValueIndex([]))
    assert found.sql == sql + condition
