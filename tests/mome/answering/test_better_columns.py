"""Columns beside one whose name fits the question better."""

from __future__ import annotations

import pytest

from mome.answering.better_columns import better_columns
from mome.catalog import Catalog, Column, ForeignKey, Table
from mome.sql_tree import parsed

FAMILIES = {"inv_dt": "date", "due_dt": "date", "cell_phone": "text", "home_phone": "text"}
NAMES = "id bill_addr ship_addr net_amt tot_amt inv_dt due_dt cell_phone home_phone amt"
INVOICE = Table(
    None,
    "inv",
    "table",
    None,
    None,
    tuple(Column(name, "", FAMILIES.get(name, "number")) for name in NAMES.split()),
    ("id",),
    foreign_keys=(
        ForeignKey(("bill_addr",), "inv", ("id",)),
        ForeignKey(("ship_addr",), "inv", ("id",)),
    ),
)
CATALOG = Catalog("sqlite", "sqlite", "inv.sqlite", "", (INVOICE,))


def found(question: str, sql: str) -> list[str]:
    tree = parsed(sql, "sqlite")
    assert tree is not None
    return better_columns(question, tree, CATALOG)


@pytest.mark.parametrize(
    ("question", "read", "better"),
    [
        ("total amount of all invoices", "net_amt", "tot_amt"),
        ("the cell phone numbers", "home_phone", "cell_phone"),
    ],
)
def test_a_better_column_is_named(question: str, read: str, better: str) -> None:
    sentence = f"it reads {read}, and the question rather says {better}"
    assert found(question, f"SELECT {read} FROM inv") == [sentence]
    assert found(question, f"SELECT {better} FROM inv") == []


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        # Both are said, or the words that they share are not.
        ("net amount and total amount", "SELECT net_amt FROM inv"),
        ("the total", "SELECT net_amt FROM inv"),
        ("total amount beside net", "SELECT net_amt, tot_amt FROM inv"),
        # Keys, columns of another kind, and a name without a word of its own.
        ("the shipping address", "SELECT bill_addr FROM inv"),
        ("total amount", "SELECT home_phone FROM inv"),
        ("total amount", "SELECT amt FROM inv"),
    ],
)
def test_other_columns_are_as_good(question: str, sql: str) -> None:
    assert found(question, sql) == []
