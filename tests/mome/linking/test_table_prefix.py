"""Prefixes of a table's columns, which nobody says."""

from __future__ import annotations

import pytest

from mome.catalog import Column, Table
from mome.linking.table_prefix import own_words, table_prefix


def table(name: str, *columns: str) -> Table:
    named = tuple(Column(column, "TEXT", "text") for column in columns)
    return Table(None, name, "table", None, None, named)


@pytest.mark.parametrize(
    ("one", "prefix"),
    [
        (table("shipments", "shp_id", "shp_status", "shp_booked_on"), "shp"),
        (table("customer", "customer_id", "customer_name", "customer_city"), "customer"),
        (table("sbTransaction", "sbTxId", "sbTxDate", "sbTxAmount"), "sb"),
        (table("orders", "id", "status", "ordered_on"), ""),
        (table("orders", "billing_city", "billing_name", "billing_code"), ""),  # a word
        (table("pair", "inv_id", "inv_no"), ""),  # too few to tell
    ],
)
def test_the_prefix_of_nearly_all_columns(one: Table, prefix: str) -> None:
    assert table_prefix(one) == prefix


def test_words_without_the_prefix() -> None:
    one = table("shipments", "shp_id", "shp_is_late", "shp_booked_on", "shp_km", "cus_id")
    assert own_words("shp_is_late", one) == ("is", "late")
    assert own_words("cus_id", one) == ("cus", "id")
    assert own_words("shp", one) == ("shp",)
    assert own_words("shp_km", one) == ("km",)
