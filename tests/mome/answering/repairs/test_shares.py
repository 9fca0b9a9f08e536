"""Shares of the rows that a question says."""

from __future__ import annotations

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, Table
from mome.linking.values import ValueIndex

ORDERS = Table(
    None, "orders", "table", None, None,
    (
        Column("status", "TEXT", "text"),
        Column("channel", "TEXT", "text"),
        Column("ordered_on", "DATE", "date"),
        Column("paid_on", "DATE", "date"),
        Column("due_on", "DATE", "date"),
    ),
)  # fmt: skip
CATALOG = Catalog("sqlite", "sqlite", "orders.sqlite", "", (ORDERS,))
SPREAD = "100.0 * COUNT(*) / SUM(COUNT(*)) OVER ()"
WITHIN = "100.0 * COUNT(CASE WHEN status = 'returned' THEN 1 END) / COUNT(*)"


def repair(sql: str, question: str) -> str:
    return repaired(SqlDraft(sql, "sqlite"), question, CATALOG, ValueIndex([]))[0].sql


def test_a_share_of_each_group_is_taken_within_it() -> None:
    question = "By channel, the percentage of orders that were returned"
    spread = f"SELECT channel, {SPREAD} FROM orders WHERE status = 'returned' GROUP BY channel"
    assert repair(spread, question) == f"SELECT channel, {WITHIN} FROM orders GROUP BY channel"


def test_other_conditions_stay() -> None:
    sql = (
        f"SELECT channel, {SPREAD} FROM orders WHERE status = 'returned' AND ordered_on >= "
        "'2024-01-01' GROUP BY channel"
    )
    found = repair(sql, "Percentage of orders with status returned per channel, since 2024-01-01")
    assert found == (
        f"SELECT channel, {WITHIN} FROM orders WHERE ordered_on >= '2024-01-01' GROUP BY channel"
    )


@pytest.mark.parametrize(
    "question",
    ["share of each channel among the returned orders", "Share of returned orders by channel"],
)
def test_how_rows_are_spread_stays(question: str) -> None:
    sql = f"SELECT channel, {SPREAD} FROM orders WHERE status = 'returned' GROUP BY channel"
    assert repair(sql, question) == sql


def test_the_rows_that_are_said_first_are_the_whole() -> None:
    share = "SELECT 100.0 * COUNT(CASE WHEN {} THEN 1 END) / COUNT(*) FROM orders WHERE {}"
    late, web = "paid_on > due_on", "channel = 'web'"
    question = "What percentage of the web orders was paid after the due date?"
    assert repair(share.format(web, late), question) == share.format(late, web)
    assert repair(share.format(late, web), question) == share.format(late, web)
