"""Questions about shares find the right fraction, or percentage where they say so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mome.pretrain.sampling import shares

Asked = Callable[..., list[tuple]]


def test_percentage_of_a_condition(asked: Asked) -> None:
    form = "SELECT PERCENT(employee.role = 'clerk') FROM employee"
    rows = asked(shares.share_of_rows, form, ("percent",))
    assert rows == [(pytest.approx(400 / 6),)]


def test_share_without_related_rows(asked: Asked) -> None:
    form = "SELECT SHARE(NO(sale)) FROM store"
    rows = asked(shares.share_without, form, ("share", "proportion", "fraction"))
    assert rows == [(pytest.approx(1 / 3),)]


def test_percentage_of_a_total(asked: Asked) -> None:
    form = "SELECT 100 * SUM_IF(sale.amount, sale.channel = 'web') / SUM(sale.amount)"
    rows = asked(shares.share_of_amount, form, ("percent",))
    assert rows == [(25,)]


def test_percentage_of_each_group(asked: Asked) -> None:
    form = "SELECT store.city, PERCENT(COUNT(*)) FROM store GROUP BY store.city"
    rows = asked(shares.share_of_groups, form, ("percent",))
    assert rows == [("Lyon", pytest.approx(100 / 3)), ("Rome", pytest.approx(200 / 3))]


def test_percentage_within_each_group(asked: Asked) -> None:
    form = (
        "SELECT store.city, sale.channel, PERCENT(SUM(sale.amount), store.city) FROM sale "
        "GROUP BY store.city, sale.channel"
    )
    rows = asked(shares.share_within_groups, form, ("percent",))
    assert rows == [
        ("Lyon", "shop", pytest.approx(100 / 3)),
        ("Lyon", "web", pytest.approx(200 / 3)),
        ("Rome", "shop", 100),
    ]
