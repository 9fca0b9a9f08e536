"""Terms become facts: measures are grouped, conditions counted and listed, values shown by row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlglot

from schemas import FullCatalog
from training_data.facts import Fact
from training_data.given.glossary import GlossaryTerm, read_glossary
from training_data.given.glossary_facts import FACTS_A_TERM, glossary_facts
from training_data.sample.bookshop import sample_glossary

Check = Callable[[str], str | None]


def facts_of(
    catalog: FullCatalog, check: Check, expression: str, term: str = "size"
) -> dict[str, Fact]:
    """Return the facts of one term by their first wording."""
    facts, problems = glossary_facts(
        [GlossaryTerm(term, None, expression, 1)], catalog, check=check
    )
    assert problems == []
    return {fact.wordings[0]: fact for fact in facts}


def test_the_sample(tmp_path: Path, bookshop_catalog: FullCatalog, bookshop_check: Check) -> None:
    terms, _ = read_glossary(sample_glossary(tmp_path / "glossary.jsonl"))
    facts, problems = glossary_facts(terms, bookshop_catalog, check=bookshop_check)
    assert problems == []
    by_wording = {wording: fact.sql for fact in facts for wording in fact.wordings}
    assert by_wording["revenue"] == (
        "SELECT SUM(quantity * unit_price * (1 - discount)) FROM order_line"
    )
    assert by_wording["How many delivered orders are there?"] == (
        "SELECT COUNT(*) FROM orders WHERE status = 'D'"
    )
    assert by_wording["list the paperbacks"] == "SELECT title FROM book WHERE format = 'PB'"
    assert by_wording["units sold by genre"] == (
        "SELECT genre.name, SUM(order_line.quantity) FROM order_line "
        "JOIN book ON order_line.book_id = book.book_id "
        "JOIN genre ON book.genre_code = genre.genre_code GROUP BY genre.name"
    )
    assert by_wording["stock value by format"] == (
        "SELECT format, SUM(price * stock) FROM book GROUP BY format"
    )
    assert {fact.kind for fact in facts} == {"glossary"}


def test_every_definition_is_written_as_sqlglot_writes_it_and_rests_on_objects(
    tmp_path: Path, bookshop_catalog: FullCatalog
) -> None:
    terms, _ = read_glossary(sample_glossary(tmp_path / "glossary.jsonl"))
    for fact in glossary_facts(terms, bookshop_catalog, check=lambda sql: None)[0]:
        assert sqlglot.transpile(fact.sql, read="sqlite", write="sqlite") == [fact.sql]
        assert len(fact.objects) >= 2 and 3 <= len(fact.wordings) <= 5


def test_a_measure_in_a_year_and_no_more_facts_than_allowed(
    bookshop_catalog: FullCatalog, bookshop_check: Check
) -> None:
    facts = facts_of(bookshop_catalog, bookshop_check, "SUM(order_line.quantity)", "units sold")
    assert len(facts) == FACTS_A_TERM
    assert facts["What were the units sold in 2025?"].sql.endswith(
        "ordered_on >= '2025-01-01' AND orders.ordered_on < '2026-01-01'"
    )
    assert "What are the units sold?" in facts


def test_a_measure_over_two_tables(bookshop_catalog: FullCatalog, bookshop_check: Check) -> None:
    facts = facts_of(
        bookshop_catalog,
        bookshop_check,
        "SUM(quantity) * 1.0 / COUNT(DISTINCT orders.customer_id)",
        "books per customer",
    )
    assert facts["What are the books per customer?"].sql == (
        "SELECT SUM(order_line.quantity) * 1.0 / COUNT(DISTINCT orders.customer_id) "
        "FROM order_line JOIN orders ON order_line.order_id = orders.order_id"
    )


def test_a_condition_over_two_tables_lists_the_first(
    bookshop_catalog: FullCatalog, bookshop_check: Check
) -> None:
    facts = facts_of(
        bookshop_catalog,
        bookshop_check,
        "orders.status = 'D' AND country.name = 'France'",
        "french deliveries",
    )
    assert facts["Show all french deliveries."].sql.startswith("SELECT orders.* FROM orders JOIN ")
    assert facts["How many french deliveries are there?"].sql.startswith(
        "SELECT COUNT(*) FROM orders JOIN "
    )


def test_a_value_of_each_row_and_a_whole_query(
    bookshop_catalog: FullCatalog, bookshop_check: Check
) -> None:
    facts = facts_of(bookshop_catalog, bookshop_check, "price * stock", "shelf value")
    assert [fact.sql for fact in facts.values()] == ["SELECT title, price * stock FROM book"]
    facts = facts_of(
        bookshop_catalog, bookshop_check, "SELECT title FROM book WHERE price > 40", "luxury range"
    )
    assert [fact.objects for fact in facts.values()] == [("book", "book.price", "book.title")]


def test_problems_name_the_line_and_the_term(
    bookshop_catalog: FullCatalog, bookshop_check: Check
) -> None:
    terms = [
        GlossaryTerm("a", None, "SUM(turnover)", 3, "g.csv"),
        GlossaryTerm("b", "words only", None, 4, "g.csv"),
        GlossaryTerm("c", None, "SELECT turnover FROM book", 5, "g.csv"),
        GlossaryTerm("d", None, "SUM(stock)", 6, "g.csv"),
    ]
    facts, problems = glossary_facts(terms, bookshop_catalog, check=bookshop_check)
    assert [str(problem) for problem in problems] == [
        "g.csv, line 3: a: there is no column turnover",
        "g.csv, line 5: c: no such column: turnover",
    ]
    assert facts[0].sql == "SELECT SUM(stock) FROM book"


def test_a_refused_extra_is_left_out_quietly(bookshop_catalog: FullCatalog) -> None:
    terms = [GlossaryTerm("stock", None, "SUM(stock)", 1)]
    facts, problems = glossary_facts(
        terms, bookshop_catalog, check=lambda sql: "no joins" if "JOIN" in sql else None
    )
    assert problems == []
    assert facts
    assert not any("JOIN" in fact.sql for fact in facts)


def test_the_same_on_every_run(tmp_path: Path, bookshop_catalog: FullCatalog) -> None:
    terms, _ = read_glossary(sample_glossary(tmp_path / "glossary.jsonl"))
    again = FullCatalog.from_dict(bookshop_catalog.to_dict())
    assert glossary_facts(terms, bookshop_catalog, check=lambda sql: None) == glossary_facts(
        terms, again, check=lambda sql: None
    )
