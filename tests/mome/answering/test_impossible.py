"""Conditions that no question means, those that only look so, and what a query leaves out."""

from __future__ import annotations

import pytest

from mome.answering.impossible import impossible, unmet
from mome.catalog import Catalog, Column, Table
from mome.linking.values import ValueIndex
from mome.sql_tree import parsed

VALUES = ValueIndex([("t", "kind", ["new", "old"], True), ("t", "note", ["fine"], False)])


def catalog() -> Catalog:
    columns = (
        Column("id", "INTEGER", "integer", nullable=False),
        Column("made", "DATE", "date"),
        Column("sold", "TEXT", "text", values=("31/12/2023", "01/02/2024")),
        Column("price", "REAL", "number"),
        Column("rank", "INTEGER", "integer"),
        Column("paid", "BOOLEAN", "boolean"),
        Column("said", "BOOLEAN", "boolean", values=("ja", "nein")),
        Column("kind", "TEXT", "text"),
        Column("note", "TEXT", "text"),
        Column("year", "INTEGER", "integer"),
        Column("stars", "INTEGER", "integer", values=(1, 5), values_complete=True),
        Column("page", "INTEGER", "integer", values=(1, 1999), values_complete=True),
    )
    table = Table(None, "t", "table", None, 9, columns, primary_key=("id",))
    return Catalog("sqlite", "sqlite", "sqlite://", "print", (table,))


def why(where: str, question: str = "which ones", dialect: str = "sqlite") -> str:
    tree = parsed(f"SELECT kind FROM t {where}", dialect)
    return impossible(question, tree, catalog(), VALUES)


@pytest.mark.parametrize(
    "where",
    [
        "WHERE made = 2023",
        "WHERE 2023 <= made",
        "WHERE made BETWEEN 2022 AND 2023",
        "WHERE made = '202001-01-01'",
        "WHERE made >= '2023-13-01'",
        "WHERE made = 'not been made'",
        "WHERE made LIKE '20%'",
        "WHERE made >= '2025-01-01' AND made < '2025-01-01'",
        "WHERE made LIKE '2022%' AND made < '2021-01-01'",
        "WHERE made > '2024-01-01' AND (made < '2023-01-01' AND price > 1)",
        "WHERE made BETWEEN '2024-01-01' AND '2023-01-01'",
        "WHERE price > 5 AND price <= 5",
        "WHERE price = 'cheap'",
        "WHERE paid = 2023",
        "WHERE paid = 'old'",
        "WHERE kind = 3",
        "WHERE kind < 2024",
        "WHERE kind = 'new' AND kind = 'old'",
        "WHERE sold >= '2024-01-01'",
        "WHERE sold = '2024-01-01'",
        "ORDER BY sold LIMIT 1",
        "WHERE sold = (SELECT MAX(sold) FROM t)",
        "WHERE note = NULL",
        "WHERE id IS NULL",
    ],
)
def test_no_question_means_it(where: str) -> None:
    assert why(where)


@pytest.mark.parametrize(
    "where",
    [
        "WHERE made >= '2023-01-01' AND made < '2024-01-01'",
        "WHERE made >= '2023'",
        "WHERE made = DATE('2023-01-31')",
        "WHERE made LIKE '2023-02%'",
        "WHERE made LIKE '%-12-%'",
        "WHERE made < '2023-01-01' OR made > '2024-01-01'",
        "WHERE sold = '31/12/2023'",
        "WHERE price > '5'",
        "WHERE price > 5 AND price <= 6",
        "WHERE paid = 1 AND said = 'ja'",
        "WHERE paid = 'true'",
        "WHERE kind IN ('new', 'old')",
        "WHERE kind = 'never stored'",
        "WHERE NOT id IS NULL",
        "WHERE year = 2023",
        "WHERE id = 7",
    ],
)
def test_a_question_may_mean_it(where: str) -> None:
    assert why(where) == ""


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb", "postgres", "mysql"])
def test_what_is_negated_is_not_judged_as_its_opposite(dialect: str) -> None:
    assert why("WHERE id IS NOT NULL", dialect=dialect) == ""
    assert why("WHERE made LIKE '2022%' AND made NOT LIKE '2021%'", dialect=dialect) == ""
    assert why("WHERE id IS NULL", dialect=dialect)


def test_a_key_is_no_year_of_the_question() -> None:
    assert "with a year" in why("WHERE id = 2023", "made in 2023")
    assert why("WHERE id = 2023", "item 2023") == ""


def test_a_year_is_no_width_of_buckets() -> None:
    tree = parsed("SELECT FLOOR(price / 2024) * 2024, COUNT(*) FROM t GROUP BY 1", "sqlite")
    reason = impossible("Price by kind in 2024", tree, catalog(), VALUES)
    assert reason == "it counts in steps of 2024, which is a year"
    tens = parsed("SELECT FLOOR(price / 10) * 10, COUNT(*) FROM t GROUP BY 1", "sqlite")
    assert impossible("Prices of 2024 in steps of 10", tens, catalog(), VALUES) == ""


def test_a_date_of_a_year_that_the_question_does_not_say() -> None:
    range_2020 = "WHERE made >= '2020-01-01' AND made < '2021-01-01'"
    assert "another year, 2020" in why(range_2020, "made in 2023")
    assert why(range_2020, "made in 2020") == ""
    assert why(range_2020, "made when the shop was new") == ""


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ("kind = 'used'", "no row of t has kind 'used'"),
        ("kind IN ('used', 'lent')", "no row of t has kind 'used'"),
        ("kind IN ('used', 'old')", ""),
        ("kind <> 'used'", ""),
        ("note = 'odd'", ""),
    ],
)
def test_a_value_that_is_not_stored_where_all_values_are_known(where: str, reason: str) -> None:
    tree = parsed(f"SELECT COUNT(*) FROM t WHERE {where}", "sqlite")
    assert unmet(tree, catalog(), VALUES) == reason


def test_numbers_none_of_which_is_a_year_are_not_compared_with_one() -> None:
    assert why("WHERE stars >= 2024", "those of 2024") == "it compares t.stars with a year"
    assert why("WHERE stars >= 2024", "more than 20 stars") == ""
    assert why("WHERE page >= 2024", "those of 2024") == ""


def test_a_bare_year_is_no_width_of_buckets() -> None:
    width = "GROUP BY FLOOR(CAST(price AS REAL) / {0}) * {0}"
    assert "which is a year" in why(width.format(2024), "prices 2024, highest first")
    assert why(width.format(2500), "prices in steps of 2500") == ""
