"""Which date a query reads."""

from __future__ import annotations

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, ForeignKey, Table
from mome.linking.values import ValueIndex


def day(name: str) -> Column:
    return Column(name, "DATE", "date")


FEATURE = Table(
    None, "feature", "table", None, None,
    (Column("id", "INTEGER", "integer"), Column("name", "TEXT", "text"), day("released_on")),
    primary_key=("id",),
)  # fmt: skip
USAGE = Table(
    None, "usage", "table", None, None,
    (
        Column("feature_id", "INTEGER", "integer"),
        Column("minutes", "INTEGER", "integer"),
        Column("reminders", "INTEGER", "integer"),
        day("used_on"),
        day("due_on"),
    ),
    foreign_keys=(ForeignKey(("feature_id",), "feature", ("id",)),),
)  # fmt: skip
CATALOG = Catalog("sqlite", "sqlite", "usage.sqlite", "", (FEATURE, USAGE))
MINUTES = (
    "SELECT feature.name, SUM(usage.minutes) FROM feature JOIN usage ON feature.id = "
    "usage.feature_id WHERE {0} >= '2025-01-01' AND {0} < '2026-01-01' GROUP BY feature.name"
)


def repair(sql: str, question: str) -> str:
    return repaired(SqlDraft(sql, "sqlite"), question, CATALOG, ValueIndex([]))[0].sql


def test_rows_that_are_added_up_are_restricted_by_their_own_date() -> None:
    found = repair(MINUTES.format("feature.released_on"), "minutes per feature in 2025")
    assert found == MINUTES.format("usage.used_on")


def test_a_date_that_the_question_says_stays() -> None:
    released = MINUTES.format("feature.released_on")
    assert repair(released, "minutes per feature released in 2025") == released


def test_of_two_dates_the_said_one_is_meant() -> None:
    found = repair(MINUTES.format("feature.released_on"), "minutes per feature due in 2025")
    assert found == MINUTES.format("usage.due_on")


@pytest.mark.parametrize(
    ("question", "column"),
    [
        ("When was the last usage?", "used_on"),
        ("What is the latest due date?", "due_on"),
        ("What is the most recent date?", "used_on"),
        ("What is the highest number of reminders?", "reminders"),
    ],
)
def test_a_question_for_a_date_shows_one(question: str, column: str) -> None:
    assert repair("SELECT MAX(reminders) FROM usage", question) == (
        f"SELECT MAX({column}) FROM usage"
    )


ORDER = Table(
    None, "po_hdr", "table", None, None,
    (
        Column("po_dt", "DATE", "date", False),
        Column("appr_dt", "DATE", "date"),
        Column("req_dt", "DATE", "date", False),
    ),
)  # fmt: skip
ORDERS = Catalog("sqlite", "sqlite", "orders.sqlite", "", (ORDER,))
PER_YEAR = "SELECT STRFTIME('%Y', {0}), COUNT(*) FROM po_hdr GROUP BY STRFTIME('%Y', {0})"


@pytest.mark.parametrize(
    ("column", "question", "read"),
    [
        ("appr_dt", "po per year", "po_dt"),
        ("appr_dt", "po per year of appr", "appr_dt"),
        # It is never missing, so that it may be when a row came about.
        ("req_dt", "po per year", "req_dt"),
    ],
)
def test_the_date_named_as_its_table_is_read(column: str, question: str, read: str) -> None:
    draft = SqlDraft(PER_YEAR.format(column), "sqlite")
    found = repaired(draft, question, ORDERS, ValueIndex([]))[0].sql
    assert found == PER_YEAR.format(read)


INVOICE = Table(
    None, "invoice", "table", None, None,
    (
        Column("no", "INTEGER", "integer", nullable=False),
        Column("issued_on", "DATE", "date", nullable=False),
        Column("due_on", "DATE", "date", nullable=False),
        day("paid_on"),
    ),
    primary_key=("no",),
)  # fmt: skip
INVOICES = "SELECT COUNT(*) FROM invoice WHERE {0} >= '2024-01-01' AND {0} < '2025-01-01'"


@pytest.mark.parametrize(
    ("question", "column"),
    [
        ("How many invoices were there in 2024?", "issued_on"),
        ("How many invoices were due in 2024?", "due_on"),
        ("How many invoices of 2024 are still open?", "due_on"),
    ],
)
def test_rows_of_a_period_came_about_in_it(question: str, column: str) -> None:
    catalog = Catalog("sqlite", "sqlite", "bills.sqlite", "", (INVOICE,))
    draft = SqlDraft(INVOICES.format("due_on"), "sqlite")
    assert repaired(draft, question, catalog, ValueIndex([]))[0].sql == INVOICES.format(column)
