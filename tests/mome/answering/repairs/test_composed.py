"""Conditions that are written as the question says, and those that are left alone."""

from __future__ import annotations

import pytest

from mome.answering.repairs.composed import repaired
from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, Column, ForeignKey, Table
from mome.linking.values import ValueIndex

VALUES = ValueIndex([("item", "place", ["Paris", "paris", "PARIS", "Rome"], True)])


def catalog(dialect: str = "sqlite") -> Catalog:
    item = Table(
        None,
        "item",
        "table",
        None,
        9,
        (
            Column("id", "INTEGER", "integer", nullable=False),
            Column("made", "DATE", "date"),
            Column("deleted_at", "DATE", "date"),
            Column("price", "REAL", "number"),
            Column("phone", "TEXT", "text"),
            Column("place", "TEXT", "text"),
        ),
        primary_key=("id",),
    )
    sale = Table(
        None,
        "sale",
        "table",
        None,
        9,
        (
            Column("item_id", "INTEGER", "integer"),
            Column("buyer_id", "INTEGER", "integer", nullable=False),
            Column("sold_on", "DATE", "date"),
            Column("paid", "BOOLEAN", "boolean"),
            Column("is_open", "BOOLEAN", "boolean", values=("true", "false")),
        ),
        foreign_keys=(ForeignKey(("item_id",), "item", ("id",)),),
    )
    return Catalog(dialect, dialect, f"{dialect}://", "print", (item, sale))


def mended(question: str, rest: str, table: str = "sale", dialect: str = "sqlite") -> str:
    head = f"SELECT COUNT(*) FROM {table}"
    draft = SqlDraft(f"{head} {rest}", dialect)
    sql = repaired(draft, question, catalog(dialect), VALUES)[0].sql
    assert sql.startswith(head)
    return sql[len(head) + 1 :]


IN_2023 = "WHERE sold_on >= '2023-01-01' AND sold_on < '2024-01-01'"


@pytest.mark.parametrize(
    ("question", "written", "meant"),
    [
        ("sold in 2023", "WHERE sold_on = 2023", IN_2023),
        ("sold in 2023", "WHERE sold_on >= '2025-01-01' AND sold_on < '2025-01-01'", IN_2023),
        ("sold in 2023", "WHERE sold_on = '202001-01-01'", IN_2023),
        ("sold in 2023", "WHERE sold_on LIKE '20%' AND sold_on LIKE '2022-01%'", IN_2023),
        ("sold in 2023", "WHERE sold_on BETWEEN '2023-01-01' AND '2023-12-31'", IN_2023),
        ("sold in 2023", "WHERE item_id = 2023", IN_2023),
        ("sold in 2023", "WHERE paid = 2023", IN_2023),
        ("paid in 2023", "WHERE paid = 1 AND sold_on = 2023", f"WHERE paid = 1 AND {IN_2023[6:]}"),
        ("sold before 2023", "WHERE sold_on < 2023", "WHERE sold_on < '2023-01-01'"),
        ("in each quarter of 2023", "WHERE sold_on LIKE '2022%'", IN_2023),
        ("sold since 2023", "WHERE sold_on > '2023'", "WHERE sold_on >= '2023-01-01'"),
        (
            "sold in March 2024",
            "WHERE sold_on LIKE '2024%'",
            "WHERE sold_on >= '2024-03-01' AND sold_on < '2024-04-01'",
        ),
    ],
)
def test_a_period_is_written_as_a_range(question: str, written: str, meant: str) -> None:
    assert mended(question, written) == meant


@pytest.mark.parametrize(
    ("question", "written"),
    [
        ("sold in 2023", IN_2023),
        ("sold in 2023", "WHERE sold_on LIKE '2023%'"),
        ("sold in 2023 or 2025", "WHERE sold_on = 2023"),
        ("sold on May 5, 2023", "WHERE sold_on = '2023-05-05'"),
        ("sold in 2023", "WHERE sold_on = 2023 OR paid = 1"),
        ("sale 2023", "WHERE item_id = 2023"),
        (
            "sold in the third quarter of 2023",
            "WHERE sold_on >= '2023-07-01' AND sold_on < '2023-10-01'",
        ),
        ("sold after the start of March 2024", "WHERE sold_on >= '2024-03-01'"),
    ],
)
def test_other_conditions_keep_their_form(question: str, written: str) -> None:
    assert mended(question, written) == written


def test_of_two_columns_of_dates_none_is_guessed() -> None:
    assert mended("items in 2023", "WHERE id = 2023", "item") == "WHERE id = 2023"


@pytest.mark.parametrize(
    ("question", "written", "meant"),
    [
        ("items not been deleted", "deleted_at = 'not been deleted'", "deleted_at IS NULL"),
        ("deleted items", "deleted_at = 'deleted'", "NOT deleted_at IS NULL"),
        ("items that do not have a price", "price = 'No'", "price IS NULL"),
        ("items without a phone", "phone = 'without'", "phone = 'without'"),
        ("items of missing phone", "phone = 'missing'", "phone IS NULL"),
        ("items that are not new", "price = 'not new'", "price = 'not new'"),
    ],
)
def test_words_about_absence_mean_null(question: str, written: str, meant: str) -> None:
    assert mended(question, f"WHERE {written}", "item") == f"WHERE {meant}"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("SELECT item_id FROM sale", "SELECT item_id FROM sale WHERE NOT item_id IS NULL"),
        (
            "SELECT item_id FROM sale WHERE paid",
            "SELECT item_id FROM sale WHERE paid AND NOT item_id IS NULL",
        ),
        ("SELECT buyer_id FROM sale", "SELECT buyer_id FROM sale"),
        (
            "SELECT item_id FROM sale WHERE NOT item_id IS NULL",
            "SELECT item_id FROM sale WHERE NOT item_id IS NULL",
        ),
    ],
)
def test_not_in_reads_no_null(written: str, meant: str) -> None:
    found = mended("items never sold", f"WHERE NOT id IN ({written})", "item")
    assert found == f"WHERE NOT id IN ({meant})"


@pytest.mark.parametrize(
    ("dialect", "order", "mends"),
    [
        ("sqlite", "price", True),
        ("sqlite", "price DESC", False),
        ("mysql", "price", True),
        ("postgres", "price DESC", True),
        ("postgres", "price", False),
        ("duckdb", "price", False),
        ("sqlite", "id", False),
    ],
)
def test_the_least_has_a_value(dialect: str, order: str, mends: bool) -> None:
    found = mended("one item by price", f"ORDER BY {order} LIMIT 1", "item", dialect)
    assert found.startswith("WHERE NOT price IS NULL ORDER BY") == mends


@pytest.mark.parametrize(
    ("question", "written", "meant"),
    [
        ("open sales", "is_open = 'false'", "is_open = 'true'"),
        ("open sales", "is_open = 'true'", "is_open = 'true'"),
        ("sales that are not open", "is_open = 'false'", "is_open = 'false'"),
        ("closed sales", "is_open = 'false'", "is_open = 'false'"),
    ],
)
def test_a_truth_value_that_is_named_is_true(question: str, written: str, meant: str) -> None:
    assert mended(question, f"WHERE {written}") == f"WHERE {meant}"
