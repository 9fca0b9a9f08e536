"""Comparisons with an average find the rows above or below it."""

from __future__ import annotations

from collections.abc import Callable

from mome.pretrain.sampling import averages

Asked = Callable[..., list[tuple]]


def test_above_the_average(asked: Asked) -> None:
    form = "SELECT employee.name WHERE employee.salary > (SELECT AVG(employee.salary))"
    rows = asked(averages.beside_average, form, ("above", "higher", "more"))
    assert rows == [("Ann Lee",), ("Cleo May",), ("Dan Roe",), ("Eva Sol",)]


def test_all_with_the_maximum(asked: Asked) -> None:
    form = "SELECT employee.name WHERE employee.salary = (SELECT MAX(employee.salary))"
    rows = asked(averages.beside_average, form, ("maximum", "highest", "largest", "greatest"))
    assert rows == [("Ann Lee",)]


def test_above_the_average_of_the_own_group(asked: Asked) -> None:
    form = (
        "SELECT employee.name WHERE employee.salary > (SELECT AVG(employee_2.salary) FROM "
        "employee AS employee_2 WHERE employee_2.role = employee.role)"
    )
    rows = asked(averages.beside_own_average, form, ("role",))
    assert rows == [("Ann Lee",), ("Cleo May",), ("Eva Sol",)]


def test_groups_above_the_average(asked: Asked) -> None:
    form = (
        "SELECT sale.channel FROM sale GROUP BY sale.channel HAVING AVG(sale.amount) > "
        "(SELECT AVG(sale.amount))"
    )
    rows = asked(averages.groups_beside_average, form, ("above", "higher"))
    assert rows == [("shop",)]


def test_above_all_others(asked: Asked) -> None:
    form = (
        "SELECT employee.name WHERE employee.salary > (SELECT MAX(employee.salary) WHERE "
        "employee.role = 'clerk')"
    )
    rows = asked(averages.beside_others, form, ("clerk",))
    assert rows == [("Ann Lee",)]


def test_above_a_named_row(asked: Asked) -> None:
    form = (
        "SELECT employee.name WHERE employee.salary < (SELECT employee.salary WHERE "
        "employee.name = 'Bob Ray')"
    )
    rows = asked(averages.beside_row, form, ("bob ray",))
    assert rows == [("Finn Ash",)]
