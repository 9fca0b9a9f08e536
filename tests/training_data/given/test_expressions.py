"""Expressions of a glossary are resolved and classified, or refused with the reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schemas import FullCatalog
from training_data.given.expressions import Expression, Unusable, read_expression
from training_data.language.subjects import Database


def kind_of(expression: Expression) -> str:
    if expression.is_query:
        return "query"
    if expression.is_measure:
        return "measure"
    return "condition" if expression.is_condition else "row"


@pytest.mark.parametrize(
    ("text", "kind", "tables", "written"),
    [
        ("sum(TICKETS)", "measure", ["concert"], "SUM(tickets)"),
        ("concert.tickets * 2", "row", ["concert"], "tickets * 2"),
        ("SUM(tickets) / COUNT(DISTINCT singer.name)", "measure", ["concert", "singer"],
         "SUM(concert.tickets) / COUNT(DISTINCT singer.name)"),
        ("style = 'P'", "condition", ["singer"], "style = 'P'"),
        ("(style = 'P' AND NOT is_active)", "condition", ["singer"],
         "(style = 'P' AND NOT is_active)"),
        ("net_worth > (SELECT AVG(s.net_worth) FROM singer AS s)", "condition", ["singer"],
         "net_worth > (SELECT AVG(s.net_worth) FROM singer AS s)"),
        ("singer.name IS NULL", "condition", ["singer"], "name IS NULL"),
        ("press.review.stars", "row", ["press.review"], "stars"),
        ('MAX("seat count")', "measure", ["venue"], 'MAX("Seat Count")'),
        ("SELECT COUNT(*) FROM singer", "query", [], "SELECT COUNT(*) FROM singer"),
        ("with a as (select 1 as x) select x from a", "query", [],
         "WITH a AS (SELECT 1 AS x) SELECT x FROM a"),
        ("SUM(tickets) AS t", "measure", ["concert"], "SUM(tickets)"),
    ],
)  # fmt: skip
def test_kinds(
    text: str, kind: str, tables: list[str], written: str, concerts: Callable[[str], FullCatalog]
) -> None:
    expression = read_expression(text, Database(concerts("duckdb")))
    assert kind_of(expression) == kind
    assert [subject.table.key for subject in expression.subjects] == tables
    assert expression.tree.sql(dialect="duckdb") == written


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("SUM(", "not SQL for duckdb"),
        ("SUM(tickets); DROP TABLE concert", "not one expression"),
        ("tickets, stars", "several expressions"),
        ("COUNT(*)", "names no column"),
        ("SUM(turnover)", "there is no column turnover"),
        ("AVG(singer.stars)", "there is no column singer.stars"),
        ("COUNT(venue_id)", "is in TourStop, concert, venue; write table.column"),
    ],
)
def test_what_cannot_be_used(
    text: str, reason: str, concerts: Callable[[str], FullCatalog]
) -> None:
    with pytest.raises(Unusable, match=reason):
        read_expression(text, Database(concerts("duckdb")))


def test_a_bare_column_belongs_to_the_table_that_is_named_beside_it(
    concerts: Callable[[str], FullCatalog],
) -> None:
    expression = read_expression(
        "SUM(concert.tickets) / COUNT(venue_id)", Database(concerts("duckdb"))
    )
    assert [subject.table.key for subject in expression.subjects] == ["concert"]


def test_tables_without_a_key_between_them(bookshop_catalog: FullCatalog) -> None:
    with pytest.raises(Unusable, match="no key, or more than one, joins monthly_sales and book"):
        read_expression(
            "SUM(monthly_sales.revenue) / COUNT(book.title)", Database(bookshop_catalog)
        )
