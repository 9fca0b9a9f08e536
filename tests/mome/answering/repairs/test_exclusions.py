"""What a question leaves out."""

from __future__ import annotations

import sqlite3

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, Table
from mome.linking.values import ValueIndex

PAYMENT = Table(
    None, "payment", "table", None, None,
    (
        Column("method", "TEXT", "text"),
        Column("amount", "REAL", "number"),
        Column("is_refunded", "INTEGER", "integer", values=(0, 1), values_complete=True),
        Column("state", "TEXT", "text", values=("booked", "past_due"), values_complete=True),
        Column("kind", "TEXT", "text", False, values=("gift", "sale"), values_complete=True),
        Column(
            "stat", "TEXT", "text", False, "X cancelled, O open", values=("O", "X"),
            values_complete=True,
        ),
    ),
)  # fmt: skip
CATALOG = Catalog("sqlite", "sqlite", "payment.sqlite", "", (PAYMENT,))
SUM = "SELECT method, SUM(amount) FROM payment"
BY_METHOD = " GROUP BY method"


def repair(sql: str, question: str) -> str:
    return repaired(SqlDraft(sql, "sqlite"), question, CATALOG, ValueIndex([]))[0].sql


@pytest.mark.parametrize(
    "shown",
    [
        "SUM(amount)",
        "SUM(amount), SUM(CASE WHEN is_refunded = 1 THEN amount ELSE 0 END)",
        "SUM(amount), COUNT(CASE WHEN is_refunded = 0 THEN 1 END)",
    ],
)
def test_refunded_payments_are_left_out(shown: str) -> None:
    found = repair(
        f"SELECT method, {shown} FROM payment{BY_METHOD}",
        "total amount per method, leaving out refunded payments",
    )
    assert found == f"{SUM} WHERE is_refunded = 0{BY_METHOD}"
    connection = sqlite3.connect(":memory:")
    connection.executescript(
        "CREATE TABLE payment (method TEXT, amount REAL, is_refunded INTEGER);"
        "INSERT INTO payment VALUES ('card', 5, 0), ('card', 7, 1), ('cash', 3, 0);"
    )
    assert connection.execute(found).fetchall() == [("card", 5.0), ("cash", 3.0)]
    connection.close()


@pytest.mark.parametrize(
    ("said", "condition"),
    [
        ("excluding refunded payments", "is_refunded = 0"),
        ("cancelled payments left out", "stat <> 'X'"),
        ("without counting cancelled ones", "stat <> 'X'"),
        ("(gift payments are not included)", "kind <> 'gift'"),
        ("ignoring all those that were refunded", "is_refunded = 0"),
        ("not counting non-refunded payments", "is_refunded = 1"),
        ("without refunded payments", "is_refunded = 0"),
        ("excluding gift payments", "kind <> 'gift'"),
        ("except past due ones", "(state <> 'past_due' OR state IS NULL)"),
    ],
)
def test_the_words_of_leaving_out(said: str, condition: str) -> None:
    assert repair(SUM + BY_METHOD, f"amount per method {said}") == (
        f"{SUM} WHERE {condition}{BY_METHOD}"
    )


def test_a_condition_of_just_these_rows_is_turned() -> None:
    found = repair(f"{SUM} WHERE kind = 'gift'{BY_METHOD}", "amount per method except gift")
    assert found == f"{SUM} WHERE kind <> 'gift'{BY_METHOD}"


@pytest.mark.parametrize(
    ("sql", "question"),
    [
        (SUM + BY_METHOD, "amount per method, excluding cheques"),
        (SUM + BY_METHOD, "percentage of the amount per method, excluding gift payments"),
        (f"{SUM} WHERE kind <> 'gift'{BY_METHOD}", "amount per method except gift"),
        (f"{SUM} WHERE NOT kind IN ('gift'){BY_METHOD}", "amount per method except gift"),
        ("SELECT method FROM payment", "methods without gift payments"),
        (
            f"SELECT COUNT(CASE WHEN kind <> 'gift' THEN 1 END) FROM payment{BY_METHOD}",
            "number of payments per method except gift",
        ),
    ],
)
def test_other_queries_stay(sql: str, question: str) -> None:
    assert repair(sql, question) == sql
