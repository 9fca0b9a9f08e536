"""Structure of a DuckDB file."""

from __future__ import annotations

from collections.abc import Callable

from schemas import FullForeignKey, introspect, resolve_url

SCRIPT = """
CREATE TYPE mood AS ENUM ('sad', 'it''s ok');
CREATE TABLE people(
    id INTEGER PRIMARY KEY, name VARCHAR NOT NULL UNIQUE, mood mood,
    grade VARCHAR CHECK (grade IN ('a', 'b')), tags VARCHAR[]
);
CREATE TABLE "Odd ""Table"(a INT, b INT, "per son" INT REFERENCES people(id), UNIQUE (a, b));
CREATE SCHEMA sales;
CREATE TABLE sales.orders(
    id BIGINT PRIMARY KEY, person_id INT, price DECIMAL(10,2), placed TIMESTAMP, ok BOOLEAN
);
CREATE TABLE sales.lines(order_id BIGINT REFERENCES sales.orders(id), n INT);
CREATE VIEW names AS SELECT name FROM people;
COMMENT ON TABLE people IS 'everyone';
COMMENT ON COLUMN people.grade IS 'school grade';
COMMENT ON VIEW names IS 'only names';
INSERT INTO people VALUES (1, 'Ann', 'sad', 'a', ['x']), (2, 'Bob', 'it''s ok', NULL, NULL);
INSERT INTO sales.orders VALUES
    (7, 1, 1.50, TIMESTAMP '2024-01-02 03:04:05', true), (8, 2, 2.25, NULL, NULL);
"""


def test_tables_and_views(make_duckdb: Callable) -> None:
    catalog = introspect(resolve_url(make_duckdb(SCRIPT)))
    assert [(table.key, table.kind) for table in catalog.tables] == [
        ('Odd "Table', "table"),
        ("names", "view"),
        ("people", "table"),
        ("sales.lines", "table"),
        ("sales.orders", "table"),
    ]
    assert catalog.table("names").comment == "only names"
    assert "AS SELECT" in catalog.table("names").definition.replace("(", "")
    assert catalog.table("people").definition is None
    assert (catalog.dialect, catalog.engine, catalog.problems) == ("duckdb", "duckdb", ())


def test_keys_and_comments(make_duckdb: Callable) -> None:
    catalog = introspect(resolve_url(make_duckdb(SCRIPT)))
    people = catalog.table("people")
    odd = catalog.table('Odd "Table')
    lines = catalog.table("sales.lines")
    assert (people.primary_key, people.unique) == (("id",), (("name",),))
    assert (people.comment, people.rows) == ("everyone", 2)
    assert odd.unique == (("a", "b"),)
    assert odd.foreign_keys == (FullForeignKey(("per son",), "people", ("id",)),)
    assert lines.foreign_keys == (FullForeignKey(("order_id",), "sales.orders", ("id",)),)


def test_types_and_values(make_duckdb: Callable) -> None:
    catalog = introspect(resolve_url(make_duckdb(SCRIPT)))
    people = catalog.table("people")
    orders = catalog.table("sales.orders")
    assert [column.nullable for column in people.columns] == [False, False, True, True, True]
    assert people.column("mood").enum == ("sad", "it's ok")
    grade = people.column("grade")
    assert (grade.enum, grade.comment) == (("a", "b"), "school grade")
    tags = people.column("tags")
    assert (tags.type, tags.family, tags.values) == ("VARCHAR[]", "other", None)
    assert (orders.column("price").min, orders.column("price").max) == (1.5, 2.25)
    assert orders.column("placed").min == "2024-01-02 03:04:05"
    assert orders.column("ok").values == (True,)


def test_a_view_of_a_dropped_table_is_reported(make_duckdb: Callable) -> None:
    script = "CREATE TABLE t(a INT); CREATE VIEW v AS FROM t; CREATE TABLE u(b INT); DROP TABLE t"
    catalog = introspect(resolve_url(make_duckdb(script)))
    assert [table.key for table in catalog.tables] == ["u"]
    assert [problem.object for problem in catalog.problems] == ["v"]
