"""Labels by a number, a date or a value find the right rows, and the question says them."""

from __future__ import annotations

from collections.abc import Callable

from mome.pretrain.sampling import labels

Asked = Callable[..., list[tuple]]


def test_rows_labelled_by_a_value(asked: Asked) -> None:
    case = "CASE WHEN store.city = 'Rome' THEN 'home' ELSE 'abroad' END"
    rows = asked(labels.labelled_rows, f"SELECT store.name, {case}", ("rome",))
    assert rows == [("East", "home"), ("North", "abroad"), ("South", "home")]


def test_counts_of_two_labels(asked: Asked) -> None:
    case = "CASE WHEN sale.amount < 30 THEN 'low' ELSE 'high' END"
    form = f"SELECT {case}, COUNT(*) FROM sale GROUP BY {case}"
    rows = asked(labels.counted_labels, form, ("30",))
    assert rows == [("high", 3), ("low", 2)]


def test_counts_of_three_labels_with_the_highest_first(asked: Asked) -> None:
    case = (
        "CASE WHEN employee.salary >= 45 THEN 'high' WHEN employee.salary >= 40 THEN 'medium' "
        "ELSE 'low' END"
    )
    form = f"SELECT {case}, COUNT(*) FROM employee GROUP BY {case}"
    rows = asked(labels.counted_labels, form, ("medium",))
    assert rows == [("high", 3), ("low", 2), ("medium", 1)]


def test_labels_by_a_date(asked: Asked) -> None:
    case = "CASE WHEN BEFORE(sale.sold_on, '2024') THEN 'old' ELSE 'new' END"
    form = f"SELECT {case}, COUNT(*) FROM sale GROUP BY {case}"
    rows = asked(labels.counted_labels, form, ("before 2024",))
    assert rows == [("new", 2), ("old", 3)]
