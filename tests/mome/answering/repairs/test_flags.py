"""Conditions on flags that a question names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, Table
from mome.linking.values import ValueIndex

ENTRY = Table(
    None, "entry", "table", None, None,
    (
        Column("hours", "DECIMAL(4,2)", "number"),
        Column("is_billable", "INTEGER", "integer", values=(0, 1), values_complete=True),
        Column("active", "BOOLEAN", "boolean"),
        Column("grade", "INTEGER", "integer", values=(0, 1, 2), values_complete=True),
        Column("state", "TEXT", "text"),
        Column("isPartTime", "CHAR(1)", "text", values=("N", "Y"), values_complete=True),
        Column("iso_flg", "CHAR(1)", "text", values=("N", "Y"), values_complete=True),
        Column("fda_approved", "TEXT", "text", values=("No", "Yes"), values_complete=True),
    ),
)  # fmt: skip
CATALOG = Catalog("sqlite", "sqlite", "entry.sqlite", "", (ENTRY,))
ALL = "SELECT AVG(hours) FROM entry"


def repair(sql: str, question: str) -> str:
    return repaired(SqlDraft(sql, "sqlite"), question, CATALOG, ValueIndex([]))[0].sql


@pytest.mark.parametrize(
    ("question", "condition"),
    [
        ("average of billable hours", "is_billable = 1"),
        ("average of non-billable hours", "is_billable = 0"),
        ("average hours that are not billable", "is_billable = 0"),
        ("average hours of active entries", "active = TRUE"),
        ("average hours of inactive entries", "active = FALSE"),
        ("average hours of part-time entries", "isPartTime = 'Y'"),
        ("average hours that are not part time", "isPartTime = 'N'"),
        ("average hours of FDA approved entries", "fda_approved = 'Yes'"),
        ("average hours of entries without an ISO certificate", "iso_flg = 'N'"),
    ],
)
def test_a_flag_that_the_question_says_is_compared(question: str, condition: str) -> None:
    assert repair(ALL, question) == f"{ALL} WHERE {condition}"
    column = condition.split()[0]
    assert repair(f"{ALL} WHERE NOT {column} IS NULL", question) == f"{ALL} WHERE {condition}"


def test_a_flag_without_null_is_compared() -> None:
    flag = replace(ENTRY.columns[1], nullable=False)
    catalog = replace(CATALOG, tables=(replace(ENTRY, columns=(flag,)),))
    draft = SqlDraft("SELECT COUNT(*) FROM entry WHERE is_billable IS NULL", "sqlite")
    found, _ = repaired(draft, "how many are not billable?", catalog, ValueIndex([]))
    assert found.sql == "SELECT COUNT(*) FROM entry WHERE is_billable = 0"


def test_the_other_value_is_corrected() -> None:
    wrong = f"{ALL} WHERE is_billable = 0"
    assert repair(wrong, "average of billable hours") == f"{ALL} WHERE is_billable = 1"


def test_a_stated_value_stays() -> None:
    stated = f"{ALL} WHERE fda_approved = 'No'"
    assert repair(stated, "average hours of those whose FDA approved status is no") == stated


def test_a_share_counts_the_flag() -> None:
    share = "SELECT 1.0 * COUNT(CASE WHEN {} THEN 1 END) / COUNT(*) FROM entry"
    found = repair(share.format("NOT is_billable IS NULL"), "share of billable entries")
    assert found == share.format("is_billable = 1")


@pytest.mark.parametrize(
    "question",
    [
        "average hours",
        "average hours of billable and non-billable entries",
        "share of billable entries",
        "average hours by billable",
        "average hours of ungraded entries",
    ],
)
def test_other_questions_add_no_flag(question: str) -> None:
    assert repair(ALL, question) == ALL


def test_a_value_of_another_column_says_it() -> None:
    sql = f"{ALL} WHERE state = 'active'"
    assert repair(sql, "average hours of active entries") == sql


def test_a_prefix_of_all_columns_is_not_said() -> None:
    columns = (
        Column("cus_id", "INTEGER", "integer"),
        Column("cus_name", "TEXT", "text"),
        Column("cus_is_blocked", "INTEGER", "integer", values=(0, 1), values_complete=True),
    )
    table = Table(None, "customers", "table", None, None, columns)
    catalog = Catalog("sqlite", "sqlite", "customers.sqlite", "", (table,))
    draft = SqlDraft("SELECT COUNT(*) FROM customers", "sqlite")
    found, _ = repaired(draft, "How many customers are blocked?", catalog, ValueIndex([]))
    assert found.sql == "SELECT COUNT(*) FROM customers WHERE cus_is_blocked = 1"
