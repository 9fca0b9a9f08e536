"""Periods lie within the stored dates, and are said as the form writes them."""

from __future__ import annotations

import re

from mome.pretrain.sampling.periods import dated, period, when
from mome.pretrain.sampling.scene import Scene
from training_data.language.subjects import Subject

MONTHS = "January February March April May June July August September October November December"


def test_a_period_says_its_year_and_month(scene: Scene) -> None:
    orders = _orders(scene)
    column = orders.table.column("order_date")
    assert column is not None
    for _ in range(100):
        found = period(scene, orders, column)
        assert found is not None
        year, _, rest = found.text.partition("-")
        assert 2022 <= int(year) <= 2024
        assert all(year in said for said in found.said)
        if rest.isdigit():
            month = MONTHS.split()[int(rest) - 1]
            assert f"{month} {year}" in found.said


def test_conditions_keep_their_direction(scene: Scene) -> None:
    orders = _orders(scene)
    column = orders.table.column("order_date")
    assert column is not None
    starts = {
        "SINCE": r"since|from .* on|or after",
        "AFTER": r"after|later than",
        "BEFORE": r"before|earlier than|prior to",
        "UNTIL": r"until|up to and including|no later than|on or before",
    }
    for _ in range(100):
        found = when(scene, orders, column)
        name = found.form.partition("(")[0] if found else ""
        if found and name in starts:
            assert all(re.search(starts[name], said) for said in found.said)


def test_a_date_is_said_by_what_happened(scene: Scene) -> None:
    orders = _orders(scene)
    order_date, shipped = (orders.table.column(f"{name}_date") for name in ("order", "shipped"))
    assert order_date is not None
    assert shipped is not None
    assert {"placed in 2024", "in 2024"} <= set(dated(scene, orders, order_date, "in 2024"))
    assert "shipped in 2024" in dated(scene, orders, shipped, "in 2024")
    assert "in 2024" not in dated(scene, orders, shipped, "in 2024")


def _orders(scene: Scene) -> Subject:
    return scene.database.subject("orders")
