"""Parts of a question that a query leaves out, and those that it says in another way."""

from __future__ import annotations

import pytest

from mome.answering.left_out import Term, left_out, terms_of, terms_of_codes
from mome.artifacts.facts import MemoryFact
from mome.catalog import Catalog, Column, Table
from mome.linking.code_meanings import CodeMeanings
from mome.sql_tree import parsed


@pytest.mark.parametrize(
    ("question", "where", "said"),
    [
        ("made in 2023", "price > 1", False),
        ("made in 2023", "made >= '2023-01-01'", True),
        ("made in 2023", "year = 2023", True),
        ("made after 2023", "made >= '2024-01-01'", True),
        ("made in March 2023", "made LIKE '2023%'", False),
        ("made in March 2023", "made LIKE '2023-03%'", True),
        ("made in March", "STRFTIME('%m', made) = '03'", True),
        ("made in March", "price > 1", False),
        ("the price in March", "mar > 1", True),
    ],
)
def test_a_period_that_a_query_leaves_out_is_said(question: str, where: str, said: bool) -> None:
    tree = parsed(f"SELECT kind FROM t WHERE {where}", "sqlite")
    assert (left_out(question, tree) == []) == said


@pytest.mark.parametrize(
    ("question", "where", "said"),
    [
        ("not sold", "kind = 'sold'", False),
        ("not sold", "kind <> 'sold'", True),
        ("without a price", "price IS NULL", True),
        ("not paid", "paid = 0", True),
        ("paid", "paid = 1", True),
        ("without an M", "kind NOT LIKE '%M%'", True),
    ],
)
def test_a_negation_that_a_query_leaves_out_is_said(question: str, where: str, said: bool) -> None:
    tree = parsed(f"SELECT kind FROM t WHERE {where}", "sqlite")
    assert (left_out(question, tree) == []) == said


@pytest.mark.parametrize(
    ("question", "sql", "missing"),
    [
        ("label it 'high' or 'none'", "SELECT CASE WHEN a > 1 THEN 'high' END FROM t", "'none'"),
        ('by "Ann Lee"', "SELECT a FROM t WHERE first = 'Ann' AND last = 'Lee'", ""),
        ('the "unit price" of it', "SELECT unit_price FROM t", ""),
        ("cards of 'MasterCard Inc'", "SELECT a FROM t WHERE card LIKE '%mastercard%'", ""),
        ("the author's name", "SELECT name FROM t", ""),
        ("names sorted by price", "SELECT name FROM t", "'sorted'"),
        ("names sorted by price", "SELECT name FROM t ORDER BY price", ""),
        ("names in descending order", "SELECT name FROM t", "'descending'"),
        ("list them ordered first by age", "SELECT name FROM t", "'ordered first by'"),
        ("dishes ordered by Ann", "SELECT dish FROM orders WHERE name = 'Ann'", ""),
        ("the 5 dearest", "SELECT a FROM t ORDER BY price DESC LIMIT 1", "'5'"),
        ("the five dearest", "SELECT a FROM t ORDER BY price DESC LIMIT 5", ""),
        ("priced at least 4", "SELECT a FROM t WHERE price > 3", ""),
        ("more than 10 percent", "SELECT a FROM t WHERE share > 0.1", ""),
        ("sales in billion", "SELECT sales FROM t", ""),
        ("the 100 meter times", "SELECT meter_100 FROM t", ""),
        (
            "the second highest price",
            "SELECT MAX(price) FROM t",
            "'second highest'",
        ),
        ("the 3rd cheapest", "SELECT a FROM t ORDER BY price LIMIT 1", "'3rd cheapest'"),
        ("the 3rd cheapest", "SELECT a FROM t ORDER BY price LIMIT 1 OFFSET 2", ""),
        (
            "the second highest price",
            "SELECT MAX(price) FROM t WHERE price < (SELECT MAX(price) FROM t)",
            "",
        ),
        ("the median price", "SELECT AVG(price) FROM t", "'median'"),
        ("the median price", "SELECT MEDIAN(price) FROM t", ""),
        ("the median price", "SELECT median_price FROM t", ""),
        ("the average price", "SELECT SUM(price) FROM t", "'average'"),
        ("the average rating", "SELECT average_rating FROM t", ""),
        ("the share of new ones", "SELECT COUNT(*) FROM t WHERE kind = 'new'", "'share'"),
        (
            "the share of new ones",
            "SELECT AVG(CASE WHEN kind = 'new' THEN 1 ELSE 0 END) FROM t",
            "",
        ),
        ("a running total of sales", "SELECT SUM(sales) FROM t", "'running total'"),
        ("sales per month", "SELECT SUM(sales) FROM t GROUP BY price", "'per month'"),
        ("sales per month", "SELECT SUM(sales) FROM t GROUP BY STRFTIME('%m', made)", ""),
        ("monthly sales", "SELECT month, SUM(sales) FROM t GROUP BY month", ""),
        ("hours per week", "SELECT hoursperweek FROM t", ""),
    ],
)
def test_what_a_query_leaves_out(question: str, sql: str, missing: str) -> None:
    tree = parsed(sql, "sqlite")
    assert tree is not None
    expected = [f"nothing in this query says {missing}"] if missing else []
    assert left_out(question, tree) == expected


@pytest.mark.parametrize(
    ("where", "missing"),
    [
        ("1", ["'New York'"]),
        ("name = 'new york'", []),
        ("name LIKE '%York%'", []),
        ("name = 'State of New York'", []),
        ("new_york = 1", []),
        ("name = 'Boston'", ["'New York'"]),
    ],
)
def test_a_stored_value_that_a_query_leaves_out_is_said(where: str, missing: list[str]) -> None:
    tree = parsed(f"SELECT a FROM t WHERE {where}", "sqlite")
    assert tree is not None
    found = left_out("things of New York", tree, (), ["New York"])
    assert found == [f"nothing in this query says {value}" for value in missing]


def fact(text: str, sql: str, *objects: str) -> MemoryFact:
    return MemoryFact(text, "glossary", (f"What is the {text}?", text), sql, objects)


REVENUE = fact("revenue", "SELECT SUM(price * sold) FROM t", "t", "t.price", "t.sold")
BY_KIND = fact("revenue by kind", "", "t", "t.price", "t.sold", "t.kind")
OLD = fact("old things", "SELECT * FROM t WHERE kind = 'old'", "t", "t.kind")
OLD_COUNT = MemoryFact(
    "7",
    "glossary",
    ("number of old things", "How many old things are there?"),
    "SELECT COUNT(*) FROM t WHERE kind = 'old'",
    ("t", "t.kind"),
)


def test_terms_are_the_shortest_wordings_of_a_glossary() -> None:
    assert terms_of([BY_KIND, REVENUE, OLD_COUNT, OLD]) == (
        Term("revenue", frozenset({"t.price", "t.sold"})),
        Term("old things", frozenset({"t.kind"}), frozenset({"old"})),
    )


@pytest.mark.parametrize(
    ("question", "sql", "missing"),
    [
        ("revenue per kind", "SELECT kind, COUNT(*) FROM t GROUP BY kind", ["'revenue'"]),
        ("revenue per kind", "SELECT kind, SUM(price * sold) FROM t GROUP BY kind", []),
        ("revenue per kind", "SELECT kind, revenue FROM sums", []),
        ("How many old things?", "SELECT COUNT(*) FROM t", ["'old things'"]),
        ("How many old things?", "SELECT COUNT(*) FROM t WHERE kind = 'new'", ["'old things'"]),
        ("How many old things?", "SELECT COUNT(*) FROM t WHERE kind IN ('old', 'new')", []),
        ("things that are old", "SELECT COUNT(*) FROM t", []),
    ],
)
def test_a_term_needs_its_definition(question: str, sql: str, missing: list[str]) -> None:
    tree = parsed(sql, "sqlite")
    assert tree is not None
    terms = terms_of([REVENUE, OLD])
    assert left_out(question, tree, terms) == [f"nothing in this query says {m}" for m in missing]


def test_what_a_comment_calls_a_code_is_a_term() -> None:
    column = Column("kind", "TEXT", "text", comment="S school, P private", values=("S", "P"))
    catalog = Catalog(
        "sqlite", "sqlite", "t.sqlite", "", (Table(None, "t", "table", None, None, (column,)),)
    )
    terms = terms_of_codes(CodeMeanings(catalog).all, catalog)
    assert [(term.text, term.texts, term.table) for term in terms] == [
        ("school", {"S"}, "t"),
        ("private", {"P"}, "t"),
    ]


def test_the_name_of_a_code_belongs_to_its_table() -> None:
    school = Term("school", frozenset({"t.kind"}), frozenset({"S"}), "t")
    for sql, missing in (("SELECT a FROM t", 1), ("SELECT a FROM u", 0)):
        tree = parsed(sql, "sqlite")
        assert tree is not None
        assert len(left_out("the school things", tree, [school])) == missing
