"""Names of tables and columns are compared as words, and propose foreign keys."""

from __future__ import annotations

import pytest

from schemas import FullColumn, FullTable
from schemas.keys.key_names import match, root, stem, table_words, targets, words


@pytest.mark.parametrize(
    "name", ["HomeTeamID", "home_team_id", "Home Team ID", "homeTeam-id", "HOME_TEAM_ID"]
)
def test_a_name_has_its_words_in_any_style(name: str) -> None:
    assert words(name) == ("home", "team", "id")


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("city", "cities"),
        ("movie", "movies"),
        ("campus", "campuses"),
        ("house", "houses"),
        ("box", "boxes"),
        ("class", "classes"),
        ("person", "people"),
    ],
)
def test_singular_and_plural_have_one_root(one: str, many: str) -> None:
    assert root((one,)) == root((many,))


@pytest.mark.parametrize(
    ("left", "right"),
    [("order", "border"), ("status", "state"), ("address", "dress"), ("bus", "business")],
)
def test_other_words_have_another_root(left: str, right: str) -> None:
    assert root((left,)) != root((right,))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("customer_id", ("customer",)),
        ("customerid", ("customer",)),
        ("CountryCode", ("country",)),
        ("id", ()),
        ("name", ()),
        ("paid", ()),
    ],
)
def test_the_stem_of_a_column(name: str, expected: tuple) -> None:
    assert stem(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("dim_customer", ("customer",)),
        ("tblOrders", ("orders",)),
        ("t1", ("t", "1")),
        ("fact", ("fact",)),
    ],
)
def test_the_words_of_a_table_leave_out_prefixes(name: str, expected: tuple) -> None:
    assert table_words(_table(name, "id")) == expected


def _table(name: str, *columns: str, key: str | None = None) -> FullTable:
    return FullTable(
        None,
        name,
        "table",
        tuple(FullColumn(column, "INT", "integer", distinct=9) for column in columns),
        rows=9,
        primary_key=(key,) if key else (),
    )


@pytest.mark.parametrize(
    ("child", "column", "parent", "key", "strength"),
    [
        ("orders", "customer_id", "customers", "id", 3),
        ("orders", "customer_id", "dim_customer", "customer_id", 3),
        ("orders", "Customer", "customers", "id", 3),
        ("rooms", "patient", "patient", "ssn", 3),
        ("matches", "home_team_id", "team", "id", 1),
        ("likes", "stuid", "student", "StuID", 2),
        ("staff", "parent_id", "staff", "id", 1),
        ("orders", "id", "customers", "id", None),
        ("orders", "order_id", "customers", "id", None),
        ("orders", "name", "customers", "name", None),
        ("orders", "total", "customers", "id", None),
    ],
)
def test_a_column_refers_by_its_name(
    child: str, column: str, parent: str, key: str, strength: int | None
) -> None:
    if child == parent:
        table = referred = _table(child, key, column, key=key)
    else:
        table = _table(child, "id", column, key="id")
        referred = _table(parent, key, key=key)
    (target,) = (target for target in targets(referred) if target.declared)
    candidate = match(table, table.column(column), target)
    assert (candidate.strength if candidate else None) == strength


def test_undeclared_keys_are_targets_only_where_name_and_data_say_so() -> None:
    table = _table("state", "state_name", "state_id", "area", "capital_id")
    assert [(target.column.name, target.declared) for target in targets(table)] == [
        ("state_name", False),
        ("state_id", False),
    ]
    assert list(targets(FullTable(None, "v", "view", table.columns, rows=9))) == []
