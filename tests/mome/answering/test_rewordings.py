"""Verified questions in other words, without a model."""

from __future__ import annotations

import pytest

from mome.answering.rewordings import Rewordings
from mome.artifacts.facts import MemoryFact
from mome.catalog import Catalog, Table

TABLES = ("author", "book", "customer", "orders", "store")
CATALOG = Catalog(
    "sqlite",
    "sqlite",
    "shop.sqlite",
    "",
    tuple(Table(None, name, "table", None, None, ()) for name in TABLES),
)


def is_same(known: str, asked: str, sql: str = "SELECT 1") -> bool:
    rewordings = Rewordings([MemoryFact("1", "verified", (known,), sql)], CATALOG, ["revenue"])
    return rewordings.find(asked) is not None


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        ("What is the revenue by month?", "Show me the monthly revenue"),
        ("What is the revenue by month?", "For each month, give me our total revenue."),
        ("What is the revenue by month?", "How much revenue did we make every month?"),
        ("How many orders are there in each store?", "Number of orders per store"),
        ("How many customers does each store have?", "Customer count by store"),
        ("Which orders were returned in 2024?", "In 2024, show the returned orders"),
        ("Which orders were returned in March 2024?", "the returned orders of March 2024"),
        ("Which authors have no books?", "List all authors without a book"),
        ("Which customers never ordered?", "Customers that have not ordered anything"),
        ("Which books cost more than 35?", "Show the books that cost over 35"),
        ("What is the average price of a book?", "Book's mean price"),
        ("What did each customer spend?", "Show how much each customer spent"),
        ("Which book has the highest price?", "What is the book with the maximum price?"),
        ("Which books have at least 20,000 pages?", "books with no less than 20 thousand pages"),
    ],
)
def test_other_words_ask_the_same(known: str, asked: str) -> None:
    assert is_same(known, asked)
    assert is_same(asked, known)


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        ("What is the revenue by month?", "What is the revenue by year?"),
        ("What is the revenue by month?", "What is the revenue?"),
        ("What is the revenue by month?", "What is the revenue of the month?"),
        ("What is the revenue by month?", "What is the average revenue by month?"),
        ("What is the revenue by month?", "revenue month over month"),
        ("What is the revenue by month?", "revenue by month, highest first"),
        ("Which orders were returned in 2024?", "Which orders were returned in 2023?"),
        ("Which orders were returned in 2024?", "Which orders were returned since 2024?"),
        ("Which orders were returned in 2024?", "Were orders returned in 2024?"),
        ("How many orders were returned?", "Which orders were returned?"),
        ("Which authors have books?", "Which authors have no books?"),
        ("Which authors have books?", "Which books have authors?"),
        ("What are the authors of the books?", "What are the books of the authors?"),
        ("What are the books of the stores?", "What are the books in the stores?"),
        ("Which books cost more than 35?", "Which books cost less than 35?"),
        ("Which books cost more than 35?", "Which books cost at least 35?"),
        ("Which books cost more than 35?", "Which books cost more than 36?"),
        ("Which book has the highest price?", "Which book has the lowest price?"),
        ("Which book has the highest price?", "Which books have a high price?"),
        ("How many customers have orders?", "Which customers have a number of orders?"),
        ("What is the price of the books?", "What is the total price of the books?"),
        ("Who manages Ann?", "Who does Ann manage?"),
        ("Which orders came from Ann to Ben?", "Which orders came from Ben to Ann?"),
        ("What did each customer spend?", "What did each store spend?"),
    ],
)
def test_another_meaning_is_another_question(known: str, asked: str) -> None:
    assert not is_same(known, asked)
    assert not is_same(asked, known)


def test_two_queries_for_one_meaning_answer_nothing() -> None:
    facts = [
        MemoryFact("1", "verified", ("Revenue by month",), "SELECT 1"),
        MemoryFact("2", "verified", ("Monthly revenue",), "SELECT 2"),
        MemoryFact("3", "table", ("Orders by store",), "SELECT 3"),
    ]
    assert Rewordings(facts, CATALOG).find("revenue per month") is None
    assert Rewordings(facts[:1], CATALOG).find("revenue per month") is facts[0]
    assert Rewordings(facts, CATALOG).find("orders per store") is None, "no person said so"
