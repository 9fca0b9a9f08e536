"""IS NULL that says the opposite of its question."""

from __future__ import annotations

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, Table
from mome.linking.values import ValueIndex

COLUMNS = "paid_at cancelled_at end_date sent_on shipper".split()
TABLE = Table(
    None, "t", "table", None, None, tuple(Column(name, "DATE", "datetime") for name in COLUMNS)
)
CATALOG = Catalog("sqlite", "sqlite", "t.sqlite", "", (TABLE,))


def repair(condition: str, question: str) -> str:
    draft = SqlDraft(f"SELECT 1 FROM t WHERE {condition}", "sqlite")
    text = repaired(draft, question, CATALOG, ValueIndex([]))[0].sql
    return text.removeprefix("SELECT 1 FROM t WHERE ")


@pytest.mark.parametrize(
    ("question", "column"),
    [
        ("invoices not yet paid", "paid_at"),
        ("invoices that were never paid", "paid_at"),
        ("how many unpaid invoices are there?", "paid_at"),
        ("which have not been sent?", "sent_on"),
        ("ticket price, ignoring cancelled events", "cancelled_at"),
        ("donations in 2025, paid ones left out", "paid_at"),
        ("those neither paid nor cancelled", "cancelled_at"),
        ("subscriptions that are still active", "end_date"),
        ("programs still going on", "end_date"),
        ("subscriptions still running", "cancelled_at"),
    ],
)
def test_what_has_not_happened_is_empty(question: str, column: str) -> None:
    assert repair(f"NOT {column} IS NULL", question) == f"{column} IS NULL"
    assert repair(f"{column} IS NULL", question) == f"{column} IS NULL"


@pytest.mark.parametrize(
    ("question", "column"),
    [("how many invoices are paid?", "paid_at"), ("the cancelled ones", "cancelled_at")],
)
def test_what_has_happened_is_not_empty(question: str, column: str) -> None:
    assert repair(f"{column} IS NULL", question) == f"NOT {column} IS NULL"
    assert repair(f"NOT {column} IS NULL", question) == f"NOT {column} IS NULL"


@pytest.mark.parametrize(
    ("question", "column"),
    [
        ("invoices that are paid and not cancelled", "sent_on"),
        ("invoices without a payment", "paid_at"),
        ("who shipped it?", "shipper"),
        ("all that ended", "paid_at"),
        ("paid ones that are not large", "paid_at"),
        ("paid and unpaid invoices", "paid_at"),
        ("how many were sent and how many were not sent?", "sent_on"),
    ],
)
@pytest.mark.parametrize("negation", ["", "NOT "])
def test_what_the_question_leaves_open_stays(question: str, column: str, negation: str) -> None:
    condition = f"{negation}{column} IS NULL"
    assert repair(condition, question) == condition


def test_a_note_says_which_rows_are_meant() -> None:
    draft = SqlDraft("SELECT 1 FROM t WHERE NOT paid_at IS NULL", "sqlite")
    notes = repaired(draft, "unpaid ones", CATALOG, ValueIndex([]))[1]
    assert notes == ("rows without a value in t.paid_at are meant",)


EMP = Table(
    None, "emp", "table", None, None,
    (
        Column("dept", "TEXT", "text"),
        Column("hired_on", "DATE", "date"),
        Column("term_dt", "DATE", "date"),
    ),
)  # fmt: skip
STAFF = Catalog("sqlite", "sqlite", "emp.sqlite", "", (EMP,))
BY_DEPT = "SELECT dept, COUNT(*) FROM emp {}GROUP BY dept"


@pytest.mark.parametrize(
    ("question", "condition"),
    [
        ("headcount by dept, only people who are still with us", "WHERE term_dt IS NULL "),
        ("currently employed people by dept", "WHERE term_dt IS NULL "),
        ("people by dept", ""),
        ("people by dept that are still small", ""),
    ],
)
def test_people_who_are_still_there_have_no_end(question: str, condition: str) -> None:
    draft = SqlDraft(BY_DEPT.format(""), "sqlite")
    found = repaired(draft, question, STAFF, ValueIndex([]))[0].sql
    assert found == BY_DEPT.format(condition)
