"""Comparisons of two sides keep their direction."""

from __future__ import annotations

from collections.abc import Callable

from mome.pretrain.sampling import comparisons

Asked = Callable[..., list[tuple]]


def test_difference_of_two_values(asked: Asked) -> None:
    form = "SELECT COUNT_IF(sale.channel = 'shop') - COUNT_IF(sale.channel = 'web') FROM sale"
    rows = asked(comparisons.two_compared, form, ("more", "difference", "exceed"))
    assert rows == [(1,)]


def test_both_sides_beside_each_other(asked: Asked) -> None:
    form = (
        "SELECT SUM_IF(sale.amount, sale.channel = 'web'), SUM_IF(sale.amount, "
        "sale.channel = 'shop') FROM sale"
    )
    rows = asked(comparisons.two_compared, form, ("side by side", "column"))
    assert rows == [(40, 120)]
