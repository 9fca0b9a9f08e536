"""Columns and tables as a query writes them."""

from __future__ import annotations

import pytest
from sqlglot import exp

from mome.answering.repairs.written_columns import written_column, written_table
from mome.catalog import Table
from mome.sql_tree import parsed


def select(sql: str) -> exp.Select:
    tree = parsed(sql, "postgres")
    assert isinstance(tree, exp.Select)
    return tree


def test_a_column_has_its_table_where_the_query_reads_several() -> None:
    one = select("SELECT COUNT(*) FROM orders")
    assert written_column(one, "orders", "id", "postgres").sql("postgres") == "id"
    two = select('SELECT COUNT(*) FROM orders AS "O" JOIN bill ON bill.id = "O".id')
    assert written_column(two, "o", "id", "postgres").sql("postgres") == '"O".id'
    assert written_column(two, "bill", "dueOn", "postgres").sql("postgres") == 'bill."dueOn"'


def test_a_table_that_the_query_does_not_read_has_no_alias() -> None:
    with pytest.raises(KeyError):
        written_column(select("SELECT 1 FROM a JOIN b ON a.x = b.x"), "c", "id", "postgres")


def test_a_joined_table_is_named_with_its_schema_and_alias() -> None:
    table = Table("sales", "person", "table", None, None, ())
    assert written_table(table, "person", "postgres").sql("postgres") == "sales.person"
    assert written_table(table, "rep", "postgres").sql("postgres") == "sales.person AS rep"
