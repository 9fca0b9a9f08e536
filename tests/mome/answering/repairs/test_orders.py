"""The order that a question ends with, and what a list of the first ones shows."""

from __future__ import annotations

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, Table
from mome.linking.values import ValueIndex

BILL = Table(
    None, "bill", "table", None, None,
    (
        Column("id", "INTEGER", "integer"),
        Column("name", "TEXT", "text"),
        Column("share", "DECIMAL(8,2)", "number"),
        Column("total", "DECIMAL(8,2)", "number"),
        Column("age", "INTEGER", "integer"),
        Column("issued_on", "DATE", "date"),
    ),
    primary_key=("id",),
)  # fmt: skip
CATALOG = Catalog("sqlite", "sqlite", "bills.sqlite", "", (BILL,))


def repair(sql: str, question: str) -> str:
    return repaired(SqlDraft(sql, "sqlite"), question, CATALOG, ValueIndex([]))[0].sql


@pytest.mark.parametrize(
    ("shown", "question", "order"),
    [
        ("name, share", "names and shares of bills, largest first", "share DESC"),
        ("name, share", "names and shares of bills, lowest first", "share"),
        ("share, total", "shares and totals of bills, largest share first", "share DESC"),
        ("name, issued_on", "names and days of bills, newest first", "issued_on DESC"),
        ("name, issued_on", "names and days of bills, oldest first", "issued_on"),
        ("name, age", "names and ages of people, oldest first", "age DESC"),
    ],
)
def test_rows_are_sorted_as_the_question_says(shown: str, question: str, order: str) -> None:
    wanted = f"SELECT {shown} FROM bill ORDER BY {order}"
    assert repair(f"SELECT {shown} FROM bill ORDER BY name", question) == wanted
    assert repair(f"SELECT {shown} FROM bill", question) == wanted


def test_groups_are_sorted_by_their_figure() -> None:
    groups = "SELECT name, COUNT(*) FROM bill GROUP BY name"
    found = repair(groups, "bills per name, most first")
    assert found == f"{groups} ORDER BY COUNT(*) DESC"


@pytest.mark.parametrize(
    "question",
    ["shares and totals of bills, newest first", "names, total share first", "Who came first?"],
)
def test_other_questions_change_no_order(question: str) -> None:
    sql = "SELECT share, total FROM bill ORDER BY name"
    assert repair(sql, question) == sql


def test_a_title_shows_the_figure_by_which_it_ranks() -> None:
    ranked = "FROM bill GROUP BY name ORDER BY SUM(total) DESC LIMIT 5"
    question = "Top 5 names by total"
    assert repair(f"SELECT name {ranked}", question) == f"SELECT name, SUM(total) {ranked}"
    shown = f"SELECT name, SUM(total) {ranked}"
    assert repair(shown, question) == shown
    assert repair(f"SELECT name {ranked}", "Which 5 names have the highest total?") == (
        f"SELECT name {ranked}"
    )
