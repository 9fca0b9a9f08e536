"""Formulas that a question says."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp

from mome.answering.repairs.said_formulas import Operand, said_formula
from mome.catalog import Catalog, Column, Table

LINE = Table(
    None, "order_line", "table", None, None,
    (
        Column("line_id", "INTEGER", "integer"),
        Column("qty", "INTEGER", "integer"),
        Column("unitPrice", "REAL", "number"),
        Column("actualMin", "INTEGER", "integer"),
        Column("plannedMin", "INTEGER", "integer"),
        Column("actual_cost", "REAL", "number"),
        Column("price_per_seat", "REAL", "number"),
        Column("discount", "REAL", "number"),
        Column("note", "TEXT", "text"),
    ),
    primary_key=("line_id",),
)  # fmt: skip
CATALOG = Catalog("sqlite", "sqlite", "lines.sqlite", "", (LINE,))
SELECT = sqlglot.parse_one("SELECT * FROM order_line", dialect="sqlite")


def read(question: str) -> str:
    """Return the formula in short; empty if there is none."""
    assert isinstance(SELECT, exp.Select)
    found = said_formula(question, SELECT, CATALOG)
    if found is None:
        return ""
    names = [one.stored.column.name if isinstance(one, Operand) else one for one in found.operands]
    parts = [f" {sign.key} {name}" for sign, name in zip(found.signs, names[1:], strict=True)]
    return names[0] + "".join(parts)


@pytest.mark.parametrize(
    ("question", "formula"),
    [
        ("total value (quantity times unit price) per customer", "qty mul unitPrice"),
        ("the order line quantity multiplied by the unit price", "qty mul unitPrice"),
        ("qty * unit price, by month", "qty mul unitPrice"),
        ("qty x price per seat", "qty mul price_per_seat"),
        ("the value is quantity times unit price minus discount", "qty mul unitPrice sub discount"),
        ("actual minus planned minutes", "actualMin sub plannedMin"),
        ("average of planned minutes minus actual minutes", "plannedMin sub actualMin"),
        ("actual cost divided by quantity", "actual_cost div qty"),
        ("unit price plus discount of each order line", "unitPrice add discount"),
        ("price per seat times 12", "price_per_seat mul 12"),
    ],
)
def test_operands_are_columns(question: str, formula: str) -> None:
    assert read(question) == formula


@pytest.mark.parametrize(
    "question",
    [
        "how many times was the unit price changed?",
        "lines ordered 3 times quantity",
        "quantity times weight",
        "quantity times unit price times (1 - rate)",
        "(unit price plus discount) times quantity",
        "quantity times note",
        "quantity times quantity",
        "line id times quantity",
        "quantity-times-unit-price",
    ],
)
def test_other_words_are_no_formula(question: str) -> None:
    assert read(question) == ""
