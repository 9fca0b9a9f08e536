"""Questions over time find the right series and say the period."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mome.pretrain.sampling import series

Asked = Callable[..., list[tuple]]


def test_sums_by_year(asked: Asked) -> None:
    form = "SELECT YEAR(sale.sold_on), SUM(sale.amount) FROM sale GROUP BY YEAR(sale.sold_on)"
    rows = asked(series.amount_by_period, form, ("year",))
    assert rows == [(2023, 60), (2024, 100)]


def test_running_total(asked: Asked) -> None:
    form = (
        "SELECT YEAR(sale.sold_on), RUNNING(SUM(sale.amount)) FROM sale GROUP BY YEAR(sale.sold_on)"
    )
    rows = asked(series.running_total, form, ("cumulative", "running", "add up", "up to"))
    assert rows == [(2023, 60), (2024, 160)]


def test_moving_average(asked: Asked) -> None:
    form = (
        "SELECT TRUNC(sale.sold_on, 'month'), MOVING(SUM(sale.amount), 3) FROM sale GROUP "
        "BY TRUNC(sale.sold_on, 'month')"
    )
    rows = asked(series.moving_average, form, ("3",))
    assert rows == [
        ("2023-01-01", 30),
        ("2023-02-01", 30),
        ("2024-02-01", pytest.approx(100 / 3)),
        ("2024-03-01", pytest.approx(130 / 3)),
    ]


def test_change_from_month_to_month(asked: Asked) -> None:
    form = (
        "SELECT TRUNC(sale.sold_on, 'month'), CHANGE(COUNT(*)) FROM sale GROUP BY "
        "TRUNC(sale.sold_on, 'month')"
    )
    rows = asked(series.change, form, ("month",))
    assert rows == [
        ("2023-01-01", None),
        ("2023-02-01", -1),
        ("2024-02-01", 0),
        ("2024-03-01", 0),
    ]


def test_growth_over_the_years(asked: Asked) -> None:
    form = (
        "SELECT YEAR(sale.sold_on), 100 * GROWTH(SUM(sale.amount)) FROM sale GROUP BY "
        "YEAR(sale.sold_on)"
    )
    rows = asked(series.growth, form, ("percent",))
    assert rows == [(2023, None), (2024, pytest.approx(200 / 3))]


def test_amount_beside_its_total_so_far(asked: Asked) -> None:
    form = (
        "SELECT YEAR(sale.sold_on), SUM(sale.amount), RUNNING(SUM(sale.amount)) FROM sale GROUP "
        "BY YEAR(sale.sold_on)"
    )
    words = ("so far", "running", "cumulative", "up to", "add up")
    assert asked(series.running_total, form, words) == [(2023, 60, 60), (2024, 100, 160)]


def test_months_of_a_year(asked: Asked) -> None:
    form = (
        "SELECT TRUNC(sale.sold_on, 'month'), COUNT(*) FROM sale WHERE DURING(sale.sold_on, "
        "'2024') GROUP BY TRUNC(sale.sold_on, 'month')"
    )
    rows = asked(series.amount_by_period, form, ("2024",))
    assert rows == [("2024-02-01", 1), ("2024-03-01", 1)]
