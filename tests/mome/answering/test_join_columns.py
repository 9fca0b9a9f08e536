"""The columns that joins set equal, and the columns that names stand for."""

from __future__ import annotations

import pytest
from sqlglot import exp, parse_one

from mome.answering.join_columns import column_of, equal_columns, rows_only, written_out
from mome.catalog import Catalog, Column, Table
from mome.sql_tree import tables_in


def table(name: str, columns: str) -> Table:
    fields = tuple(Column(column, "INTEGER", "integer") for column in columns.split())
    return Table(None, name, "table", None, None, fields, primary_key=("id",))


CATALOG = Catalog(
    "sqlite", "sqlite", "x.sqlite", "", (table("a", "id b_id Size"), table("b", "id b_id name"))
)
EQUAL = [(("a", "b_id"), ("b", "id"))]


def select(sql: str) -> exp.Select:
    tree = parse_one(sql, dialect="sqlite")
    assert isinstance(tree, exp.Select)
    return tree


@pytest.mark.parametrize(
    ("sql", "equal"),
    [
        ("SELECT 1 FROM a JOIN b ON a.b_id = b.id AND a.id > 3", EQUAL),
        ("SELECT 1 FROM a, b WHERE a.B_ID = b.id AND a.id = a.size", EQUAL),
        ("SELECT 1 FROM a JOIN b USING (b_id)", [(("a", "b_id"), ("b", "b_id"))]),
        ("SELECT 1 FROM a JOIN b ON a.b_id = 4", []),
    ],
)
def test_joins_set_columns_equal(sql: str, equal: list) -> None:
    query = select(sql)
    assert list(equal_columns(query, dict(tables_in(query, CATALOG)))) == equal


@pytest.mark.parametrize(
    ("name", "named"),
    [("a.Size", ("a", "size")), ("SIZE", ("a", "size")), ("id", None), ("c.id", None)],
)
def test_a_name_stands_for_the_column_of_one_table(
    name: str, named: tuple[str, str] | None
) -> None:
    query = select(f"SELECT {name} FROM a JOIN b ON a.b_id = b.id")
    column = query.expressions[0]
    assert isinstance(column, exp.Column)
    assert column_of(column, dict(tables_in(query, CATALOG))) == named


def test_positions_and_aliases_of_groups_are_written_out() -> None:
    query = select("SELECT size + 1 AS big, id FROM a GROUP BY 1, big, id")
    group = query.args["group"].expressions
    assert [written_out(node, query).sql() for node in group] == ["size + 1", "size + 1", "id"]


def test_a_position_that_is_not_there_stays() -> None:
    query = select("SELECT id FROM a GROUP BY 7")
    assert written_out(query.args["group"].expressions[0], query).sql() == "7"


def test_rows_are_chosen_as_the_query_chooses_them() -> None:
    query = select("SELECT id FROM a JOIN b ON a.b_id = b.id WHERE size > 1 GROUP BY id")
    wanted = "SELECT 1 FROM a JOIN b ON a.b_id = b.id WHERE size > 1"
    assert rows_only(query).sql(dialect="sqlite") == wanted
