"""What columns hold, by their names, types and values."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mome.answering.titles.columns import (
    adds_up,
    flag_parts,
    holds,
    is_flag,
    label_columns,
    main_date,
    measures_of_table,
)
from mome.catalog import Column, Table

MakeTable = Callable[..., Table]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ("id integer!, placed date", "placed"),
        ("id integer!, placed date, due_on date", "placed"),
        # Named as the table is.
        ("id integer!, order_date date, shipped date", "order_date"),
        # Several may be meant.
        ("id integer!, placed date, shipped date", None),
        # The creation of a row only where nothing else is.
        ("id integer!, created_at datetime, updated_at datetime", "created_at"),
        ("id integer!, placed date, created_at datetime", "placed"),
        # Dates that have to be said.
        ("id integer!, hired_on date", None),
        ("id integer!, birth_date date", None),
        ("id integer!, name text", None),
    ],
)
def test_the_main_date_is_when_a_row_came_about(
    columns: str, expected: str | None, make_table: MakeTable
) -> None:
    date = main_date(make_table("orders", columns))
    assert (None if date is None else date.name) == expected


def test_of_two_dates_the_main_one_is_the_one_that_is_never_empty() -> None:
    dates = (Column("placed", "DATE", "date", nullable=False), Column("shipped", "DATE", "date"))
    date = main_date(Table(None, "orders", "table", None, 1, dates))
    assert date is dates[0]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (Column("is_open", "INT", "integer", values=(0, 1), values_complete=True), "1"),
        (Column("isOpen", "TEXT", "text", values=("N", "Y"), values_complete=True), "'Y'"),
        (Column("open", "BOOL", "boolean"), "TRUE"),
        (Column("is_open", "INT", "integer", values=(0,), values_complete=True), ""),
    ],
)
def test_a_flag_holds(column: Column, expected: str) -> None:
    table = Table(None, "shop", "table", None, 1, (column,))
    assert is_flag(column)
    assert flag_parts(column, table) == ("open",)
    assert holds(column) == expected


@pytest.mark.parametrize("name", ["has_iso", "iso_flg", "iso_yn"])
def test_what_says_that_it_is_a_flag_need_not_be_said(name: str, make_table: MakeTable) -> None:
    table = make_table("sup", "sup_no integer!")
    column = Column(name, "CHAR", "text", values=("N", "Y"), values_complete=True)
    assert flag_parts(column, table) == ("iso",)


@pytest.mark.parametrize(
    "column",
    [
        Column("is_open", "INT", "integer", values=(0, 1)),
        Column("rank", "INT", "integer", values=(1, 2), values_complete=True),
    ],
)
def test_other_columns_are_no_flags(column: Column) -> None:
    assert not is_flag(column)


def test_measures_are_numbers_that_are_no_keys_dates_or_flags(make_table: MakeTable) -> None:
    columns = "id integer!, customer_id integer, total number, note text, order_year integer"
    orders = make_table("orders", columns, {"customer_id": "customer.id"})
    assert [column.name for column in measures_of_table(orders, "postgres")] == ["total"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("amount", True),
        ("hours_spent", True),
        ("unit_cost", False),
        ("price", False),
        ("tax_rate", False),
        ("age", False),
    ],
)
def test_a_plain_name_means_a_sum_where_numbers_add_up(name: str, expected: bool) -> None:
    assert adds_up(Column(name, "REAL", "number")) is expected


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ("id integer!, client_name text, city text", ["client_name"]),
        ("id integer!, first_name text, last_name text", ["first_name", "last_name"]),
        ("id integer!, full_name text, title text", ["full_name"]),
        ("id integer!, title text", ["title"]),
        # The name of something else.
        ("id integer!, broker_name text", []),
        ("id integer!, city text", []),
    ],
)
def test_rows_are_known_by_their_own_names(
    columns: str, expected: list[str], make_table: MakeTable
) -> None:
    client = make_table("client", columns)
    assert [column.name for column in label_columns(client)] == expected
