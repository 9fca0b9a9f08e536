"""Matches of outer joins that are counted."""

from __future__ import annotations

import pytest

from mome.answering.repairs import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, ForeignKey, Table
from mome.linking.values import ValueIndex


def table(name: str, columns: str, *keys: ForeignKey) -> Table:
    fields = tuple(Column(column, "INTEGER", "integer") for column in columns.split())
    return Table(None, name, "table", None, None, fields, ("id",), foreign_keys=keys)


BOSS = ForeignKey(("boss",), "people", ("id",))
PERSON = ForeignKey(("person",), "people", ("id",))
CATALOG = Catalog(
    "sqlite",
    "sqlite",
    "people.sqlite",
    "",
    (table("people", "id name boss team", BOSS), table("orders", "id person", PERSON)),
)
ORDERS = "FROM people LEFT JOIN orders AS o ON people.id = o.person"


def repair(sql: str) -> str:
    return repaired(SqlDraft(sql, "sqlite"), "", CATALOG, ValueIndex([]))[0].sql


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
