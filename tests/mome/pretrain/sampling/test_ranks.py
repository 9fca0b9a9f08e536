"""Questions about ranks find the right rows and say the rank."""

from __future__ import annotations

from collections.abc import Callable

from mome.pretrain.sampling import ranks

Asked = Callable[..., list[tuple]]


def test_the_second_highest_keeps_its_rows(asked: Asked) -> None:
    form = "SELECT employee.name QUALIFY NTH(2, employee.salary)"
    rows = asked(ranks.nth_row, form, ("second", "2nd"))
    assert rows == [("Eva Sol",)]


def test_the_second_lowest_value(asked: Asked) -> None:
    form = "SELECT DISTINCT employee.salary QUALIFY NTH_LOWEST(2, employee.salary)"
    rows = asked(ranks.nth_value, form, ("second", "2nd"))
    assert rows == [(30,)]


def test_the_best_of_each_group(asked: Asked) -> None:
    form = "SELECT employee.role, employee.name QUALIFY TOP(1, employee.salary, employee.role)"
    rows = asked(ranks.best_of_groups, form, ("role",))
    assert rows == [("clerk", "Eva Sol"), ("manager", "Ann Lee")]


def test_the_second_largest_group(asked: Asked) -> None:
    form = "SELECT store.city FROM store GROUP BY store.city QUALIFY NTH(2, COUNT(*))"
    rows = asked(ranks.nth_group, form, ("second", "2nd"))
    assert rows == [("Lyon",)]
