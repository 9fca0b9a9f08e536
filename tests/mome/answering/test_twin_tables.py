"""Tables of one name in several schemas."""

from __future__ import annotations

import pytest

from mome.answering.twin_tables import is_undecided
from mome.catalog import Catalog, Column, Table


def table(schema: str | None, name: str, *columns: str) -> Table:
    found = tuple(Column(column, "int", "integer") for column in columns)
    return Table(schema, name, "table", None, 1, found)


CATALOG = Catalog(
    "postgres",
    "postgresql",
    "",
    "",
    (
        table("sales", "orders", "id", "amount", "discount"),
        table("archive", "Orders", "id", "amount"),
        table("sales", "staff", "id"),
        table(None, "staff", "id"),
        table("sales", "lines", "id"),
    ),
)


@pytest.mark.parametrize(
    ("question", "tables", "columns", "expected"),
    [
        ("How many orders are there?", ["sales.orders"], [], True),
        ("What is the total amount of orders?", ["sales.orders"], ["sales.orders.amount"], True),
        ("How many sales orders are there?", ["sales.orders"], [], False),
        ("How many archived orders are there?", ["archive.Orders"], [], False),
        # Only one of the two has the column.
        ("What is the largest discount?", ["sales.orders"], ["sales.orders.discount"], False),
        # Both are read, so neither was chosen.
        ("Which orders are in both?", ["sales.orders", "archive.Orders"], [], False),
        # The plain name means the table of the default schema.
        ("How many staff are there?", ["staff"], [], False),
        ("How many staff are there?", ["sales.staff"], [], True),
        ("How many lines are there?", ["sales.lines"], [], False),
    ],
)
def test_a_table_is_undecided_where_another_could_be_meant(
    question: str, tables: list[str], columns: list[str], expected: bool
) -> None:
    assert is_undecided(question, tables, columns, CATALOG) is expected
