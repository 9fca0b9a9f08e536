"""Groups by the row that is referred to: the reports of each manager."""

from __future__ import annotations

from collections.abc import Callable

from mome.pretrain.sampling import role_groups

Asked = Callable[..., list[tuple]]
BY = "GROUP BY employee.boss_id.id, employee.boss_id.name"
WORDS = ("manage", "boss", "supervis", "report", "subordinate", "work for")


def test_the_number_of_rows_that_refer_to_each(asked: Asked) -> None:
    form = f"SELECT employee.boss_id.name, COUNT(*) {BY}"
    rows = asked(role_groups.number_by_referred, form, WORDS)
    assert rows == [("Ann Lee", 3), ("Dan Roe", 2)]


def test_rows_by_the_number_that_refer_to_them(asked: Asked) -> None:
    form = f"SELECT employee.boss_id.name {BY} HAVING COUNT(*) > 2"
    assert asked(role_groups.referred_by_count, form, ("more than 2", "over 2")) == [("Ann Lee",)]


def test_the_row_to_which_most_refer(asked: Asked) -> None:
    form = f"SELECT employee.boss_id.name, COUNT(*) {BY} ORDER BY COUNT(*) DESC LIMIT 1"
    assert asked(role_groups.most_referred, form, ("how many",)) == [("Ann Lee", 3)]


def test_a_figure_of_the_rows_that_refer_to_each_or_to_one(asked: Asked) -> None:
    form = f"SELECT employee.boss_id.name, MAX(employee.salary) {BY}"
    rows = asked(role_groups.figure_of_referring, form, ("salary",))
    assert rows == [("Ann Lee", 45), ("Dan Roe", 47)]
    form = "SELECT AVG(employee.salary) WHERE employee.boss_id.name = 'Dan Roe'"
    assert asked(role_groups.figure_of_referring, form, ("dan roe",)) == [(36.0,)]


def test_how_many_rows_are_referred_to(asked: Asked) -> None:
    form = "SELECT COUNT(DISTINCT employee.boss_id) FROM employee"
    assert asked(role_groups.number_referred, form, WORDS) == [(2,)]
