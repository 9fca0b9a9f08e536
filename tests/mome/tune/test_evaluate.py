"""When two results count as the same answer."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mome.catalog import Catalog, Column, Table
from mome.execution import Result
from mome.guard import guard
from mome.tune.evaluate import Figures, is_ordered, same_rows

COLUMNS = (Column("a", "INTEGER", "integer"), Column("b", "TEXT", "text"))
CATALOG = Catalog(
    "sqlite", "sqlite", "sqlite:///t.sqlite", "0", (Table(None, "t", "table", None, 0, COLUMNS),)
)


def _result(*rows: tuple) -> Result:
    return Result(
        tuple(f"c{place}" for place in range(len(rows[0]))) if rows else ("c0",),
        list(rows),
        False,
        0.0,
    )


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        ([(1, "a"), (2, "b")], [(2, "b"), (1, "a")]),
        ([(1, "a"), (2, "b")], [("a", 1), ("b", 2)]),
        ([(1, 2), (2, 1)], [(2, 1), (1, 2)]),
        ([(Decimal("3.50"),)], [(3.5,)]),
        ([(0.1 + 0.2,)], [(0.3,)]),
        ([(1, None)], [(None, 1)]),
        ([], []),
    ],
)
def test_the_same_rows_in_any_order_of_rows_and_columns(
    gold: list[tuple], answer: list[tuple]
) -> None:
    assert same_rows(_result(*gold), _result(*answer), ordered=False)


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        ([(1,), (2,)], [(1,)]),
        ([(1,), (1,), (2,)], [(1,), (2,), (2,)]),
        ([(1,)], [(1, 1)]),
        ([(1, 2), (3, 4)], [(1, 2), (4, 3)]),
        ([(1, 4), (3, 2)], [(1, 2), (3, 4)]),
        ([(1,)], [(None,)]),
        ([(1.0,)], [(1.001,)]),
    ],
)
def test_other_rows(gold: list[tuple], answer: list[tuple]) -> None:
    assert not same_rows(_result(*gold), _result(*answer), ordered=False)


def test_the_order_counts_where_the_question_asks_for_one() -> None:
    gold, answer = _result((1, "a"), (2, "b")), _result(("b", 2), ("a", 1))
    assert same_rows(gold, answer, ordered=False) and not same_rows(gold, answer, ordered=True)
    assert same_rows(gold, _result(("a", 1), ("b", 2)), ordered=True)


@pytest.mark.parametrize(
    ("sql", "ordered"),
    [
        ("SELECT a FROM t ORDER\nBY (a)", True),
        ("SELECT a FROM t UNION SELECT b FROM t ORDER BY 1", True),
        ("SELECT a FROM (SELECT a FROM t ORDER BY a) AS s", False),
        ("SELECT a FROM t WHERE b = ' order by '", False),
    ],
)
def test_only_the_outermost_order_is_one(sql: str, ordered: bool) -> None:
    assert is_ordered(guard(sql, CATALOG)) is ordered


def test_figures_without_held_back_pairs_claim_no_accuracy() -> None:
    figures = Figures(
        facts=3,
        recalled=2,
        verified=0,
        verified_recalled=0,
        pairs=0,
        answered=0,
        right=0,
        problems=(),
    )
    assert (
        figures.to_dict()["exact_recall"] == 0.6667
        and figures.to_dict()["execution_accuracy"] is None
    )
    assert figures.lines() == [
        "exact recall        2 of 3 facts (66.7%)",
        "verified pairs      0 of 0 (none given)",
    ]
