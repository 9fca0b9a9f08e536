"""Questions that go on behind the words of a known one, without a model."""

from __future__ import annotations

import pytest

from mome.answering.measures import measures_of
from mome.artifacts.facts import MemoryFact
from mome.conversation.continued import Continued
from mome.forms.forms import Forms
from mome.linking.slice import Linker

SUM = "SELECT SUM(total) FROM orders"
PAID = "SELECT COUNT(*) FROM orders WHERE status = 'paid'"
BY_STATUS = "SELECT status, SUM(total) FROM orders GROUP BY status"
FACTS = [
    MemoryFact("1", "verified", ("How many orders are paid?",), PAID),
    MemoryFact("2", "glossary", ("What is the revenue?", "revenue"), SUM),
    MemoryFact("3", "verified", ("Show the revenue for each status.",), BY_STATUS),
    MemoryFact("4", "table", ("How many orders are there?",), "SELECT COUNT(*) FROM orders"),
]
IN_2024 = "placed >= '2024-01-01' AND placed < '2025-01-01'"
MONTH = "DATE(placed, 'start of month')"


@pytest.fixture(scope="module")
def continued(shop_linker: Linker, shop_forms: Forms) -> Continued:
    measures = measures_of(FACTS, shop_linker.catalog)
    return Continued(FACTS, shop_linker, shop_forms, measures, ())


@pytest.mark.parametrize(
    ("question", "sql", "fact"),
    [
        ("How many orders are paid in 2024?", f"{PAID} AND {IN_2024}", "1"),
        ("What is the revenue in 2024?", f"{SUM} WHERE {IN_2024}", "2"),
        ("revenue in 2024 by month",
         f"SELECT {MONTH}, SUM(total) FROM orders WHERE {IN_2024} GROUP BY {MONTH} ORDER BY "
         f"{MONTH}", "2"),
        ("Monthly revenue",
         f"SELECT {MONTH}, SUM(total) FROM orders GROUP BY {MONTH} ORDER BY {MONTH}", "2"),
        ("the revenue for each status and month",
         f"SELECT status, {MONTH}, SUM(total) FROM orders GROUP BY status, {MONTH} ORDER BY "
         f"{MONTH}", "2"),
        ("the revenue for each status, highest first", f"{BY_STATUS} ORDER BY SUM(total) DESC",
         "3"),
        ("What is the revenue for each status, top 2?",
         f"{BY_STATUS} ORDER BY SUM(total) DESC LIMIT 2", "3"),
    ],
)  # fmt: skip
def test_the_rest_changes_the_known_query(
    continued: Continued, question: str, sql: str, fact: str
) -> None:
    found = continued.answer(question)
    assert found is not None
    assert (found[0], found[1].id) == (sql, fact)


@pytest.mark.parametrize(
    "question",
    [
        "What is the revenue?",
        "What is the revenue of the best shop?",
        "How many orders are paid and open?",
        "How many orders are there in 2024?",
        "orders in 2024",
    ],
)
def test_what_no_edit_explains_is_left_to_the_reader(continued: Continued, question: str) -> None:
    assert continued.answer(question) is None
