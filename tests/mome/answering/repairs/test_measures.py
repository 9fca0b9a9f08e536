"""Measures that a question names and a query does not add up."""

from __future__ import annotations

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, ForeignKey, Table
from mome.linking.values import ValueIndex

CLIENT = Table(
    None, "client", "table", None, None,
    (Column("id", "INTEGER", "integer"), Column("name", "TEXT", "text")),
    primary_key=("id",),
)  # fmt: skip
WORK = Table(
    None, "work", "table", None, None,
    (
        Column("client_id", "INTEGER", "integer"),
        Column("kind", "TEXT", "text"),
        Column("hours", "DECIMAL(4,2)", "number"),
        Column("level", "INTEGER", "integer"),
        Column("billed_amount", "DECIMAL(9,2)", "number"),
    ),
    foreign_keys=(ForeignKey(("client_id",), "client", ("id",)),),
)  # fmt: skip
CATALOG = Catalog("sqlite", "sqlite", "work.sqlite", "", (CLIENT, WORK))
BY_KIND = "SELECT kind, {} FROM work GROUP BY kind"
OF_CLIENT = "FROM client JOIN work ON client.id = work.client_id"


def repair(sql: str, question: str) -> str:
    return repaired(SqlDraft(sql, "sqlite"), question, CATALOG, ValueIndex([]))[0].sql


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("hours per kind", "SUM(hours)"),
        ("total hours by kind", "SUM(hours)"),
        ("how many hours of each kind?", "SUM(hours)"),
        ("billed amount by kind", "SUM(billed_amount)"),
        ("number of entries with hours per kind", "COUNT(*)"),
        ("how many entries are there by kind, and hours?", "COUNT(*)"),
        ("level by kind", "COUNT(*)"),
        ("entries per kind", "COUNT(*)"),
        ("hours and billed amount per kind", "COUNT(*)"),
    ],
)
def test_a_named_measure_is_added_up(question: str, figure: str) -> None:
    assert repair(BY_KIND.format("COUNT(*)"), question) == BY_KIND.format(figure)


def test_a_measure_that_the_query_reads_says_which_rows_count() -> None:
    sql = "SELECT kind, COUNT(*) FROM work WHERE hours > 8 GROUP BY kind"
    assert repair(sql, "work over 8 hours by kind") == sql


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("hours by kind", "SUM(hours)"),
        ("cumulative hours by kind", "SUM(SUM(hours)) OVER (ORDER BY kind {})"),
    ],
)
def test_a_running_total_is_shown_where_it_is_asked_for(question: str, figure: str) -> None:
    frame = "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"
    running = BY_KIND.format(f"SUM(SUM(hours)) OVER (ORDER BY kind {frame})")
    assert repair(running, question) == BY_KIND.format(figure.format(frame))


def test_the_top_of_owners_is_by_their_sums() -> None:
    single = f"SELECT client.name {OF_CLIENT} ORDER BY work.hours DESC LIMIT 5"
    grouped = (
        f"SELECT client.name, SUM(work.hours) {OF_CLIENT} GROUP BY client.id, client.name "
        "ORDER BY SUM(work.hours) DESC LIMIT 5"
    )
    assert repair(single, "top 5 clients by hours") == grouped
    assert repair(single, "top 5 clients by total hours") == grouped
    # One row is asked for: that of the largest.
    assert repair(single, "the clients of the 5 longest hours") == single


def test_rows_of_one_table_are_in_their_own_order() -> None:
    sql = "SELECT work.kind, work.hours FROM work ORDER BY work.hours DESC LIMIT 5"
    assert repair(sql, "top 5 kinds by hours") == sql
