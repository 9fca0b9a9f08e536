"""Order, first rows and extremes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

NAMES = "SELECT name FROM customer"
BY_COUNTRY = "SELECT country, COUNT(*) FROM customer GROUP BY country"
FIGURES = "SELECT status, COUNT(*), SUM(total), AVG(total) FROM orders GROUP BY status"
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
        (FIGURES, "sort by revenue", f"{FIGURES} ORDER BY SUM(total)"),
        (FIGURES, "sort by status and then by average total, descending",
         f"{FIGURES} ORDER BY status DESC, AVG(total) DESC"),
        (FIGURES, "the top 2 by number of orders", f"{FIGURES} ORDER BY COUNT(*) DESC LIMIT 2"),
        (FIGURES, "the top 2 by profit", None),
        (FIGURES, "descending by revenue", f"{FIGURES} ORDER BY SUM(total) DESC"),
        (FIGURES, "highest revenue first", f"{FIGURES} ORDER BY SUM(total) DESC"),
        (FIGURES, "sort by revenue from lowest to highest", f"{FIGURES} ORDER BY SUM(total)"),
        (BY_COUNTRY, "highest first", f"{BY_COUNTRY} ORDER BY COUNT(*) DESC"),
        (NAMES, "oldest first", f"{NAMES} ORDER BY age DESC"),
        (NAMES, "highest first", None),
        (FIGURES, "Which status has the highest revenue?",
         "SELECT status FROM orders GROUP BY status ORDER BY SUM(total) DESC LIMIT 1"),
    ],
)  # fmt: skip
def test_order_and_first_rows(
    edit: Callable[..., str | None], before: str, follow_up: str, after: str | None
) -> None:
    assert edit(before, follow_up) == after
