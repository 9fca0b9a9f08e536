"""Joins follow foreign keys by the shortest path, through tables in between."""

from __future__ import annotations

from collections.abc import Callable

from schemas import FullCatalog
from training_data.language.join_paths import ancestors, source
from training_data.language.subjects import Database


def joined(database: Database, *keys: str) -> str | None:
    query = source(database, [database.subject(key) for key in keys])
    return None if query is None else database.sql.text(query.select("*"))


def test_joins(bookshop_catalog: FullCatalog) -> None:
    database = Database(bookshop_catalog)
    assert joined(database, "book", "author") == (
        "SELECT * FROM book JOIN author ON book.author_id = author.author_id"
    )
    assert joined(database, "genre", "order_line") == (
        "SELECT * FROM genre JOIN book ON book.genre_code = genre.genre_code "
        "JOIN order_line ON order_line.book_id = book.book_id"
    )
    assert joined(database, "book", "author", "book") == joined(database, "book", "author")
    assert joined(database, "review", "customer") == (
        "SELECT * FROM review JOIN customer ON review.customer_id = customer.customer_id"
    )
    assert joined(database, "book", "monthly_sales") is None


def test_composite_keys(concerts: Callable[[str], FullCatalog]) -> None:
    assert joined(Database(concerts("mysql")), "concert", "TourStop") == (
        "SELECT * FROM concert JOIN TourStop ON concert.venue_id = TourStop.venue_id "
        "AND concert.stop_no = TourStop.stop_no"
    )


def test_ancestors_leave_out_what_two_ways_lead_to(bookshop_catalog: FullCatalog) -> None:
    database = Database(bookshop_catalog)
    of_line = ancestors(database, database.subject("order_line"), 2)
    assert [subject.table.key for subject in of_line] == [
        "book",
        "orders",
        "author",
        "genre",
        "publisher",
        "customer",
        "store",
    ]
    of_book = ancestors(database, database.subject("book"), 2)
    assert "country" not in [subject.table.key for subject in of_book]
