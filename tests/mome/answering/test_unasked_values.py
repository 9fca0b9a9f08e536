"""Values in a query of which the question says nothing, and those that follow from it."""

from __future__ import annotations

import pytest
from unasked_parts import extra


@pytest.mark.parametrize(
    ("question", "where", "part"),
    [
        ("items over 10", "price > 10", ""),
        ("items of at least 10", "price > 9", ""),
        ("items over 20k", "price > 20000", ""),
        ("items over two dozen grams", "weight > 24", ""),
        ("items over 2 hours", "minutes > 120", ""),
        ("items over 5 percent", "price > 0.05", ""),
        ("items 10% over 2", "price > 1.1 * 2", ""),
        ("twice sold items", "id IN (SELECT id FROM item GROUP BY id HAVING COUNT(*) = 2)", ""),
        ("items without a price", "price = 0", ""),
        ("items of code seven", "name = '007'", ""),
        ("items that were sent", "status = 2", ""),
        ("items that were sent", "status > 2", "the number 2"),
        ("dear items", "price > 40", "the number 40"),
        ("items over 10", "price > 10 AND weight BETWEEN 3 AND 5", "the number 3, the number 5"),
        ("dear items", "price > 0 GROUP BY name HAVING COUNT(*) > 30", "the number 30"),
    ],
)
def test_numbers_that_a_question_does_not_say(question: str, where: str, part: str) -> None:
    assert extra(question, f"SELECT name FROM item WHERE {where}") == part


@pytest.mark.parametrize(
    ("question", "where", "part"),
    [
        ("Which items have a maker?", "maker = 'Acme'", "'Acme'"),
        ("Which is the lightest item?", "kind = 'pet'", "'pet'"),
        ("Which item has the highest price?", "kind IN ('book', 'food')", "'book', 'food'"),
        ("Which items has acme made?", "maker = 'Acme'", ""),
        ("items of the Acmes", "maker = 'Acme'", ""),
        ("French items", "maker = 'France'", ""),
        ("items of the US", "maker = 'United States'", ""),
        # A code, and a word that might mean the value.
        ("items by maker", "kind = 'B'", ""),
        ("readable items", "kind = 'book'", ""),
        # A code that a comment explains.
        ("items by maker", "stage = 'F'", "'finished'"),
        ("the finished items now", "stage IN ('F', 'P')", "'planned'"),
        ("items of stage P", "stage = 'P'", ""),
        ("completed items", "stage = 'F'", ""),
    ],
)
def test_stored_texts_that_a_question_does_not_say(question: str, where: str, part: str) -> None:
    assert extra(question, f"SELECT name FROM item WHERE {where}") == part


def test_a_limit_follows_from_the_question_or_is_one() -> None:
    first = "SELECT name FROM item ORDER BY price DESC LIMIT"
    assert extra("the dearest item", f"{first} 1") == ""
    assert extra("the five dearest items", f"{first} 5") == ""
    assert extra("the dearest items", f"{first} 5") == "the number 5"


@pytest.mark.parametrize(
    ("question", "step", "part"),
    [
        ("How many items by price in steps of 10?", "10", ""),
        ("How many items by price in steps of one?", "1", ""),
        ("How many items by price?", "1", "steps of 1"),
        ("How many items by price in steps of 10?", "5", "steps of 5"),
    ],
)
def test_steps_of_a_number(question: str, step: str, part: str) -> None:
    group = f"FLOOR(price / {step}) * {step}"
    assert extra(question, f"SELECT {group}, COUNT(*) FROM item GROUP BY {group}") == part


@pytest.mark.parametrize(
    ("question", "rest", "part"),
    [
        ("items of 10 or more", "price >= 10", ""),
        ("items of 10 or more", "price >= 10 AND weight = 10", "a second condition on '10'"),
        ("items of Acme", "maker = 'Acme' AND brand = 'Acme'", "a second condition on 'acme'"),
        ("items of Acme", "maker = 'Acme' OR brand = 'Acme'", ""),
        ("items of Acme, branded Acme", "maker = 'Acme' AND brand = 'Acme'", ""),
        ("items of 5 and of 15", "price = 5 AND weight = 15", ""),
        ("items of 15 5 times", "price = 5 AND weight = 15", ""),
    ],
)
def test_a_value_that_is_said_once_has_one_condition(question: str, rest: str, part: str) -> None:
    assert extra(question, f"SELECT name FROM item WHERE {rest}") == part


def test_two_counts_may_divide_all_rows_by_one_number() -> None:
    sql = (
        "SELECT COUNT(CASE WHEN price < 10 THEN 1 END), COUNT(CASE WHEN price >= 10 THEN 1 END) "
        "FROM item"
    )
    assert extra("How many items cost under 10, and the rest?", sql) == ""
    asked = "Count the items that cost under 10 in one column"
    assert extra(asked, sql) == "a second condition on '10'"


@pytest.mark.parametrize(
    ("question", "where", "part"),
    [
        ("items with a price", "price IS NULL", "missing values of price"),
        ("items with a price", "NOT price IS NULL", ""),
        ("items without a price", "price IS NULL", ""),
        ("priceless items", "price IS NULL", ""),
        ("items of unknown price", "price IS NULL", ""),
        ("items that nobody has never bought", "price IS NULL", "missing values of price"),
        ("items that were never priced", "price IS NULL", ""),
        ("items that were never bought", "maker IS NULL", ""),
    ],
)
def test_missing_values(question: str, where: str, part: str) -> None:
    assert extra(question, f"SELECT name FROM item WHERE {where}") == part


@pytest.mark.parametrize(
    ("question", "label", "part"),
    [
        ("items, 'dear' if over 5 and 'cheap' otherwise", "dear", ""),
        ("items over 5", "dear", "the label 'dear'"),
        ("items by price: up to 5, over 5", "over 5", ""),
        ("items, 'dear' if over 5", "dear if it costs much", "the label 'dear if it costs much'"),
        (
            "items, 'dear' if over 5 or 'cheap'",
            "dear'' or ''cheap",
            "the label \"dear' or 'cheap\"",
        ),
    ],
)
def test_labels(question: str, label: str, part: str) -> None:
    sql = f"SELECT name, CASE WHEN price > 5 THEN '{label}' ELSE 0 END FROM item"
    assert extra(question, sql) == part


@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        ("%lamp%", ""),
        ("Lamp%", ""),
        ("%chair%", "the text '%chair%'"),
        ("%)%", "the text '%)%'"),
    ],
)
def test_patterns_hold_words_of_the_question(pattern: str, part: str) -> None:
    sql = f"SELECT id FROM item WHERE name LIKE '{pattern}'"
    assert extra("The ids of items named like lamps (all)", sql) == part
