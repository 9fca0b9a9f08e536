"""Tables and order of a parsed query."""

from __future__ import annotations

import pytest
from sqlglot import exp

from mome.catalog import Catalog, Column, Table
from mome.sql_tree import is_ordered, parsed, sources, table_of, tables_in

COLUMNS = (Column("a", "INTEGER", "integer"), Column("b", "TEXT", "text"))
CATALOG = Catalog(
    "sqlite",
    "sqlite",
    "sqlite:///t.sqlite",
    "0",
    (
        Table(None, "t", "table", None, 0, COLUMNS),
        Table("s", "u", "table", None, 0, COLUMNS),
    ),
)


@pytest.mark.parametrize(
    ("sql", "ordered"),
    [
        ("SELECT a FROM t ORDER\nBY (a)", True),
        ("SELECT a FROM t UNION SELECT b FROM t ORDER BY 1", True),
        ("SELECT a FROM (SELECT a FROM t ORDER BY a) AS s", False),
        ("SELECT a FROM t WHERE b = ' order by '", False),
        ("SELECT FROM", False),
    ],
)
def test_only_the_outermost_order_is_one(sql: str, ordered: bool) -> None:
    assert is_ordered(sql, "sqlite") is ordered


def test_tables_of_from_and_joins_have_their_aliases() -> None:
    tree = parsed(
        "SELECT 1 FROM T AS x JOIN s.u ON x.a = u.a JOIN (SELECT 1 FROM t) AS y", "sqlite"
    )
    assert isinstance(tree, exp.Select)
    assert [type(node) for node in sources(tree)] == [exp.Table, exp.Table, exp.Subquery]
    assert [(alias, table.key) for alias, table in tables_in(tree, CATALOG)] == [
        ("x", "t"),
        ("u", "s.u"),
    ]


def test_a_table_outside_of_the_catalog_is_none() -> None:
    assert table_of(exp.to_table("missing"), CATALOG) is None
    assert table_of(exp.column("a"), CATALOG) is None


def test_broken_sql_is_none() -> None:
    assert parsed("SELECT FROM WHERE", "sqlite") is None
