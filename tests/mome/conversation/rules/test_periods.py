"""Another period, bounds of time, and the date that they mean."""

from __future__ import annotations

from collections.abc import Callable

import pytest

SUM = "SELECT SUM(total) FROM orders"
IN_2024 = f"{SUM} WHERE placed >= '2024-01-01' AND placed < '2025-01-01'"


@pytest.mark.parametrize(
    ("before", "follow_up", "after"),
    [
        (IN_2024, "and 2023?",
         "SELECT SUM(total) FROM orders WHERE placed >= '2023-01-01' AND placed < '2024-01-01'"),
        (IN_2024, "What about March 2024?",
         "SELECT SUM(total) FROM orders WHERE placed >= '2024-03-01' AND placed < '2024-04-01'"),
        ("SELECT SUM(total) FROM orders", "only in 2024", IN_2024),
        (SUM, "since 2024", f"{SUM} WHERE placed >= '2024-01-01'"),
        (IN_2024, "before March 2023", f"{SUM} WHERE placed < '2023-03-01'"),
        (SUM, "after 2023", f"{SUM} WHERE placed >= '2024-01-01'"),
        (IN_2024, "between January and March 2024",
         f"{SUM} WHERE placed >= '2024-01-01' AND placed < '2024-04-01'"),
        (SUM, "from 2023 to 2024", f"{SUM} WHERE placed >= '2023-01-01' AND placed < '2025-01-01'"),
        (SUM, "from 2024 on", f"{SUM} WHERE placed >= '2024-01-01'"),
        (SUM, "from 2024", f"{SUM} WHERE placed >= '2024-01-01' AND placed < '2025-01-01'"),
        (SUM, "in 2023 and 2024", None),
        (SUM, "since 2024 by month", None),
        ("SELECT COUNT(*) FROM customer", "in 2024", None),
    ],
)  # fmt: skip
def test_periods(
    edit: Callable[..., str | None], before: str, follow_up: str, after: str | None
) -> None:
    assert edit(before, follow_up) == after
