"""SQL to pointer form and back: the same rows, in four dialects, with names quoted where they must
be.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import duckdb
import pytest

from mome.backbones.bundled.pointer_form import PointerForm
from mome.catalog import Catalog, ForeignKey, Table
from mome.errors import NotExpressible

DIALECTS = ["sqlite", "duckdb", "postgres", "mysql"]


def named(form: PointerForm, text: str) -> str:
    """A form with names in place of its pointers."""
    return re.sub(r"\bi(\d+)\b", lambda match: form.slice.items[int(match[1])].name, text)


SHORT = [
    (
        "SELECT T1.name FROM singer AS T1 JOIN song AS T2 ON T1.id = T2.singer_id WHERE "
        "T2.genre = 'pop'",
        "SELECT singer.name WHERE song.genre = 'pop'",
    ),
    ("SELECT name FROM singer", "SELECT singer.name"),
    (
        "SELECT T2.city FROM song AS S JOIN singer AS T1 ON S.singer_id = T1.id JOIN "
        "performance AS "
        "P ON P.singer_id = T1.id "
        "JOIN concert AS C ON C.id = P.concert_id JOIN stadium AS T2 ON T2.id = C.stadium_id WHERE "
        "S.title = 'You'",
        "SELECT stadium.city WHERE song.title = 'You'",
    ),
    (
        "SELECT title FROM song JOIN singer ON singer_id = singer.id",
        ("SELECT song.title FROM singer"),
    ),
    (
        "SELECT DISTINCT a.title FROM singer b JOIN song a ON (b.id = a.singer_id)",
        "SELECT DISTINCT song.title FROM singer",
    ),
    (
        "SELECT name FROM stadium WHERE NOT id IN (SELECT stadium_id FROM concert)",
        "SELECT stadium.name WHERE NOT stadium.id IN (SELECT concert.stadium_id)",
    ),
]


@pytest.mark.parametrize(("sql", "short"), SHORT)
def test_joins_that_keys_imply_are_left_out(
    forms: dict[str, PointerForm], sql: str, short: str
) -> None:
    assert named(forms["sqlite"], forms["sqlite"].encode(sql)) == short


def test_a_table_that_no_column_names_is_written(forms: dict[str, PointerForm]) -> None:
    form = forms["sqlite"]
    joined = form.encode("SELECT COUNT(*) FROM singer JOIN song ON singer.id = song.singer_id")
    assert named(form, joined) == "SELECT COUNT(*) FROM singer, song"
    assert named(form, form.encode("SELECT COUNT(*) FROM lonely")) == "SELECT COUNT(*) FROM lonely"


def test_a_join_that_no_key_implies_is_written_out(forms: dict[str, PointerForm]) -> None:
    form = forms["sqlite"]
    encoded = form.encode(
        "SELECT a.name FROM singer AS a JOIN stadium AS b ON b.name = a.name WHERE b.city = 'Paris'"
    )
    assert named(form, encoded) == (
        "SELECT singer.name FROM singer JOIN stadium ON stadium.name = singer.name WHERE "
        "stadium.city = 'Paris'"
    )


SAME_ROWS = [
    *(sql for sql, _ in SHORT),
    "SELECT COUNT(*) FROM singer JOIN song ON singer.id = song.singer_id",
    "SELECT singer.name FROM singer JOIN stadium ON singer.name = stadium.name",
    (
        "SELECT s.title, p.concert_id FROM song AS s JOIN performance AS p ON p.singer_id = "
        "s.singer_id"
    ),
    (
        "SELECT s.title FROM song AS s JOIN lonely ON lonely.size = s.id JOIN singer ON "
        "singer.id = "
        "s.singer_id"
    ),
    "SELECT * FROM song JOIN singer ON song.singer_id = singer.id WHERE singer.age > 41",
    "SELECT * FROM singer JOIN song ON song.singer_id = singer.id WHERE song.genre = 'pop'",
    "SELECT song.* FROM singer JOIN song ON song.singer_id = singer.id WHERE singer.age > 41",
    "SELECT COUNT(*) AS n, country FROM singer GROUP BY country HAVING n > 1 ORDER BY n DESC",
    "SELECT country, COUNT(*) AS n FROM singer GROUP BY country ORDER BY COUNT(*) DESC LIMIT 1",
    "SELECT age + id AS total FROM singer WHERE age > 0 ORDER BY total * -1",
    "SELECT age - id AS total FROM singer WHERE age > 0 ORDER BY 10 - total DESC",
    "SELECT MAX(age) AS age, country FROM singer GROUP BY country HAVING MAX(age) > 3 ORDER BY age",
    "SELECT UPPER(country) AS country FROM singer GROUP BY country",
    "SELECT (SELECT COUNT(*) AS n FROM song) AS k FROM singer ORDER BY k, singer.id",
    "SELECT name FROM singer WHERE age > (SELECT AVG(age) FROM singer)",
    "SELECT name FROM singer WHERE country = 'France' UNION SELECT name FROM stadium",
    "SELECT name FROM singer EXCEPT SELECT name FROM stadium WHERE capacity < 50",
    "SELECT name FROM singer INTERSECT SELECT name FROM stadium",
    "SELECT name FROM singer WHERE EXISTS (SELECT 1 FROM concert WHERE year = 2014)",
    "SELECT title FROM song WHERE sales BETWEEN 3 AND 8 OR title = 'It''s' OR sales IS NULL",
    (
        "SELECT title FROM song WHERE title LIKE 'S%' AND NOT title LIKE '%x%' AND genre NOT IN "
        "('rock', 'jazz') AND NOT id = 9"
    ),
    "SELECT CASE WHEN age > 45 THEN 'old' WHEN age > 1 THEN 'young' ELSE 'unknown' END FROM singer",
    "SELECT COUNT(DISTINCT genre), SUM(sales), AVG(sales), MIN(title), MAX(sales) FROM song",
    "SELECT age / 2, age * 1.0 / 3, age % 7, age - 1 FROM singer WHERE age > 1",
    "SELECT SUM(age) / COUNT(*), CAST(SUM(age) AS DOUBLE PRECISION) / COUNT(*) FROM singer",
    "SELECT age / NULLIF(id, 1) FROM singer",
    (
        "SELECT name || '-' || country, SUBSTR(name, 1, 3), LENGTH(name), UPPER(name), "
        "COALESCE(age, "
        "-1), ROUND(age * 1.0, 1) FROM singer"
    ),
    "SELECT name FROM singer ORDER BY age",
    "SELECT name FROM singer ORDER BY age DESC",
    "SELECT name FROM singer ORDER BY age DESC NULLS LAST, name ASC LIMIT 2 OFFSET 1",
    "SELECT word FROM lonely ORDER BY size DESC LIMIT 1",
    'SELECT "First Name", "order", CamelCase FROM "Order Line" WHERE Id = 2',
    'SELECT l."First Name", s.name FROM "Order Line" AS l JOIN singer AS s ON l.singer_id = s.id',
    "SELECT NAME FROM Singer WHERE COUNTRY = 'France'",
]


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb"])
@pytest.mark.parametrize("sql", SAME_ROWS)
def test_there_and_back_the_rows_are_the_same(
    forms: dict[str, PointerForm], ask: Callable, dialect: str, sql: str
) -> None:
    form = forms[dialect]
    again = form.decode(form.encode(sql))
    kept, found = ask(dialect, sql), ask(dialect, again)
    assert kept, "a query without rows proves nothing"
    assert (
        found == kept if "ORDER BY" in sql else sorted(map(repr, found)) == sorted(map(repr, kept))
    )
    assert form.decode(form.encode(again)) == again


ONLY_SQLITE = [
    (
        'SELECT name FROM singer WHERE country = "France"',
        "SELECT name FROM singer WHERE country = 'France'",
    ),
    (
        'SELECT name FROM singer WHERE country = "name"',
        "SELECT name FROM singer WHERE country = name",
    ),
    (
        "SELECT IIF(age > 45, 1, 0) FROM singer",
        "SELECT CASE WHEN age > 45 THEN 1 ELSE 0 END FROM singer",
    ),
    ("SELECT `name` FROM [singer]", "SELECT name FROM singer"),
    (
        "SELECT SUM(country = 'France') FROM singer",
        "SELECT COUNT(CASE WHEN country = 'France' THEN 1 END) FROM singer",
    ),
    ("SELECT strftime('%Y', held) FROM concert", "SELECT STRFTIME('%Y', held) FROM concert"),
]


@pytest.mark.parametrize(("sql", "again"), ONLY_SQLITE)
def test_what_sqlite_reads_otherwise(
    forms: dict[str, PointerForm], ask: Callable, sql: str, again: str
) -> None:
    assert forms["sqlite"].decode(forms["sqlite"].encode(sql)) == again
    assert ask("sqlite", sql) == ask("sqlite", again)


def test_a_double_quoted_name_of_an_outer_table_is_no_string(forms: dict[str, PointerForm]) -> None:
    form = forms["sqlite"]
    sql = 'SELECT name FROM singer WHERE EXISTS (SELECT 1 FROM song WHERE song.sales = "age")'
    assert "'age'" not in form.decode(form.encode(sql))


@pytest.mark.parametrize("dialect", ["duckdb", "postgres"])
def test_elsewhere_a_double_quoted_text_is_a_name(
    forms: dict[str, PointerForm], dialect: str
) -> None:
    with pytest.raises(NotExpressible):
        forms[dialect].encode('SELECT name FROM singer WHERE country = "France"')


def test_mysql_strings_and_names_in_their_own_quotes(forms: dict[str, PointerForm]) -> None:
    form = forms["mysql"]
    again = form.decode(
        form.encode(
            r'SELECT `First Name` FROM `Order Line` WHERE CamelCase = "France" OR CamelCase = '
            r'"a\\b\'c"'
        )
    )
    assert again == (
        r"SELECT `First Name` FROM `Order Line` WHERE CamelCase = 'France' OR CamelCase = "
        r"'a\\b''c'"
    )


QUOTED = {
    "sqlite": 'SELECT "Order Line"."First Name", "Order Line"."order", "Order Line".CamelCase '
    'FROM "Order Line" JOIN singer '
    'ON "Order Line".singer_id = singer.id',
    "duckdb": 'SELECT "Order Line"."First Name", "Order Line"."order", "Order Line".CamelCase '
    'FROM "Order Line" JOIN singer '
    'ON "Order Line".singer_id = singer.id',
    "postgres": 'SELECT "Order Line"."First Name", "Order Line"."order", "Order Line"."CamelCase" '
    'FROM "Order Line" JOIN singer '
    'ON "Order Line".singer_id = singer.id',
    "mysql": "SELECT `Order Line`.`First Name`, `Order Line`.`order`, `Order Line`.CamelCase "
    "FROM `Order Line` JOIN singer "
    "ON `Order Line`.singer_id = singer.id",
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_awkward_names_are_quoted_as_the_dialect_does(
    forms: dict[str, PointerForm], dialect: str
) -> None:
    form = forms[dialect]
    assert form.decode(form.encode(QUOTED[dialect])) == QUOTED[dialect]


@pytest.mark.parametrize(
    "name", ['a"b', "a`b", "größe", "1st", "a.b", "a b", "select", "", "naïve\N{SNOWMAN}"]
)
@pytest.mark.parametrize("dialect", ["sqlite", "duckdb"])
def test_any_name_at_all_can_be_written_and_read(
    make_table, make_catalog, whole_form, dialect: str, name: str
) -> None:
    table = make_table("t", "x integer")
    table = replace(table, name=name or "t", columns=(replace(table.columns[0], name=name or "x"),))
    form = whole_form(make_catalog(table, dialect=dialect))
    sql = form.decode("SELECT i1 WHERE i1 = 1")
    assert form.encode(sql) == "SELECT i1 WHERE i1 = 1"


def schemas(make_table, make_catalog, dialect: str) -> Catalog:
    orders = make_table(
        "orders", "id integer!, old_id integer", {"old_id": "past.orders.id"}, schema="live"
    )
    return make_catalog(
        orders, make_table("orders", "id integer!, note text", schema="past"), dialect=dialect
    )


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "mysql"])
def test_tables_of_the_same_name_are_told_apart_by_their_schema(
    make_table, make_catalog, whole_form, dialect: str
) -> None:
    form = whole_form(schemas(make_table, make_catalog, dialect))
    encoded = form.encode(
        "SELECT o.note FROM live.orders AS l JOIN past.orders AS o ON l.old_id = o.id "
        "WHERE l.id = 1"
    )
    assert form.decode(encoded) == (
        "SELECT orders.note FROM past.orders JOIN live.orders AS orders_2 "
        "ON orders.id = orders_2.old_id WHERE orders_2.id = 1"
    )
    assert (
        form.decode(form.encode("SELECT note FROM past.orders")) == "SELECT note FROM past.orders"
    )


def test_a_column_in_the_schema_qualified_form_runs(make_table, make_catalog, whole_form) -> None:
    form = whole_form(schemas(make_table, make_catalog, "duckdb"))
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA live; CREATE TABLE live.orders(id INT, old_id INT)")
        connection.execute("CREATE SCHEMA past; CREATE TABLE past.orders(id INT, note TEXT)")
        connection.execute(
            "INSERT INTO live.orders VALUES (1, 7); INSERT INTO past.orders VALUES (7, 'seven')"
        )
        assert connection.execute(form.decode("SELECT i5 WHERE i1 = 1")).fetchall() == [("seven",)]


def test_a_composite_key_joins_on_all_its_columns(make_table, make_catalog, whole_form) -> None:
    line: Table = replace(
        make_table("line", "a integer, b integer, n integer"),
        foreign_keys=(ForeignKey(("a", "b"), "head", ("x", "y")),),
    )
    form = whole_form(make_catalog(line, make_table("head", "x integer, y integer, title text")))
    sql = "SELECT line.n, head.title FROM line JOIN head ON line.a = head.x AND line.b = head.y"
    assert form.encode(sql) == "SELECT i3, i7" and form.decode("SELECT i3, i7") == sql
    longer = f"{sql} AND line.n = head.x"
    assert form.decode(form.encode(longer)) == longer


def test_names_with_dots_keep_their_owner(make_table, make_catalog, whole_form) -> None:
    form = whole_form(
        make_catalog(make_table("a.b", "c.d integer, e integer"), make_table("x", "c.d integer"))
    )
    sql = 'SELECT "a.b".e FROM "a.b" JOIN x ON "a.b"."c.d" = x."c.d"'
    assert form.encode(sql) == "SELECT i2 FROM i0 JOIN i3 ON i1 = i4"
    assert form.decode(form.encode(sql)) == sql
