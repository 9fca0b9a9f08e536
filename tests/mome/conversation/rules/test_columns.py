"""Other columns and figures of the same rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

FRENCH = "SELECT name FROM customer WHERE country = 'France'"
BY_COUNTRY = "SELECT country, COUNT(*) FROM customer GROUP BY country"
WHERE = "FROM customer WHERE country = 'France'"


@pytest.mark.parametrize(
    ("before", "follow_up", "after"),
    [
        (FRENCH, "How old are they?", None),
        (FRENCH, "What are their ages?", f"SELECT age {WHERE}"),
        (FRENCH, "Show their ages too", f"SELECT name, age {WHERE}"),
        (FRENCH, "What are the different countries?", f"SELECT DISTINCT country {WHERE}"),
        (FRENCH, "What is their average age?", f"SELECT AVG(age) {WHERE}"),
        (FRENCH, "and the lowest and highest age?", f"SELECT MIN(age), MAX(age) {WHERE}"),
        (f"SELECT MAX(age) {WHERE}", "What about the minimum?", f"SELECT MIN(age) {WHERE}"),
        (BY_COUNTRY, "and the average age?",
         "SELECT country, AVG(age) FROM customer GROUP BY country"),
        (BY_COUNTRY, "Also show the average age",
         "SELECT country, COUNT(*), AVG(age) FROM customer GROUP BY country"),
        ("SELECT DISTINCT country FROM customer", "For each of those, what is the highest age?",
         "SELECT country, MAX(age) FROM customer GROUP BY country"),
        ("SELECT name FROM customer ORDER BY age DESC LIMIT 3", "What are their countries?",
         "SELECT country FROM customer ORDER BY age DESC LIMIT 3"),
        ("SELECT name FROM customer WHERE age > 40 UNION SELECT name FROM customer WHERE age < 30",
         "What are their ages?",
         "SELECT age FROM customer WHERE age > 40 UNION SELECT age FROM customer WHERE age < 30"),
    ],
)  # fmt: skip
def test_columns_and_figures(
    edit: Callable[..., str | None], before: str, follow_up: str, after: str | None
) -> None:
    assert edit(before, follow_up) == after


def test_both_shows_what_the_last_two_answers_show(edit: Callable[..., str | None]) -> None:
    highest, lowest = "SELECT MAX(age) FROM customer", "SELECT MIN(age) FROM customer"
    assert edit(lowest, "Give me both", highest) == "SELECT MAX(age), MIN(age) FROM customer"
    assert edit(lowest, "Give me both", f"{highest} WHERE country = 'Spain'") is None
