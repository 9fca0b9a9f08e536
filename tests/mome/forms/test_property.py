"""Forms made by chance: compiled and read again they are the same, on every engine's dialect; and
SQL made by chance gives the same rows through its form.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mome.answering.row_comparison import same_rows
from mome.catalog import Catalog
from mome.errors import NotExpressible
from mome.forms.forms import Forms

Shop = tuple[Catalog, sqlite3.Connection]

QUICK = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
TEXT_COLUMNS = ("customer.country", "orders.status", "product.category")
NUMBERS = ("orders.total", "item.quantity", "product.price")
DATES = ("orders.placed", "orders.shipped", "customer.born")

texts = st.text("abp %_'!\\é", min_size=1, max_size=4).filter(str.strip)
literals = texts.map(lambda text: "'" + text.replace("'", "''") + "'")
numbers = st.sampled_from(NUMBERS)
dates = st.sampled_from(DATES)
years = st.integers(1990, 2030).map(str)
periods = st.one_of(
    years,
    st.tuples(years, st.integers(1, 4)).map("{0[0]}-Q{0[1]}".format),
    st.tuples(years, st.integers(1, 12)).map("{0[0]}-{0[1]:02}".format),
    st.tuples(years, st.integers(1, 12), st.integers(1, 28)).map(
        "{0[0]}-{0[1]:02}-{0[2]:02}".format
    ),
    st.sampled_from(["last 10 days", "last 2 weeks", "last 1 year", "this month", "previous week"]),
    st.sampled_from(["year to date", "previous quarter", "this quarter", "last 5 months"]),
)
simple_conditions = st.one_of(
    st.tuples(st.sampled_from(TEXT_COLUMNS), literals).map("{0[0]} = {0[1]}".format),
    st.tuples(numbers, st.sampled_from(["<", ">=", "<>"]), st.integers(0, 99)).map(
        "{0[0]} {0[1]} {0[2]}".format
    ),
    st.tuples(dates, periods).map("DURING({0[0]}, '{0[1]}')".format),
    st.sampled_from([*TEXT_COLUMNS, *DATES]).map("EMPTY({})".format),
    st.sampled_from(DATES).map("FILLED({})".format),
    st.tuples(
        st.sampled_from(["CONTAINS", "STARTS", "ENDS"]), st.sampled_from(TEXT_COLUMNS), literals
    ).map("{0[0]}({0[1]}, {0[2]})".format),
    st.tuples(numbers, st.integers(0, 9)).map("{0[0]} BETWEEN {0[1]} AND 50".format),
)
conditions = st.recursive(
    simple_conditions,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("({0[0]} OR {0[1]})".format),
        st.tuples(inner, inner).map("({0[0]} AND {0[1]})".format),
        inner.map("NOT ({})".format),
        st.tuples(st.sampled_from(["HAS", "NO"]), simple_conditions).map(
            "{0[0]}(payment, payment.amount > 3)".format
        ),
    ),
    max_leaves=4,
)
measures = st.one_of(
    st.just("COUNT(*)"),
    st.tuples(st.sampled_from(["SUM", "AVG", "MAX", "MEDIAN"]), numbers).map(
        "{0[0]}({0[1]})".format
    ),
    simple_conditions.map("COUNT_IF({})".format),
    st.tuples(numbers, simple_conditions).map("SUM_IF({0[0]}, {0[1]})".format),
    simple_conditions.map("PERCENT({})".format),
    st.just("SHARE(COUNT(*))"),
    st.sampled_from(["SUM(payment.amount)", "COUNT(payment.id)", "COUNT(orders.id)"]),
    st.just("SUM(orders.total) / COUNT(*)"),
    numbers.map("PERCENTILE({}, 0.9)".format),
)
dimensions = st.one_of(
    st.sampled_from(TEXT_COLUMNS),
    st.tuples(dates, st.sampled_from(["year", "quarter", "month", "week", "day"])).map(
        "TRUNC({0[0]}, '{0[1]}')".format
    ),
    st.tuples(st.sampled_from(["YEAR", "MONTH", "WEEKDAY"]), dates).map("{0[0]}({0[1]})".format),
    numbers.map("BUCKET({}, 10)".format),
    numbers.map("BANDS({}, 10, 100)".format),
)


@st.composite
def forms(draw: st.DrawFn) -> str:
    """A form of measures by dimensions under conditions."""
    groups = draw(st.lists(dimensions, max_size=2, unique=True))
    values = draw(st.lists(measures, min_size=1, max_size=2, unique=True))
    text = f"SELECT {', '.join([*groups, *values])}"
    if draw(st.booleans()):
        text += f" WHERE {draw(conditions)}"
    if groups:
        text += f" GROUP BY {', '.join(groups)}"
        text += draw(st.sampled_from(["", " HAVING COUNT(*) > 1"]))
        is_plain = not any(value.startswith(("SHARE", "MEDIAN", "PERCENTILE")) for value in values)
        if is_plain:
            text += draw(st.sampled_from(["", f" QUALIFY TOP(2, {values[0]})"]))
        text += draw(st.sampled_from(["", f" ORDER BY {values[0]} DESC LIMIT 3"]))
    return text


def compile_(form: str, reader: Forms) -> str:
    """The SQL of a form; a form that names no table, such as COUNT(*) alone, is no example."""
    try:
        return reader.decode(form)
    except NotExpressible as error:
        assume(str(error) != "a query without a table")
        raise


@given(form=forms(), dialect=st.sampled_from(["sqlite", "duckdb", "postgres", "mysql"]))
@QUICK
def test_a_form_is_the_same_when_its_sql_is_read(shop: Shop, form: str, dialect: str) -> None:
    catalog, _ = shop
    reader = Forms(replace(catalog, dialect=dialect))
    # A form may say in other words what a shorter one says: NOT EMPTY(x) is FILLED(x).
    shortest = reader.encode(compile_(form, reader))
    assert reader.encode(reader.decode(shortest)) == shortest


@given(form=forms())
@QUICK
def test_the_shortest_form_gives_the_same_rows(shop: Shop, form: str) -> None:
    catalog, connection = shop
    reader = Forms(catalog)
    compiled = compile_(form, reader)
    shortest = reader.decode(reader.encode(compiled))
    wanted, found = connection.execute(compiled).fetchall(), connection.execute(shortest).fetchall()
    assert same_rows(wanted, found, ordered=" ORDER BY " in form), (compiled, shortest)


sql_conditions = st.one_of(
    st.tuples(texts, st.sampled_from(["%{}%", "{}%", "%{}", "{}"])).map(
        lambda pair: "p.name LIKE '" + pair[1].format(pair[0].replace("'", "''")) + "'"
    ),
    st.sampled_from(
        [
            "o.placed >= '2024-01-01' AND o.placed < '2024-04-01'",
            "o.placed BETWEEN '2023-11-30' AND '2024-02-29'",
            "strftime('%Y', o.placed) = '2024'",
            "o.placed LIKE '2024-05%'",
            "o.shipped IS NOT NULL",
            "NOT o.shipped IS NULL OR o.total > 100",
            "o.total > (SELECT AVG(total) FROM orders)",
            "o.customer_id IN (SELECT customer_id FROM payment WHERE amount > 30)",
            "o.id NOT IN (SELECT order_id FROM item WHERE quantity > 3)",
            "EXISTS (SELECT 1 FROM payment y WHERE y.customer_id = c.id AND y.amount > 50)",
            "NOT EXISTS (SELECT * FROM payment y WHERE y.customer_id = c.id)",
            'c.last_name = "Lee"',
            "o.total / i.quantity > 10",
            "o.id / 2 = 1",
            "CASE WHEN o.total > 50 THEN 1 ELSE 0 END = 1",
        ]
    ),
)
SQL_MEASURES = (
    "COUNT(*)",
    "COUNT(DISTINCT c.id)",
    "SUM(CASE WHEN o.status = 'paid' THEN 1 ELSE 0 END)",
    "SUM(IIF(o.status = 'paid', o.total, 0))",
    "CAST(SUM(o.status = 'paid') AS REAL) * 100 / COUNT(*)",
    "SUM(i.quantity) / COUNT(*)",
    "1.0 * SUM(i.quantity) / COUNT(*)",
    "ROUND(AVG(o.total), 2)",
    "MAX(o.total) - MIN(o.total)",
)
SQL_GROUPS = ("c.country", "o.status", "strftime('%Y-%m', o.placed)", "p.category", "o.total > 50")
JOINED = (
    "orders o JOIN customer c ON o.customer_id = c.id JOIN item i ON i.order_id = o.id "
    "JOIN product p ON p.id = i.product_id"
)
WRITTEN = (
    "WITH t AS (SELECT customer_id, COUNT(*) AS n FROM orders GROUP BY customer_id) "
    "SELECT AVG(n), MAX(n) FROM t",
    "SELECT c.first_name, t.n FROM customer c JOIN (SELECT customer_id, SUM(total) AS n "
    "FROM orders GROUP BY customer_id) t ON t.customer_id = c.id WHERE t.n > 130",
    "SELECT name FROM (SELECT name, RANK() OVER (PARTITION BY category ORDER BY price DESC) AS r "
    "FROM product) WHERE r = 1",
    "SELECT a.name, b.name FROM employee a LEFT JOIN employee b ON a.boss_id = b.id",
    "SELECT h.name, a.name FROM played m, team h, team a WHERE m.home_id = h.id "
    "AND m.away_id = a.id",
    "SELECT COUNT(*) FROM (SELECT * FROM orders WHERE total > 20) WHERE status = 'paid'",
    "SELECT c.country, COUNT(o.id) FROM customer c LEFT JOIN orders o ON o.customer_id = c.id "
    "GROUP BY 1 ORDER BY 2 DESC, 1",
    "SELECT country FROM customer UNION SELECT status FROM orders ORDER BY country LIMIT 3",
    "SELECT e.name FROM employee e WHERE e.salary > (SELECT AVG(salary) FROM employee f WHERE "
    "f.boss_id = e.boss_id)",
    "SELECT o.id FROM orders o JOIN orders p ON o.customer_id = p.customer_id AND o.id > p.id",
)


@st.composite
def queries(draw: st.DrawFn) -> str:
    """SQL as people write it."""
    groups = draw(st.lists(st.sampled_from(SQL_GROUPS), max_size=2, unique=True))
    values = draw(st.lists(st.sampled_from(SQL_MEASURES), min_size=1, max_size=2, unique=True))
    text = f"SELECT {', '.join([*groups, *values])} FROM {JOINED}"
    where = draw(st.lists(sql_conditions, max_size=2))
    if where:
        text += " WHERE " + " AND ".join(f"({condition})" for condition in where)
    # Without rows, COUNT_IF is 0, and the SUM that people write for it is NULL.
    if not groups:
        text += " HAVING COUNT(*) > 0"
    if groups:
        text += f" GROUP BY {', '.join(groups)}"
        text += draw(st.sampled_from(["", " HAVING COUNT(*) > 1"]))
    return text


@given(sql=st.one_of(queries(), st.sampled_from(WRITTEN)))
@QUICK
def test_sql_gives_the_same_rows_through_its_form(shop: Shop, sql: str) -> None:
    catalog, connection = shop
    reader = Forms(catalog)
    back = reader.decode(reader.encode(sql))
    wanted = connection.execute(sql).fetchall()
    found = connection.execute(back).fetchall()
    assert same_rows(wanted, found, ordered=" ORDER BY " in sql), (reader.encode(sql), back)
