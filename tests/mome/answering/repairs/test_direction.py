"""Orders that take the other end than the question asks for are turned; others stay."""

from __future__ import annotations

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.repairs.direction import TURNED
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, Table
from mome.linking.values import ValueIndex


def catalog(dialect: str = "sqlite") -> Catalog:
    columns = (
        Column("name", "TEXT", "text"),
        Column("made", "DATE", "date", nullable=False),
        Column("price", "REAL", "number", nullable=False),
        Column("rank", "INTEGER", "integer", nullable=False),
        Column("age", "INTEGER", "integer", nullable=False),
        Column("birth_year", "INTEGER", "integer", nullable=False),
    )
    table = Table(None, "t", "table", None, 9, columns)
    return Catalog(dialect, dialect, f"{dialect}://", "", (table,))


def turned(order: str, question: str, dialect: str = "sqlite") -> str:
    draft = SqlDraft(f"SELECT name FROM t ORDER BY {order} LIMIT 5", dialect)
    text = repaired(draft, question, catalog(dialect), ValueIndex([]))[0].sql
    return text.removeprefix("SELECT name FROM t ORDER BY ").removesuffix(" LIMIT 5")


@pytest.mark.parametrize(
    ("question", "order", "wanted"),
    [
        ("the five cheapest", "price DESC, name", "price, name"),
        ("the five most expensive", "price", "price DESC"),
        ("the most common name", "COUNT(*)", "COUNT(*) DESC"),
        ("the oldest author", "birth_year DESC", "birth_year"),
        ("the youngest author", "birth_year", "birth_year DESC"),
        ("the oldest author", "age", "age DESC"),
        ("the oldest one", "made DESC", "made"),
    ],
)
def test_the_wrong_end_is_turned(question: str, order: str, wanted: str) -> None:
    assert turned(order, question) == wanted
    assert turned(wanted, question) == wanted


@pytest.mark.parametrize(
    ("question", "order"),
    [
        ("the highest rank", "rank"),
        ("the most recent", "made"),
        ("at least two, by price", "price"),
        ("the oldest one", "price DESC"),
        ("from youngest to oldest", "age DESC"),
    ],
)
def test_what_the_question_does_not_settle_stays(question: str, order: str) -> None:
    assert turned(order, question) == order


def listed(order: str, question: str) -> str:
    draft = SqlDraft(f"SELECT name FROM t ORDER BY {order}", "sqlite")
    text = repaired(draft, question, catalog(), ValueIndex([]))[0].sql
    return text.removeprefix("SELECT name FROM t ORDER BY ")


@pytest.mark.parametrize(
    ("question", "order", "wanted"),
    [
        ("all in descending order of price", "price", "price DESC"),
        ("all, descending by price then name", "name DESC, price", "name DESC, price"),
        ("all in ascending order of price", "price DESC, name DESC", "price, name DESC"),
        ("all from the highest price to the lowest", "price", "price DESC"),
        ("all from the cheapest to the dearest", "price DESC", "price"),
        ("prices descending and names ascending", "name", "name"),
        ("all by price", "price DESC", "price DESC"),
    ],
)
def test_a_listing_has_the_direction_that_the_question_names(
    question: str, order: str, wanted: str
) -> None:
    assert listed(order, question) == wanted


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb", "postgres", "mysql"])
def test_the_place_of_null_is_left_to_the_engine(dialect: str) -> None:
    assert turned("price DESC", "the five cheapest", dialect) == "price"
    assert turned("price", "the five dearest and most loved", dialect) == "price DESC"


def test_a_note_says_that_the_order_was_turned() -> None:
    draft = SqlDraft("SELECT name FROM t ORDER BY birth_year DESC LIMIT 1", "sqlite")
    _, notes = repaired(draft, "the oldest author", catalog(), ValueIndex([]))
    assert notes == (f"{TURNED}, since the question asks for the oldest",)


@pytest.mark.parametrize(
    ("question", "sql", "wanted"),
    [
        ("names, most expensive first", "SELECT name FROM t ORDER BY price LIMIT 1",
         "SELECT name FROM t ORDER BY price DESC"),
        ("names, cheapest first?", "SELECT name FROM t ORDER BY price LIMIT 1",
         "SELECT name FROM t ORDER BY price"),
        ("Who came first?", "SELECT name FROM t ORDER BY made LIMIT 1",
         "SELECT name FROM t ORDER BY made LIMIT 1"),
        ("the 3 cheapest, cheapest first", "SELECT name FROM t ORDER BY price LIMIT 3",
         "SELECT name FROM t ORDER BY price LIMIT 3"),
    ],
)  # fmt: skip
def test_an_order_that_is_named_keeps_all_rows(question: str, sql: str, wanted: str) -> None:
    draft = SqlDraft(sql, "sqlite")
    assert repaired(draft, question, catalog(), ValueIndex([]))[0].sql == wanted
