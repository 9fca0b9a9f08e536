"""Structure of a DuckDB file."""

from __future__ import annotations

from collections.abc import Callable

from schemas import ForeignKey, introspect, resolve_url

SCRIPT = """
CREATE TYPE mood AS ENUM ('sad', 'it''s ok');
CREATE TABLE people(
    id INTEGER PRIMARY KEY, name VARCHAR NOT NULL UNIQUE, mood mood, grade VARCHAR CHECK (grade IN ('a', 'b')), tags VARCHAR[]
);
CREATE TABLE "Odd ""Table"(a INT, b INT, "per son" INT REFERENCES people(id), UNIQUE (a, b));
CREATE SCHEMA sales;
CREATE TABLE sales.orders(id BIGINT PRIMARY KEY, person_id INT, price DECIMAL(10,2), placed TIMESTAMP, ok BOOLEAN);
CREATE TABLE sales.lines(order_id BIGINT REFERENCES sales.orders(id), n INT);
CREATE VIEW names AS SELECT name FROM people;
COMMENT ON TABLE people IS 'everyone'; COMMENT ON COLUMN people.grade IS 'school grade'; COMMENT ON VIEW names IS 'only names';
INSERT INTO people VALUES (1, 'Ann', 'sad', 'a', ['x']), (2, 'Bob', 'it''s ok', NULL, NULL);
INSERT INTO sales.orders VALUES (7, 1, 1.50, TIMESTAMP '2024-01-02 03:04:05', true), (8, 2, 2.25, NULL, NULL);
"""


def test_everything_is_found(make_duckdb: Callable) -> None:
    catalog = introspect(resolve_url(make_duckdb(SCRIPT)))
    assert [(table.key, table.kind) for table in catalog.tables] == [
        ('Odd "Table', "table"),
        ("names", "view"),
        ("people", "table"),
        ("sales.lines", "table"),
        ("sales.orders", "table"),
    ]
    people, odd, orders = (
        catalog.table("people"),
        catalog.table('Odd "Table'),
        catalog.table("sales.orders"),
    )
    assert (people.primary_key, people.unique, people.comment, people.rows) == (
        ("id",),
        (("name",),),
        "everyone",
        2,
    )
    assert catalog.table("names").comment == "only names"
    assert [column.nullable for column in people.columns] == [False, False, True, True, True]
    assert people.column("mood").enum == ("sad", "it's ok")
    assert (people.column("grade").enum, people.column("grade").comment) == (
        ("a", "b"),
        "school grade",
    )
    assert (
        people.column("tags").type,
        people.column("tags").family,
        people.column("tags").values,
    ) == ("VARCHAR[]", "other", None)
    assert odd.unique == (("a", "b"),)
    assert odd.foreign_keys == (ForeignKey(("per son",), "people", ("id",)),)
    assert catalog.table("sales.lines").foreign_keys == (
        ForeignKey(("order_id",), "sales.orders", ("id",)),
    )
    assert (orders.column("price").min, orders.column("price").max) == (1.5, 2.25)
    assert orders.column("placed").min == "2024-01-02 03:04:05"
    assert orders.column("ok").values == (True,)
    assert (catalog.dialect, catalog.engine, catalog.problems) == ("duckdb", "duckdb", ())


def test_a_view_of_a_dropped_table_is_reported(make_duckdb: Callable) -> None:
    catalog = introspect(
        resolve_url(
            make_duckdb(
                "CREATE TABLE t(a INT); CREATE VIEW v AS FROM t; CREATE TABLE u(b INT); DROP TABLE t"
            )
        )
    )
    assert [table.key for table in catalog.tables] == ["u"]
    assert [problem.object for problem in catalog.problems] == ["v"]
