"""Sets of values, roles of one table, and amounts of two tables find the right rows."""

from __future__ import annotations

from collections.abc import Callable

from mome.pretrain.sampling import sets

Asked = Callable[..., list[tuple]]


def test_values_of_both_kinds(asked: Asked) -> None:
    form = (
        "SELECT store.name WHERE store.city = 'Rome' INTERSECT SELECT store.name WHERE "
        "store.city = 'Lyon'"
    )
    rows = asked(sets.values_in_both, form, ("both", "shared", "in common"))
    assert rows == []


def test_rows_with_their_boss(asked: Asked) -> None:
    form = "SELECT employee.name, employee.boss_id.name WHERE employee.role = 'manager'"
    rows = asked(sets.rows_with_role, form, ("boss", "manager", "supervisor"))
    assert rows == [("Dan Roe", "Ann Lee")]


def test_rows_above_their_boss(asked: Asked) -> None:
    form = "SELECT employee.name WHERE employee.salary > employee.boss_id.salary"
    rows = asked(sets.rows_by_role, form, ("more", "higher"))
    assert rows == [("Eva Sol",)]


def test_rows_of_each_boss(asked: Asked) -> None:
    form = "SELECT employee.boss_id.name, COUNT(*) GROUP BY employee.boss_id, employee.boss_id.name"
    rows = asked(sets.count_by_role, form, ("boss", "manager", "supervisor"))
    assert rows == [("Ann Lee", 3), ("Dan Roe", 2)]


def test_two_tables_are_not_multiplied(asked: Asked) -> None:
    form = "SELECT store.name, SUM(sale.amount), SUM(employee.salary) GROUP BY store.id, store.name"
    rows = asked(sets.two_amounts, form, ("and",))
    assert rows == [("North", 60, 120), ("South", 100, 117)]
