"""The differences between two catalogs, as sentences."""

from __future__ import annotations

from collections.abc import Callable

from schemas import FullCatalog, diff, introspect, resolve_url

OLD = """CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT, age INT, city TEXT);
CREATE TABLE gone(a INT); CREATE TABLE same(a INT); CREATE TABLE shape(a INT);
INSERT INTO people VALUES (1, 'Ann', 3, 'Rome');"""
NEW = """CREATE TABLE people(
    id INTEGER PRIMARY KEY, name VARCHAR(9) NOT NULL, city TEXT, boss INT REFERENCES people(id)
);
CREATE TABLE fresh(a INT); CREATE TABLE same(a INT); CREATE VIEW shape AS SELECT 1 AS a;
INSERT INTO people VALUES (1, 'Bob', 'Rome', 1);"""


def _catalogs(make_sqlite: Callable) -> tuple[FullCatalog, FullCatalog]:
    old = introspect(resolve_url(make_sqlite(OLD, "old.db")))
    new = introspect(resolve_url(make_sqlite(NEW, "new.db")))
    return old, new


def test_every_change_has_a_line(make_sqlite: Callable) -> None:
    changes = diff(*_catalogs(make_sqlite))
    assert changes.lines() == (
        "fresh: new table",
        "gone: table is gone",
        "people: new foreign key (boss) to people (id)",
        "people.age: column is gone",
        "people.boss: new column, INT",
        "people.name: is never null now",
        "people.name: type was TEXT, is VARCHAR(9)",
        "people.name: new values 'Bob', values gone 'Ann'",
        "shape: was a table, is a view",
        "shape.a: type was INT, is undeclared",
        "shape.a: values are listed now: 1",
    )
    assert changes.objects >= {"fresh", "gone", "people", "people.age", "people.name", "shape"}
    assert not {"same", "same.a", "people.id"} & changes.objects


def test_equal_catalogs_do_not_differ(make_sqlite: Callable) -> None:
    old, _ = _catalogs(make_sqlite)
    assert not diff(old, old)
    assert diff(old, old).lines() == ()
