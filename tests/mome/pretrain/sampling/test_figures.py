"""Several figures at once are those that the question lists."""

from __future__ import annotations

from collections.abc import Callable

from mome.pretrain.sampling import aggregates, groups

Asked = Callable[..., list[tuple]]


def test_number_with_earliest_and_latest_date_of_each_group(asked: Asked) -> None:
    form = (
        "SELECT sale.channel, COUNT(*), MIN(sale.sold_on), MAX(sale.sold_on) FROM sale "
        "GROUP BY sale.channel"
    )
    rows = asked(groups.several_figures_by_group, form, ("earliest and latest", "first and last"))
    assert rows == [("shop", 3, "2023-01-20", "2024-03-09"), ("web", 2, "2023-01-05", "2023-02-03")]


def test_number_and_number_of_different_values(asked: Asked) -> None:
    form = "SELECT COUNT(*), COUNT(DISTINCT employee.role) FROM employee"
    rows = asked(aggregates.several_aggregates, form, ("different", "distinct", "unique"))
    assert rows == [(6, 2)]
