"""What is late: a day after the day that was due."""

from __future__ import annotations

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, Table
from mome.linking.values import ValueIndex

INVOICE = Table(
    None, "invoice", "table", None, None,
    (
        Column("issued_on", "DATE", "date"),
        Column("due_on", "DATE", "date"),
        Column("paid_on", "DATE", "date"),
        Column("closed_at", "DATETIME", "datetime"),
    ),
)  # fmt: skip
BILL = Table(
    None, "bill", "table", None, None,
    (
        Column("state", "TEXT", "text"),
        Column("due_on", "DATE", "date"),
        Column("paid_on", "DATE", "date"),
    ),
)  # fmt: skip
COUNT = "SELECT COUNT(*) FROM invoice"
COUNT_BILLS = "SELECT COUNT(*) FROM bill"


def repair(sql: str, question: str, dialect: str = "sqlite") -> str:
    catalog = Catalog(dialect, dialect, "invoices", "", (INVOICE, BILL))
    return repaired(SqlDraft(sql, dialect), question, catalog, ValueIndex([]))[0].sql


@pytest.mark.parametrize(
    ("question", "condition"),
    [
        ("how many invoices were paid late?", "paid_on > due_on"),
        ("invoices paid after the due date", "paid_on > due_on"),
        ("invoices paid on time", "paid_on <= due_on"),
        ("how many were closed after their due date?", "DATE(closed_at) > due_on"),
    ],
)
def test_two_days_are_compared(question: str, condition: str) -> None:
    assert repair(COUNT, question) == f"{COUNT} WHERE {condition}"


def test_a_time_stamp_is_cast_where_the_engine_has_dates() -> None:
    found = repair(COUNT, "how many were closed late?", "postgres")
    assert found == f"{COUNT} WHERE CAST(closed_at AS DATE) > due_on"


@pytest.mark.parametrize(
    ("sql", "question"),
    [
        (COUNT, "how many invoices were paid?"),
        (COUNT, "how many invoices were not paid late?"),
        (COUNT, "how many late invoices are there?"),
        (f"{COUNT} WHERE due_on < '2025-01-01'", "invoices paid late"),
        (COUNT, "invoices paid late or on time"),
    ],
)
def test_what_names_no_two_days_stays(sql: str, question: str) -> None:
    assert repair(sql, question) == sql


@pytest.mark.parametrize("dialect", ["sqlite", "postgres", "mysql", "duckdb"])
def test_what_is_overdue_was_due_and_is_not_done(dialect: str) -> None:
    found = repair(COUNT_BILLS, "How many bills are overdue?", dialect)
    paid = repair(COUNT_BILLS, "How many bills were paid past due?", dialect)
    assert "IS NULL" not in paid
    assert found == f"{COUNT_BILLS} WHERE paid_on IS NULL AND due_on < CURRENT_DATE"


@pytest.mark.parametrize(
    ("sql", "question"),
    [
        ("SELECT COUNT(*) FROM bill WHERE state = 'past_due'", "How many bills are past due?"),
        ("SELECT COUNT(*) FROM bill WHERE due_on < '2025-01-01'", "overdue on 1 January 2025"),
        ("SELECT COUNT(*) FROM bill", "How many bills are there?"),
        ("SELECT due_on FROM bill", "How many days overdue is each bill?"),
        # Two days on which it may be done.
        ("SELECT COUNT(*) FROM invoice", "How many invoices are overdue?"),
    ],
)
def test_other_queries_stay(sql: str, question: str) -> None:
    assert repair(sql, question) == sql
