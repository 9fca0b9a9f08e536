"""Figures of two parts side by side find the right numbers and say both parts."""

from __future__ import annotations

from collections.abc import Callable

from mome.pretrain.sampling import conditional

Asked = Callable[..., list[tuple]]


def test_two_counts_of_each_group(asked: Asked) -> None:
    form = (
        "SELECT store.name, COUNT_IF(sale.channel = 'web'), COUNT_IF(sale.channel = 'shop') "
        "FROM sale GROUP BY store.id, store.name"
    )
    rows = asked(conditional.two_counts_by_group, form, ("web",))
    assert rows == [("North", 2, 1), ("South", 0, 2)]


def test_counts_below_and_from_a_number(asked: Asked) -> None:
    form = "SELECT COUNT_IF(employee.salary < 40), COUNT_IF(employee.salary >= 40) FROM employee"
    rows = asked(conditional.two_counts, form, ("40",))
    assert rows == [(2, 4)]


def test_sums_of_two_parents(asked: Asked) -> None:
    form = (
        "SELECT SUM_IF(sale.amount, store.name = 'North'), SUM_IF(sale.amount, store.name = "
        "'South') FROM sale"
    )
    rows = asked(conditional.two_amounts_of_parts, form, ("north",))
    assert rows == [(60, 100)]


def test_averages_before_and_since_a_year_by_group(asked: Asked) -> None:
    form = (
        "SELECT sale.channel, SUM_IF(sale.amount, BEFORE(sale.sold_on, '2024')), "
        "SUM_IF(sale.amount, SINCE(sale.sold_on, '2024')) FROM sale GROUP BY sale.channel"
    )
    rows = asked(conditional.two_amounts_by_group, form, ("before 2024",))
    assert rows == [("shop", 20, 100), ("web", 40, 0)]
