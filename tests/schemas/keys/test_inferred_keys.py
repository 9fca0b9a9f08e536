"""Foreign keys that are not declared are inferred where the data agrees, and nowhere else."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas import Limits, introspect, resolve_url

SHOP = """
CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE orders(id INTEGER PRIMARY KEY, customer_id INT, boss_customer_id INT, total INT);
INSERT INTO customers VALUES (1, 'Ann'), (2, 'Bob');
INSERT INTO orders VALUES (1, 1, 2, 1), (2, NULL, 1, 2);
"""


def _inferred(path: Path, **options: object) -> list[str]:
    catalog = introspect(resolve_url(path), **options)
    return [
        f"{table.key}({','.join(key.columns)}) -> {key.ref_table}({','.join(key.ref_columns)})"
        for table in catalog.tables
        for key in table.foreign_keys
        if key.inferred
    ]


def test_names_and_data_agree(make_sqlite: Callable) -> None:
    assert _inferred(make_sqlite(SHOP)) == [
        "orders(customer_id) -> customers(id)",
        "orders(boss_customer_id) -> customers(id)",
    ]


def test_one_stray_value_is_enough_to_refuse(make_sqlite: Callable) -> None:
    assert _inferred(make_sqlite(SHOP + "INSERT INTO orders VALUES (3, 99, 99, 0)")) == []


def test_a_declared_key_is_left_alone(make_sqlite: Callable) -> None:
    declared = SHOP.replace("customer_id INT,", "customer_id INT REFERENCES customers(id),", 1)
    assert _inferred(make_sqlite(declared)) == ["orders(boss_customer_id) -> customers(id)"]


def test_a_database_without_any_declared_key(make_sqlite: Callable) -> None:
    script = """
    CREATE TABLE Student(StuID TEXT, Name TEXT);
    CREATE TABLE Enrolled(StuID TEXT, Course_Code TEXT);
    CREATE TABLE Courses(Code TEXT, Title TEXT);
    INSERT INTO Student VALUES ('s1', 'Ann'), ('s2', 'Bob');
    INSERT INTO Courses VALUES ('c1', 'x'), ('c2', 'y');
    INSERT INTO Enrolled VALUES ('s1', 'c1'), ('s1', 'c2'), ('s2', 'c1');
    """
    assert _inferred(make_sqlite(script)) == ["Enrolled(Course_Code) -> Courses(Code)"]
    named = script.replace("Student", "Stu")
    assert _inferred(make_sqlite(named, "named.db")) == [
        "Enrolled(StuID) -> Stu(StuID)",
        "Enrolled(Course_Code) -> Courses(Code)",
    ]


def test_equally_good_targets_give_none(make_sqlite: Callable) -> None:
    script = """
    CREATE TABLE a(badge_no INTEGER PRIMARY KEY);
    CREATE TABLE b(badge_no INTEGER PRIMARY KEY);
    CREATE TABLE visits(badge_no INT);
    INSERT INTO a VALUES (1), (2);
    INSERT INTO b VALUES (1), (2);
    INSERT INTO visits VALUES (1), (1);
    """
    assert _inferred(make_sqlite(script)) == []
    assert _inferred(make_sqlite(script + "DELETE FROM b;", "other.db")) == [
        "visits(badge_no) -> a(badge_no)"
    ]


def test_types_must_fit(make_sqlite: Callable, make_duckdb: Callable) -> None:
    tables = "CREATE TABLE team(id INTEGER PRIMARY KEY); CREATE TABLE player(team_id VARCHAR);"
    script = tables + "INSERT INTO team VALUES (1); INSERT INTO player VALUES ('1')"
    assert _inferred(make_duckdb(script)) == []
    assert _inferred(make_sqlite(script)) == ["player(team_id) -> team(id)"]


def test_without_rows_only_the_clearest_name_counts(make_sqlite: Callable) -> None:
    script = SHOP.partition("INSERT")[0]
    assert _inferred(make_sqlite(script)) == ["orders(customer_id) -> customers(id)"]


def test_views_have_no_keys_and_no_time_means_no_keys(make_sqlite: Callable) -> None:
    path = make_sqlite(SHOP + "CREATE VIEW v AS SELECT customer_id FROM orders;")
    assert len(_inferred(path)) == 2
    assert _inferred(path, limits=Limits(rows_s=0.0)) == []


def test_excluded_columns_are_compared_inside_the_database_only(make_sqlite: Callable) -> None:
    path = make_sqlite(SHOP)
    assert len(_inferred(path, exclude=["orders.*", "customers.*"])) == 2


@pytest.mark.parametrize("server", ["postgres_url", "mariadb_url"])
def test_servers_and_schemas(server: str, request: pytest.FixtureRequest, run: Callable) -> None:
    url = request.getfixturevalue(server)
    statements = SHOP.replace("name TEXT", "name VARCHAR(9)").split(";")
    run(url, *(statement for statement in statements if statement.strip()))
    keys = introspect(resolve_url(url)).table("orders").foreign_keys
    assert [(key.columns, key.ref_table, key.inferred) for key in keys] == [
        (("customer_id",), "customers", True),
        (("boss_customer_id",), "customers", True),
    ]


def test_many_tables_with_the_same_key_name_are_not_compared_with_each_other(
    make_sqlite: Callable,
) -> None:
    tables = "".join(
        f"CREATE TABLE t{number}(id INTEGER PRIMARY KEY, name TEXT, code TEXT);"
        for number in range(300)
    )
    start = time.process_time()
    assert _inferred(make_sqlite(f"BEGIN; {tables} COMMIT;")) == []
    assert time.process_time() - start < 10


def test_uuids_are_keys_of_other_uuids_alone(make_duckdb: Callable) -> None:
    uuid = "00000000-0000-4000-8000-00000000000"
    script = f"""
    CREATE TABLE accounts(id UUID PRIMARY KEY, name TEXT);
    CREATE TABLE plans(id UUID, name TEXT);
    CREATE TABLE invoices(id UUID PRIMARY KEY, account_id UUID, plan_id UUID, text_account_id TEXT);
    INSERT INTO accounts VALUES ('{uuid}1', 'Acme'), ('{uuid}2', 'Brix');
    INSERT INTO plans VALUES ('{uuid}1', 'free'), ('{uuid}2', 'paid');
    INSERT INTO invoices VALUES ('{uuid}3', '{uuid}1', '{uuid}2', '{uuid}1');
    """
    path = make_duckdb(script)
    assert _inferred(path) == [
        "invoices(account_id) -> accounts(id)",
        "invoices(plan_id) -> plans(id)",
    ]
    column = introspect(resolve_url(path)).table("accounts").column("id")
    assert (column.family, column.values, column.distinct) == ("other", None, 2)
