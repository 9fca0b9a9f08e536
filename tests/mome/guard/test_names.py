"""How the guard looks up the catalog's names: case, quotes, schemas, suggestions and speed."""

from __future__ import annotations

import dataclasses
import gc
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from mome.catalog import Catalog, Column, Table
from mome.errors import Refused
from mome.guard import guard
from mome.guard.names import _KNOWN, names_of


def catalog(dialect: str, *tables: str) -> Catalog:
    """Return a catalog of tables given as name(column, column) or schema.name(column, column)."""
    parsed = []
    for text in tables:
        key, _, names = text.rstrip(")").partition("(")
        schema, _, name = key.rpartition(".")
        columns = tuple(Column(column, "TEXT", "text") for column in names.split(", "))
        parsed.append(Table(schema or None, name, "table", None, None, columns))
    return Catalog(dialect, dialect, f"{dialect}://reader@host/shop", "f", tuple(parsed))


def test_names_that_differ_in_case_alone_follow_postgresql() -> None:
    both = catalog("postgres", "Item(id, Code)", "item(id, code)")
    assert guard('SELECT "Code" FROM "Item"', both).tables == ("Item",)
    assert guard("SELECT Code FROM Item", both).columns == ("item.code",)
    joined = guard('SELECT a."Code" FROM "Item" AS a, item AS b WHERE b.id = a.id', both)
    assert joined.columns == ("Item.Code", "Item.id", "item.id")
    with pytest.raises(Refused, match='no table "ITEM"'):
        guard('SELECT 1 FROM "ITEM"', both)


def test_using_a_column_in_two_spellings() -> None:
    with pytest.raises(Refused, match="more than one spelling"):
        guard('SELECT 1 FROM a JOIN b USING ("ID")', catalog("postgres", "a(id, Id)", "b(id, Id)"))


def test_names_that_differ_in_case_alone_are_exact_in_mysql() -> None:
    both = catalog("mysql", "Item(id)", "item(id)")
    assert guard("SELECT id FROM Item", both).tables == ("Item",)
    with pytest.raises(Refused, match='no table "ITEM"'):
        guard("SELECT id FROM ITEM", both)


def test_postgresql_gets_quotes_where_a_name_needs_them() -> None:
    mixed = catalog("postgres", "Item(Item Code, user, plain)")
    query = guard("SELECT i.USER, plain FROM item AS i", mixed)
    assert query.sql == 'SELECT i."user", plain FROM "Item" AS i'
    assert guard('SELECT "item code" FROM ITEM', mixed).sql == 'SELECT "Item Code" FROM "Item"'


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb", "mysql"])
def test_a_cte_hides_a_table_in_any_case(dialect: str) -> None:
    query = guard("WITH Item AS (SELECT 1 AS a) SELECT a FROM ITEM", catalog(dialect, "item(id)"))
    assert query.tables == ()
    assert query.sql == "WITH Item AS (SELECT 1 AS a) SELECT a FROM Item"


def test_a_quoted_cte_does_not_hide_a_table_in_postgresql() -> None:
    query = guard(
        'WITH "Item" AS (SELECT 1 AS a) SELECT id FROM item', catalog("postgres", "item(id)")
    )
    assert query.tables == ("item",)


def test_non_ascii_names_that_differ_in_case_are_rewritten_to_the_definition() -> None:
    """Engines fold ASCII letters only, so names that the guard takes as equal must be respelled."""
    query = guard('WITH "É" AS (SELECT 1 AS a) SELECT a FROM "é"', catalog("sqlite", "t(id)"))
    assert query.sql == 'WITH "É" AS (SELECT 1 AS a) SELECT a FROM "É"'


def test_schemas_keep_tables_apart() -> None:
    two = catalog("postgres", "hr.item(id, pay)", "item(id)")
    joined = guard("SELECT h.pay FROM hr.item AS h JOIN item ON item.id = h.id", two)
    assert joined.tables == ("hr.item", "item")
    assert guard("SELECT hr.item.pay FROM hr.item", two).columns == ("hr.item.pay",)
    assert guard("SELECT public.item.id FROM public.item", two).columns == ("item.id",)
    with pytest.raises(Refused, match='no column "pay"'):
        guard("SELECT pay FROM item", two)
    with pytest.raises(Refused, match="two tables are called"):
        guard("SELECT item.id FROM hr.item, item", two)
    with pytest.raises(Refused, match="did you mean hr.wage"):
        guard("SELECT 1 FROM wage", catalog("postgres", "hr.wage(id)"))


def test_the_default_schema_does_not_bypass_a_cte() -> None:
    sql = "WITH item AS (SELECT 1 AS id) SELECT id FROM main.item"
    with pytest.raises(Refused, match="is also a WITH query"):
        guard(sql, catalog("sqlite", "item(id)"))


@pytest.mark.parametrize(
    ("dialect", "table"),
    [
        ("postgres", "pg_class"),
        ("postgres", "information_schema.tables"),
        ("sqlite", "sqlite_master"),
        ("duckdb", "duckdb_settings"),
    ],
)
def test_system_tables_are_refused_even_if_the_catalog_has_them(dialect: str, table: str) -> None:
    with pytest.raises(Refused, match="there is no table"):
        guard(f"SELECT id FROM {table}", catalog(dialect, f"{table}(id)"))


def test_a_refusal_suggests_a_similar_name() -> None:
    near = catalog("sqlite", "customers(customer_id, full_name)", "orders(id)")
    suggestions = {
        "SELECT 1 FROM customer": "customers",
        "SELECT fullname FROM customers": "full_name",
        "SELECT c.custmer_id FROM customers AS c": "customer_id",
        "SELECT rounnd(1)": "round",
    }
    for sql, name in suggestions.items():
        with pytest.raises(Refused, match=f"did you mean {name}"):
            guard(sql, near)


def test_a_catalog_is_indexed_once_and_not_kept_alive() -> None:
    first = catalog("sqlite", "item(id)")
    assert names_of(first) is names_of(first)
    assert names_of(dataclasses.replace(first)) is not names_of(first)
    del first
    gc.collect()
    assert all(reference() is not None for reference, _ in _KNOWN.values())


def test_a_large_catalog_is_indexed_only_once(many_tables: Catalog) -> None:
    sql = (
        "SELECT a.column_3, COUNT(*) FROM table_7 AS a "
        "JOIN table_900 AS b ON b.column_1 = a.column_1 GROUP BY a.column_3"
    )
    guard(sql, many_tables)
    start = time.perf_counter()
    for _ in range(20):
        guard(sql, many_tables)
    assert (time.perf_counter() - start) / 20 < 0.1


def test_several_threads_may_use_the_guard_at_once(many_tables: Catalog) -> None:
    def guarded(sql: str) -> str:
        return guard(sql, many_tables).sql

    texts = [f"SELECT column_1 FROM table_{number}" for number in range(40)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(guarded, texts)) == texts
