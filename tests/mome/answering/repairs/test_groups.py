"""Matches of outer joins that are counted."""

from __future__ import annotations

import pytest
from people import CATALOG

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.linking.values import ValueIndex

ORDERS = "FROM people LEFT JOIN orders AS o ON people.id = o.person"


def repair(sql: str, question: str = "") -> str:
    return repaired(SqlDraft(sql, "sqlite"), question, CATALOG, ValueIndex([]))[0].sql


@pytest.mark.parametrize("group", ["people.id", "people.id, people.name"])
def test_orders_of_each_person_are_counted_and_not_rows(group: str) -> None:
    sql = f"SELECT people.name, COUNT(*) {ORDERS} GROUP BY {group} ORDER BY COUNT(*)"
    wanted = f"SELECT people.name, COUNT(o.id) {ORDERS} GROUP BY {group} ORDER BY COUNT(o.id)"
    assert repair(sql) == wanted


@pytest.mark.parametrize(
    "sql",
    [
        # A team has people, and those without orders count.
        f"SELECT people.team, COUNT(*) {ORDERS} GROUP BY people.team",
        f"SELECT COUNT(*) {ORDERS} WHERE o.id IS NULL",
        f"SELECT people.name, COUNT(*) {ORDERS} WHERE o.id IS NULL GROUP BY people.id",
        "SELECT people.name, COUNT(*) FROM people JOIN orders ON people.id = orders.person "
        "GROUP BY people.id",
    ],
)
def test_rows_are_counted_where_they_are_meant(sql: str) -> None:
    assert repair(sql) == sql


BUSY = "FROM orders GROUP BY person HAVING COUNT(*) > 1"


@pytest.mark.parametrize(
    ("question", "is_one_number"),
    [
        ("How many people have more than one order?", True),
        ("What is the number of people with several orders?", True),
        ("How many orders has each person with several?", False),
        ("Show the number of orders per person, if above one", False),
        ("Who has more than one order?", False),
    ],
)
def test_groups_are_counted_where_one_number_is_asked_for(
    question: str, is_one_number: bool
) -> None:
    sql = f"SELECT COUNT(*) {BUSY}"
    counted = f"SELECT COUNT(*) FROM (SELECT 1 AS one {BUSY}) AS counted"
    assert repair(sql, question) == (counted if is_one_number else sql)


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT person, COUNT(*) {BUSY}",
        "SELECT COUNT(*) FROM orders GROUP BY person",
        f"SELECT COUNT(*) {BUSY} ORDER BY COUNT(*) LIMIT 1",
    ],
)
def test_other_counts_of_groups_stay(sql: str) -> None:
    assert repair(sql, "How many people have more than one order?") == sql
