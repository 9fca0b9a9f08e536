"""Comparisons of rows with the row they refer to: who earns more than their manager."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from mome.pretrain.sampling import role_comparisons
from mome.pretrain.sampling.scene import Scene
from schemas import introspect, resolve_url

Asked = Callable[..., list[tuple]]
STAFF = """
CREATE TABLE employee (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, birth_date DATE NOT NULL,
    reports_to INTEGER REFERENCES employee (id)
);
INSERT INTO employee VALUES (1, 'Ann', '1970-02-03', NULL), (2, 'Bob', '1965-05-06', 1),
    (3, 'Cleo', '1990-07-08', 1);
"""


def test_rows_with_more_than_the_one_they_refer_to(asked: Asked) -> None:
    form = "SELECT employee.name WHERE employee.salary > employee.boss_id.salary"
    rows = asked(role_comparisons.more_than_referred, form, ("more", "higher", "larger", "greater"))
    assert rows == [("Eva Sol",)]


def test_rows_with_less_than_a_part_beside_both_values(asked: Asked) -> None:
    form = (
        "SELECT employee.name, employee.salary, employee.boss_id.salary "
        "WHERE employee.salary < 0.6 * employee.boss_id.salary"
    )
    rows = asked(role_comparisons.more_than_referred, form, ("less than 60",))
    assert rows == [("Finn Ash", 25, 45)]


def test_the_difference_to_the_row_that_is_referred_to(asked: Asked) -> None:
    form = "SELECT employee.name, employee.salary - employee.boss_id.salary"
    rows = asked(role_comparisons.difference_to_referred, form, ("difference", "how much"))
    assert rows[-2:] == [("Eva Sol", 2), ("Finn Ash", -20)]


def test_rows_with_the_same_value_and_with_the_same_parent(asked: Asked) -> None:
    form = "SELECT employee.name WHERE employee.role = employee.boss_id.role"
    assert asked(role_comparisons.same_as_referred, form, ("same role",)) == [("Dan Roe",)]
    form = "SELECT employee.name WHERE employee.store_id <> employee.boss_id.store_id"
    rows = asked(role_comparisons.same_as_referred, form, ("another store", "a different store"))
    assert rows == [("Dan Roe",)]


def test_the_older_one_is_born_before(tmp_path: Path) -> None:
    path = tmp_path / "staff.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(STAFF)
    scene = Scene(introspect(resolve_url(path)), path, seed=1)
    drawn = [role_comparisons.earlier_than_referred(scene) for _ in range(60)]
    older = [one for one in drawn if one and "older" in one.question]
    assert older
    for one in older:
        assert '"birth_date" < "employee"."reports_to"."birth_date"' in one.form
        assert scene.rows(one.form) in ([("Bob",)], [(1,)])
