"""Figures that are a formula in the question."""

from __future__ import annotations

import sqlite3

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, Table
from mome.linking.values import ValueIndex

TREATMENT = Table(
    None, "treatment", "table", None, None,
    (
        Column("trtId", "INTEGER", "integer"),
        Column("trtName", "TEXT", "text"),
        Column("qty", "INTEGER", "integer"),
        Column("unitPrice", "INTEGER", "integer"),
        Column("discount", "REAL", "number"),
    ),
    primary_key=("trtId",),
)  # fmt: skip
BY_NAME = "SELECT trtName, {} FROM treatment GROUP BY trtName"
VALUE = "value of treatments (quantity times unit price) by treatment name"
RATIO = "discount divided by quantity, by treatment name"


def repair(sql: str, question: str, dialect: str = "sqlite") -> str:
    catalog = Catalog(dialect, dialect, "clinic", "", (TREATMENT,))
    return repaired(SqlDraft(sql, dialect), question, catalog, ValueIndex([]))[0].sql


@pytest.mark.parametrize(
    ("figure", "question", "right"),
    [
        ("SUM(unitPrice)", VALUE, "SUM(qty * unitPrice)"),
        ("SUM(qty)", VALUE, "SUM(qty * unitPrice)"),
        ("SUM(qty), SUM(unitPrice)", VALUE, "SUM(qty * unitPrice)"),
        ("SUM(qty) AS total", VALUE, "SUM(qty * unitPrice) AS total"),
        ("SUM(unitPrice) / COUNT(*)", VALUE, "SUM(qty * unitPrice)"),
        ("SUM(unitPrice) / COUNT(*)", f"average {VALUE}", "AVG(qty * unitPrice)"),
        ("AVG(unitPrice)", "average of unit price minus discount", "AVG(unitPrice - discount)"),
        (
            "SUM(CASE WHEN qty > 1 THEN unitPrice ELSE 0 END)",
            VALUE,
            "SUM(CASE WHEN qty > 1 THEN qty * unitPrice ELSE 0 END)",
        ),
        ("SUM(discount)", RATIO, "1.0 * SUM(discount) / NULLIF(SUM(qty), 0)"),
        ("AVG(discount)", RATIO, "AVG(1.0 * discount / NULLIF(qty, 0))"),
        ("SUM(qty)", "quantity divided by 12", "SUM(1.0 * qty / 12)"),
        (
            "SUM(discount)",
            "quantity times unit price minus discount",
            "SUM(qty * unitPrice - discount)",
        ),
        (
            "SUM(discount)",
            "discount plus quantity times unit price",
            "SUM(discount + qty * unitPrice)",
        ),
    ],
)
@pytest.mark.parametrize("dialect", ["sqlite", "postgres", "duckdb", "mysql"])
def test_the_formula_takes_the_place(figure: str, question: str, right: str, dialect: str) -> None:
    found = repair(BY_NAME.format(figure), question, dialect).replace('"', "")
    assert found == BY_NAME.format(right)


def test_the_order_is_by_the_formula() -> None:
    sql = f"{BY_NAME} ORDER BY SUM({{}}) DESC"
    found = repair(sql.format("SUM(qty)", "qty"), VALUE)
    assert found == sql.format("SUM(qty * unitPrice)", "qty * unitPrice")
    connection = sqlite3.connect(":memory:")
    connection.executescript(
        "CREATE TABLE treatment (trtName TEXT, qty INTEGER, unitPrice INTEGER, discount REAL);"
        "INSERT INTO treatment VALUES ('Cast', 2, 30, 0), ('Cast', 1, 40, 4), ('X-ray', 3, 20, 0);"
    )
    assert connection.execute(found).fetchall() == [("Cast", 100), ("X-ray", 60)]
    ratio = repair("SELECT trtName, unitPrice FROM treatment", "unit price divided by quantity")
    rows = connection.execute(f"{ratio} ORDER BY trtName, qty").fetchall()
    assert rows == [("Cast", 40.0), ("Cast", 15.0), ("X-ray", pytest.approx(20 / 3))]
    connection.close()


@pytest.mark.parametrize(
    ("sql", "question"),
    [
        (BY_NAME.format("SUM(unitPrice)"), "unit prices by treatment name"),
        (BY_NAME.format("COUNT(*)"), f"number of treatments and {VALUE}"),
        (BY_NAME.format("SUM(unitPrice * qty)"), VALUE),
        (BY_NAME.format("SUM(unitPrice) * SUM(qty)"), VALUE),
        (BY_NAME.format("SUM(unitPrice * 2)"), VALUE),
        (BY_NAME.format("SUM(ABS(unitPrice))"), VALUE),
        (BY_NAME.format("COUNT(unitPrice)"), VALUE),
        ("SELECT qty, SUM(unitPrice) FROM treatment GROUP BY qty", VALUE),
        ("SELECT trtName FROM treatment WHERE unitPrice > 5", VALUE),
    ],
)
def test_other_queries_stay(sql: str, question: str) -> None:
    assert repair(sql, question) == sql
