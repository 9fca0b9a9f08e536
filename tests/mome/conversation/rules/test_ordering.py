"""Order, first rows and extremes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

NAMES = "SELECT name FROM customer"
BY_COUNTRY = "SELECT country, COUNT(*) FROM customer GROUP BY country"
OLDEST = "SELECT name FROM customer ORDER BY age DESC LIMIT 3"


@pytest.mark.parametrize(
    ("before", "follow_up", "after"),
    [
        (NAMES, "Sort them by age in descending order", f"{NAMES} ORDER BY age DESC"),
        (NAMES, "sort by revenue", None),
        (BY_COUNTRY, "sort by count, descending", f"{BY_COUNTRY} ORDER BY COUNT(*) DESC"),
        (OLDEST, "The other way round", f"{NAMES} ORDER BY age LIMIT 3"),
        (NAMES, "the other way round", None),
        (OLDEST, "the top 2", f"{NAMES} ORDER BY age DESC LIMIT 2"),
        (OLDEST, "What about the second one?", f"{NAMES} ORDER BY age DESC LIMIT 1 OFFSET 1"),
        (f"{NAMES} ORDER BY age DESC", "the last one", f"{NAMES} ORDER BY age LIMIT 1"),
        (BY_COUNTRY, "the top 2", f"{BY_COUNTRY} ORDER BY COUNT(*) DESC LIMIT 2"),
        (BY_COUNTRY, "Which one has the fewest?",
         f"{BY_COUNTRY} ORDER BY COUNT(*) LIMIT 1"),
        (BY_COUNTRY, "Which country has the most?",
         "SELECT country FROM customer GROUP BY country ORDER BY COUNT(*) DESC LIMIT 1"),
        (NAMES, "Which is the oldest?", f"{NAMES} ORDER BY age DESC LIMIT 1"),
        ("SELECT age FROM customer", "What is the largest one?", "SELECT MAX(age) FROM customer"),
        (NAMES, "What is the largest one?", None),
    ],
)  # fmt: skip
def test_order_and_first_rows(
    edit: Callable[..., str | None], before: str, follow_up: str, after: str | None
) -> None:
    assert edit(before, follow_up) == after
