"""Questions about rows in a role find managers, their reports, and those who have none."""

from __future__ import annotations

from collections.abc import Callable

from mome.pretrain.sampling import roles
from mome.pretrain.sampling.scene import Scene

Asked = Callable[..., list[tuple]]
WORDS = ("manage", "boss", "supervis", "report", "subordinate", "work for")


def test_rows_beside_the_one_they_refer_to(asked: Asked) -> None:
    form = "SELECT employee.name, employee.boss_id.name FROM employee"
    assert asked(roles.with_referred, form, WORDS) == [
        ("Bob Ray", "Ann Lee"),
        ("Cleo May", "Ann Lee"),
        ("Dan Roe", "Ann Lee"),
        ("Eva Sol", "Dan Roe"),
        ("Finn Ash", "Dan Roe"),
    ]


def test_those_that_refer_to_none_are_there_if_any(asked: Asked) -> None:
    form = "SELECT employee.name, employee.boss_id.name FROM employee LEFT JOIN employee"
    rows = asked(roles.with_referred, form, ("if any", "one", "none"))
    assert rows[0] == ("Ann Lee", None)
    assert len(rows) == 6


def test_rows_that_refer_to_a_named_one(asked: Asked) -> None:
    form = "SELECT COUNT(*) FROM employee WHERE employee.boss_id.name = 'Dan Roe'"
    assert asked(roles.referring_to_named, form, ("dan roe",)) == [(2,)]
    form = "SELECT employee.name WHERE employee.boss_id.name = 'Dan Roe'"
    rows = asked(roles.referring_to_named, form, ("dan roe",))
    assert rows == [("Eva Sol",), ("Finn Ash",)]


def test_the_row_to_which_a_named_one_refers(asked: Asked) -> None:
    form = "SELECT employee.boss_id.name WHERE employee.name = 'Eva Sol'"
    assert asked(roles.referred_of_named, form, WORDS) == [("Dan Roe",)]


def test_rows_that_refer_to_none(asked: Asked) -> None:
    form = "SELECT employee.name WHERE EMPTY(employee.boss_id)"
    rows = asked(roles.with_referred_or_not, form, ("no", "without", "don't"))
    assert rows == [("Ann Lee",)]


def test_rows_that_others_refer_to_and_that_none_refers_to(asked: Asked) -> None:
    rows = asked(roles.referred_by_any, "SELECT employee.name WHERE HAS(employee)", WORDS)
    assert rows == [("Ann Lee",), ("Dan Roe",)]
    rows = asked(roles.referred_by_any, "SELECT COUNT(*) FROM employee WHERE NO(employee)", WORDS)
    assert rows == [(4,)]


def test_rows_by_a_column_of_the_one_they_refer_to(asked: Asked) -> None:
    form = "SELECT employee.name WHERE employee.boss_id.role = 'manager'"
    rows = asked(roles.by_referred_column, form, WORDS)
    assert [name for (name,) in rows] == ["Bob Ray", "Cleo May", "Dan Roe", "Eva Sol", "Finn Ash"]


def test_without_a_table_that_refers_to_itself_nothing_is_asked(scene: Scene) -> None:
    assert [family(scene) for family in roles.ROLES] == [None] * len(roles.ROLES)
