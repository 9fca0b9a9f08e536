"""The dates that people's queries read."""

from __future__ import annotations

from collections.abc import Callable

from mome.answering.usual_dates import UsualDate, usual_dates
from mome.artifacts.facts import MemoryFact
from mome.catalog import Catalog, Table


def test_dates_come_by_the_number_of_queries_that_read_them(
    make_catalog: Callable[..., Catalog], make_table: Callable[..., Table]
) -> None:
    orders = make_table("orders", "id integer!, placed date, shipped date, note text")
    line = make_table("line", "order_id integer, pieces integer", {"order_id": "orders.id"})
    queries = [
        ("verified", "SELECT COUNT(*) FROM orders WHERE shipped >= '2024-01-01'"),
        ("verified", "SELECT id FROM orders AS o WHERE o.placed > '2024' AND o.placed < '2025'"),
        (
            "glossary",
            "SELECT placed, SUM(pieces) FROM line JOIN orders ON id = order_id GROUP BY 1",
        ),
        ("table", "SELECT shipped FROM orders ORDER BY shipped"),
        ("column", "SELECT shipped FROM orders"),
        ("verified", "SELECT note FROM orders"),
    ]
    facts = [MemoryFact(str(i), kind, ("?",), sql) for i, (kind, sql) in enumerate(queries)]
    assert usual_dates(facts, make_catalog(orders, line)) == (
        UsualDate("orders", "placed", frozenset({"orders", "line"})),
        UsualDate("orders", "shipped", frozenset({"orders"})),
    )
