"""What questions demand, and in what two of them differ."""

from __future__ import annotations

import pytest

from mome.linking.demands import contradiction, demands, extreme, is_superlative

PLAIN, CHOICE = "SELECT a FROM t WHERE b = 1", "SELECT a FROM t ORDER BY b DESC LIMIT 5"
ALIKE = [
    ("List the five most expensive books.", "the 5 priciest books", CHOICE),
    ("Which store opened last?", "What is the newest store?", CHOICE),
    ("Which authors have no book?", "authors who never wrote a book", PLAIN),
    ("books over 35", "books that cost more than 35", PLAIN),
    ("What do they earn on average?", "their mean salary", PLAIN),
    ("the oldest singer", "the singer of the highest age", CHOICE),
    ("How many orders are there in May 2024?", "orders of may 2024", PLAIN),
    ("names from lowest to highest price", "names from highest to lowest price", PLAIN),
    ("Which one may order?", "Who can order?", PLAIN),
    ("the first name of each singer", "forenames of singers", CHOICE),
    ("names of singers, not just their ages", "names of singers and their ages", PLAIN),
]
DIFFERENT = [
    ("number", "the five cheapest books", "the ten cheapest books", CHOICE),
    ("number", "returned in 2024", "returned in 2023", PLAIN),
    ("number", "returned in 2024", "returned in March 2024", PLAIN),
    ("number", "returned", "returned in 2024", PLAIN),
    ("negation", "orders that were cancelled", "orders that weren't cancelled", PLAIN),
    ("negation", "authors without a book", "authors with a book", PLAIN),
    ("negation", "authors, leaving out the dead", "authors and the dead", PLAIN),
    ("comparison", "more than 35", "at least 35", PLAIN),
    ("comparison", "below 35", "above 35", PLAIN),
    ("comparison", "before 2024", "in 2024", PLAIN),
    ("comparison", "since 2024", "after 2024", PLAIN),
    ("average", "the average price", "the total price", PLAIN),
    ("direction", "the five most expensive books", "the five cheapest books", CHOICE),
    ("direction", "the five most expensive books", "the five newest books", CHOICE),
    ("direction", "the first store", "the last store", CHOICE),
    ("direction", "the most expensive books", "the books", CHOICE),
]


@pytest.mark.parametrize(("one", "other", "sql"), ALIKE)
def test_paraphrases_demand_the_same(one: str, other: str, sql: str) -> None:
    assert contradiction(demands(one), demands(other), sql) == ""
    assert contradiction(demands(other), demands(one), sql) == ""


@pytest.mark.parametrize(("difference", "one", "other", "sql"), DIFFERENT)
def test_other_questions_demand_something_else(
    difference: str, one: str, other: str, sql: str
) -> None:
    assert contradiction(demands(one), demands(other), sql) == difference
    assert contradiction(demands(other), demands(one), sql) == difference


@pytest.mark.parametrize(
    ("asked", "known", "sql", "difference"),
    [
        ("the revenue by genre ordered by revenue", "the revenue by genre", PLAIN, "order"),
        ("names in alphabetical order", "names", PLAIN, "order"),
        ("names", "names in alphabetical order", PLAIN, ""),
        ("names sorted by price", "names", "SELECT a FROM t ORDER  BY b", ""),
        ("dishes ordered by Ann", "what dishes were ordered by Ann", PLAIN, ""),
        ("orders by country", "orders for each country", PLAIN, ""),
    ],
)
def test_a_known_query_without_the_order_that_is_asked_for_is_another(
    asked: str, known: str, sql: str, difference: str
) -> None:
    assert contradiction(demands(asked), demands(known), sql) == difference


def test_superlatives() -> None:
    assert all(map(is_superlative, ("youngest", "top", "priciest")))
    assert not any(map(is_superlative, ("forest", "more", "est", "expensive")))


def test_a_comparison_is_neither_a_superlative_nor_a_negation() -> None:
    found = demands("no more than 3 and at least 2")
    assert (found.compared, found.directions, found.negated) == ({"<=", ">="}, frozenset(), False)


@pytest.mark.parametrize(
    ("question", "end"),
    [
        ("the cheapest book", "low"),
        ("the most expensive book", "high"),
        ("the least expensive book", "low"),
        ("the most recent order", ""),
        ("at least 3", ""),
        ("from lowest to highest", ""),
        ("the most inexpensive book", ""),
    ],
)
def test_the_end_of_a_number_that_a_question_asks_for(question: str, end: str) -> None:
    assert extreme(question) == end
