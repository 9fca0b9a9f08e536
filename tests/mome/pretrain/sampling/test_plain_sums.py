"""A measure that is named without a figure is added up."""

from __future__ import annotations

import re

from mome.pretrain.sampling import plain_sums
from mome.pretrain.sampling.sample import Sampler
from mome.pretrain.sampling.scene import Scene


def test_a_sum_by_group_names_the_measure_and_the_group(scene: Scene) -> None:
    asked = [plain_sums.plain_sum_by_group(scene) for _ in range(300)]
    form = "SELECT orders.status, SUM(orders.discount) FROM orders GROUP BY orders.status"
    found = [one for one in asked if one and one.form.replace('"', "") == form]
    assert found
    for one in found:
        assert "discount" in one.question
        assert "status" in one.question
        assert "average" not in one.question


def test_most_sums_by_group_are_not_called_totals(scene: Scene) -> None:
    asked = [one for one in (plain_sums.plain_sum_by_group(scene) for _ in range(300)) if one]
    discounts = [one for one in asked if '"orders"."discount"' in one.form.partition("FROM")[0]]
    called = [one for one in discounts if re.search("total|sum|overall", one.question.lower())]
    assert 0 < len(called) < len(discounts) / 3


def test_a_state_stands_before_the_measure(scene: Scene) -> None:
    asked = [one for one in (plain_sums.plain_sum(scene) for _ in range(2000)) if one]
    paid = [one for one in asked if one.form.endswith('"orders"."status" = \'paid\'')]
    assert any(re.search("paid (order )?(discount|total)", one.question) for one in paid)


def test_first_groups_and_groups_above_a_number_run(scene: Scene) -> None:
    sampler = Sampler(scene)
    first = sampler.draw(plain_sums.top_by_plain_sum)
    above = sampler.draw(plain_sums.groups_with_plain_sum)
    two = sampler.draw(plain_sums.plain_sum_by_two_groups)
    assert first is not None and "ORDER BY SUM" in first.form and "LIMIT" in first.form
    assert above is not None and "HAVING SUM" in above.form
    assert two is not None and "SUM" in two.form
