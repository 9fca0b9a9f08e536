"""Averages per something, buckets, bands, labels and percentiles find the right numbers."""

from __future__ import annotations

from collections.abc import Callable

from mome.pretrain.sampling import distributions

Asked = Callable[..., list[tuple]]


def test_average_per_owner(asked: Asked) -> None:
    form = "SELECT AVG(PER(COUNT(*), sale.store_id)) FROM sale"
    rows = asked(distributions.amount_per_owner, form, ("average", "mean", "avg"))
    assert rows == [(2.5,)]


def test_owners_above_the_average(asked: Asked) -> None:
    form = (
        "SELECT store.name FROM sale GROUP BY store.id, store.name HAVING COUNT(*) > "
        "(SELECT AVG(PER(COUNT(*), sale.store_id)))"
    )
    rows = asked(distributions.owners_beside_average, form, ("more sales",))
    assert rows == [("North",)]


def test_buckets_of_one_width(asked: Asked) -> None:
    form = (
        "SELECT BUCKET(employee.salary, 5), COUNT(*) FROM employee GROUP BY "
        "BUCKET(employee.salary, 5)"
    )
    rows = asked(distributions.buckets, form, ("5",))
    assert rows == [(25, 1), (30, 1), (40, 1), (45, 2), (50, 1)]


def test_bands_with_bounds(asked: Asked) -> None:
    form = (
        "SELECT BANDS(employee.salary, 33, 41), COUNT(*) FROM employee GROUP BY "
        "BANDS(employee.salary, 33, 41)"
    )
    rows = asked(distributions.bands, form, ("under 33, 33 to 41",))
    assert rows == [("33 to 41", 1), ("41 and more", 3), ("under 33", 2)]


def test_median(asked: Asked) -> None:
    form = "SELECT MEDIAN(employee.salary) FROM employee"
    rows = asked(distributions.percentile, form, ("median",))
    assert rows == [(42.5,)]
