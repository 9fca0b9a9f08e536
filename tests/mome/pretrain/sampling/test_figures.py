"""Several figures at once are those that the question lists."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mome.pretrain.sampling import aggregates, groups, series
from mome.pretrain.sampling.scene import Scene
from schemas import introspect, resolve_url

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


def test_a_sum_of_money_needs_no_total(firm_path: Path) -> None:
    scene = Scene(introspect(resolve_url(firm_path)), firm_path, seed=5)
    drafts = [series.amount_by_period(scene) for _ in range(600)]
    form = 'SUM("sale"."amount")'
    asked = [one.question.lower() for one in drafts if one is not None and form in one.form]
    assert any("revenue" in question for question in asked)
    assert any("sale amounts" in question for question in asked)
