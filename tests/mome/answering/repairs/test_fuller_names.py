"""Columns whose names go on from others'."""

from __future__ import annotations

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, Table
from mome.linking.values import ValueIndex

BILL = Table(
    None, "bill", "table", None, None,
    (
        Column("amount", "DECIMAL(8,2)", "number"),
        Column("tax_amount", "DECIMAL(8,2)", "number"),
        Column("issued_on", "DATE", "date"),
    ),
)  # fmt: skip
CATALOG = Catalog("sqlite", "sqlite", "bills.sqlite", "", (BILL,))


@pytest.mark.parametrize(
    ("question", "column"),
    [
        ("largest tax amount", "tax_amount"),
        ("largest amount", "amount"),
        ("largest amount of a bill with a tax amount", "amount"),
        ("largest amount of tax", "amount"),
    ],
)
def test_the_column_that_is_named_in_full_is_read(question: str, column: str) -> None:
    draft = SqlDraft("SELECT MAX(amount) FROM bill", "sqlite")
    found, notes = repaired(draft, question, CATALOG, ValueIndex([]))
    assert found.sql == f"SELECT MAX({column}) FROM bill"
    assert len(notes) == (column != "amount")
