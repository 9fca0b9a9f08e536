"""Which columns have a list of their values, and what the list holds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schemas import FullColumn, introspect, resolve_url
from schemas.contents.distinct_values import is_listed, with_values

COLUMN = FullColumn("c", "TEXT", "text", distinct=2)


@pytest.mark.parametrize("rows", [1, 49, 50, 51])
def test_fifty_values_are_few(make_sqlite: Callable, rows: int) -> None:
    script = (
        "CREATE TABLE t(many TEXT);"
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})"
        " INSERT INTO t SELECT 'm' || i FROM n"
    )
    column = introspect(resolve_url(make_sqlite(script))).table("t").column("many")
    assert (column.values is not None) == (rows <= 50)


@pytest.mark.parametrize(
    "column",
    [
        FullColumn("c", "TEXT", "text", distinct=2, excluded=True),
        FullColumn("c", "REAL", "number", distinct=2),
        FullColumn("c", "TEXT", "text", distinct=0),
        FullColumn("c", "TEXT", "text"),
    ],
)
def test_excluded_and_empty_columns_and_measures_are_not_listed(column: FullColumn) -> None:
    assert is_listed(COLUMN)
    assert not is_listed(column)


def test_prose_is_not_listed() -> None:
    assert with_values(COLUMN, ["short", "x" * 121]) == COLUMN


def test_bytes_that_are_no_text_leave_the_list_incomplete() -> None:
    column = with_values(COLUMN, ["fine", "caf\ufffd"])
    assert (column.values, column.values_complete) == (("fine",), False)


def test_a_boolean_with_other_numbers_is_an_integer() -> None:
    flag = FullColumn("c", "tinyint(1)", "boolean", distinct=2)
    assert with_values(flag, [1, 0]).family == "boolean"
    assert with_values(flag, [3, 0]).family == "integer"
