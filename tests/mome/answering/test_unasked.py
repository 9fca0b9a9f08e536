"""Rows and columns of a query of which the question says nothing, and those that it asks for."""

from __future__ import annotations

import pytest
from unasked_parts import extra

MANAGED = (
    "SELECT employee.name, manager.name FROM employee JOIN employee AS manager ON "
    "employee.manager_id = manager.id"
)


@pytest.mark.parametrize(
    ("question", "shown", "part"),
    [
        ("Show makers and their number of items", "maker, COUNT(*)", ""),
        ("Items by maker", "maker, COUNT(*)", ""),
        ("Show all makers", "maker, COUNT(*)", "a count"),
        ("Show all makers sorted by name", "maker, COUNT(*)", "a count"),
        ("Which makers?", "maker, COUNT(DISTINCT kind)", ""),
        ("How many items has a maker?", "COUNT(*), COUNT(id)", "a second count"),
        ("How many items, and how many have a name?", "COUNT(*), COUNT(name)", ""),
        ("How many items cost over 5?", "COUNT(*), maker", "more than a count"),
        ("How many items of each maker cost over 5?", "COUNT(*), maker", ""),
    ],
)
def test_counts(question: str, shown: str, part: str) -> None:
    found = extra(question, f"SELECT {shown} FROM item GROUP BY maker")
    assert found.split(", ")[0] == part


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("Makers that have items", True),
        ("Makers without items", False),
        ("Makers of unsold items", False),
        ("Makers of cheap items only", False),
        ("Items of every maker", False),
    ],
)
def test_rows_that_may_not_be_there_need_a_negation(question: str, absent: bool) -> None:
    part = "rows that may not be there" if absent else ""
    sql = "SELECT name FROM item WHERE NOT EXISTS(SELECT 1 FROM employee WHERE city = name)"
    assert extra(question, sql) == part
    sql = "SELECT name FROM item WHERE NOT name IN (SELECT city FROM employee)"
    assert extra(question, sql) == part
    taken = "rows that are taken away" if absent else ""
    assert extra(question, "SELECT name FROM item EXCEPT SELECT city FROM employee") == taken


def test_the_row_before_needs_words_of_change() -> None:
    sql = "SELECT id, price - LAG(price) OVER (ORDER BY id) FROM item"
    assert extra("Prices and how they changed", sql) == ""
    assert extra("All prices", sql) == "the row before"


@pytest.mark.parametrize(
    ("question", "where", "part"),
    [
        ("Each employee with the manager", "employee.role = 'Manager'", "'Manager' as a value"),
        ("Each employee of Oslo with the manager", "employee.city = 'Oslo'", ""),
        ("Each employee's name with the head's", "1 = 1", ""),
        ("Each employee's name and city", "1 = 1", "other rows of employee"),
        ("The employees of Anna", "manager.name = 'Anna'", ""),
    ],
)
def test_joins_of_a_table_to_itself(question: str, where: str, part: str) -> None:
    assert extra(question, f"{MANAGED} WHERE {where}") == part


def test_a_role_is_a_value_where_no_row_leads_to_another() -> None:
    assert extra("The managers", "SELECT name FROM employee WHERE role = 'Manager'") == ""


@pytest.mark.parametrize(
    ("question", "is_asked"),
    [
        ("items with a discount of 10 percent", False),
        ("items with 10% off", False),
        ("percent of items with 10% off", True),
        ("what share of the items has a price over 10?", True),
    ],
)
def test_a_share_needs_its_word(question: str, is_asked: bool) -> None:
    sql = "SELECT 100.0 * COUNT(CASE WHEN price > 10 THEN 1 END) / COUNT(*) FROM item"
    assert extra(question, sql) == ("" if is_asked else "a share")


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("the prices of makers", "an average"),
        ("price per maker", ""),
        ("the mean price of makers", ""),
    ],
)
def test_an_average_needs_its_word(question: str, part: str) -> None:
    assert extra(question, "SELECT maker, AVG(price) FROM item GROUP BY maker") == part
