"""Months and years by which a query groups, as texts on SQLite."""

from __future__ import annotations

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, Table
from mome.linking.values import ValueIndex

ORDERS = Table(None, "orders", "table", None, None, (Column("placed", "DATE", "date"),))
MONTH, FIRST_DAY = "STRFTIME('%Y-%m', placed)", "DATE(placed, 'start of month')"
TEXT, NUMBER = "STRFTIME('%Y', placed)", "CAST(STRFTIME('%Y', placed) AS INTEGER)"


def repair(sql: str, dialect: str = "sqlite") -> str:
    catalog = Catalog(dialect, dialect, "orders", "", (ORDERS,))
    return repaired(SqlDraft(sql, dialect), "", catalog, ValueIndex([]))[0].sql


@pytest.mark.parametrize(("read", "written"), [(FIRST_DAY, MONTH), (NUMBER, TEXT)])
def test_a_period_is_written_as_a_text_everywhere(read: str, written: str) -> None:
    groups = (
        "SELECT {0}, COUNT(*), COUNT(*) - LAG(COUNT(*)) OVER (ORDER BY {0}) FROM orders "
        "GROUP BY {0} ORDER BY {0}"
    )
    assert repair(groups.format(read)) == groups.format(written)


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT COUNT(*) FROM orders WHERE {NUMBER} > 2020",
        f"SELECT {NUMBER} - 1900, COUNT(*) FROM orders GROUP BY {NUMBER}",
        f"SELECT {FIRST_DAY} FROM orders",
        "SELECT DATE(placed, 'start of year'), COUNT(*) FROM orders GROUP BY 1",
        "SELECT CAST(STRFTIME('%m', placed) AS INTEGER) FROM orders GROUP BY 1",
    ],
)
def test_other_queries_stay(sql: str) -> None:
    assert repair(sql) == sql


def test_conditions_stay_beside_groups() -> None:
    sql = "SELECT {0}, COUNT(*) FROM orders WHERE {1} > 2020 GROUP BY {0}"
    assert repair(sql.format(NUMBER, NUMBER)) == sql.format(TEXT, NUMBER)


def test_engines_with_dates_keep_them() -> None:
    sql = "SELECT EXTRACT(YEAR FROM placed), COUNT(*) FROM orders GROUP BY 1"
    assert repair(sql, "postgres") == sql
