"""One figure where a query lists a measure."""

from __future__ import annotations

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, Table
from mome.linking.values import ValueIndex

BILL = Table(
    None, "bill", "table", None, None,
    (
        Column("tax_amount", "DECIMAL(8,2)", "number"),
        Column("price", "DECIMAL(8,2)", "number"),
        Column("staff_hours", "DECIMAL(8,2)", "number"),
    ),
)  # fmt: skip
CATALOG = Catalog("sqlite", "sqlite", "bills.sqlite", "", (BILL,))


def repair(sql: str, question: str) -> str:
    return repaired(SqlDraft(sql, "sqlite"), question, CATALOG, ValueIndex([]))[0].sql


@pytest.mark.parametrize(
    ("question", "column"),
    [
        ("What is the tax amount of all bills?", "tax_amount"),
        ("tax amount on bills", "tax_amount"),
        ("What was the tax amount for every bill?", "tax_amount"),
        ("Staff hours of all bills", "staff_hours"),
    ],
)
def test_one_figure_is_added_up(question: str, column: str) -> None:
    assert repair(f"SELECT {column} FROM bill", question) == f"SELECT SUM({column}) FROM bill"


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("What are the tax amounts of all bills?", "SELECT tax_amount FROM bill"),
        ("What is the price of all bills?", "SELECT price FROM bill"),
        ("What is the tax amount of bill 7?", "SELECT tax_amount FROM bill"),
        ("tax amount of bills per month", "SELECT tax_amount FROM bill"),
        ("What is the tax amount of all bills?", "SELECT tax_amount, price FROM bill"),
        ("What is the tax amount of all bills?", "SELECT DISTINCT tax_amount FROM bill"),
    ],
)
def test_a_list_stays(question: str, sql: str) -> None:
    assert repair(sql, question) == sql
