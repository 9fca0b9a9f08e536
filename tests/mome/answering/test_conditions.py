"""Comparisons of columns with literals, and the kind of a column's values."""

from __future__ import annotations

import pytest

from mome.answering.conditions import Stored, comparisons, day_of, literals_of
from mome.catalog import Column, Table
from mome.linking.slice import Linker
from mome.sql_tree import parsed


@pytest.mark.parametrize(
    ("family", "known", "least", "kind"),
    [
        ("date", (), None, "date"),
        ("date", (), "2023-01-01", "date"),
        ("date", (), "31/12/2023", "unsorted"),
        ("date", ("2014", "2015"), None, ""),
        ("text", ("2023-01-01", "2023-02-01 10:00:00"), None, "date"),
        ("text", ("31.12.2023", "1.2.2024"), None, "unsorted"),
        ("text", ("a", "b"), None, "text"),
        ("text", ("1", "b"), None, ""),
        ("text", (), None, ""),
        ("number", (), None, "number"),
        ("integer", ("1", "none"), None, ""),
        ("boolean", ("true", "false"), None, "boolean"),
        ("boolean", ("ja", "nein"), None, ""),
        ("other", (), None, ""),
    ],
)
def test_the_kind_of_a_column(family: str, known: tuple, least: object, kind: str) -> None:
    column = Column("c", family.upper(), family, least=least)
    table = Table(None, "t", "table", None, 1, (column,))
    assert Stored(table, column, known, True).kind == kind


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("age > 3", [("singer.age", ">", ["3"])]),
        ("3 > age", [("singer.age", "<", ["3"])]),
        ("age BETWEEN 1 AND 2", [("singer.age", "BETWEEN", ["1", "2"])]),
        ("name IN ('a', 'b')", [("singer.name", "IN", ["a", "b"])]),
        ("name = CAST('a' AS TEXT)", [("singer.name", "=", ["a"])]),
        ("age = id", []),
        ("age IN (SELECT id FROM song)", []),
        ("nothing = 3", []),
    ],
)
def test_comparisons_with_literals(linker: Linker, where: str, found: list) -> None:
    tree = parsed(f"SELECT name FROM singer WHERE {where}", "sqlite")
    read = comparisons(tree, linker.catalog, linker.values)
    assert [(c.stored.name, c.sign, [x.name for x in c.literals]) for c in read] == found


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("COUNT(*) > 3", ["3"]),
        ("3 > COUNT(*)", ["3"]),
        ("age + 2 BETWEEN 1 AND CAST('5' AS INTEGER)", ["1", "5"]),
        ("age IN (SELECT id FROM song WHERE id = 3)", []),
    ],
)
def test_literals_of_a_comparison(where: str, found: list) -> None:
    tree = parsed(f"SELECT {where}", "sqlite")
    assert [literal.name for literal in literals_of(tree.expressions[0])] == found


def test_literals_of_a_limit() -> None:
    limit = parsed("SELECT name FROM singer LIMIT 7", "sqlite").args["limit"]
    assert [literal.name for literal in literals_of(limit)] == ["7"]


def test_days() -> None:
    assert day_of("2024-02-29").isoformat() == "2024-02-29"
    assert day_of("2024-02-29 10:00:00").isoformat() == "2024-02-29"
    assert day_of("2023-02-29") is None
    assert day_of("202001-01-01") is None
