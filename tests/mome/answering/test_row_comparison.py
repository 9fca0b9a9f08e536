"""When two results hold the same rows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mome.answering.row_comparison import same_rows


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
    assert same_rows(gold, answer, ordered=False, any_column_order=True)


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
        ([(1,)], [("1",)]),
        ([(None,)], [("None",)]),
    ],
)
def test_other_rows(gold: list[tuple], answer: list[tuple]) -> None:
    assert not same_rows(gold, answer, ordered=False, any_column_order=True)


def test_the_order_counts_where_the_question_asks_for_one() -> None:
    gold = [(1, "a"), (2, "b")]
    answer = [("b", 2), ("a", 1)]
    assert same_rows(gold, answer, ordered=False, any_column_order=True)
    assert not same_rows(gold, answer, ordered=True, any_column_order=True)
    assert same_rows(gold, [("a", 1), ("b", 2)], ordered=True, any_column_order=True)


def test_columns_keep_their_order_unless_permuted() -> None:
    assert same_rows([(1, "a")], [(1, "a")], ordered=False)
    assert not same_rows([(1, "a")], [("a", 1)], ordered=False)


def test_floats_are_compared_to_six_digits_without_permuting_too() -> None:
    assert same_rows([(0.1 + 0.2,)], [(0.3,)], ordered=True)
    assert same_rows([(float("nan"),)], [(float("nan"),)], ordered=True)
