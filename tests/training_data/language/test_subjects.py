"""Subjects: distinct nouns for tables, words for columns, roles of parents."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from schemas import FullCatalog, FullColumn, FullForeignKey, FullTable
from training_data.language.subjects import Database
from training_data.language.words import plural


def test_words_for_columns(concerts: Callable[[str], FullCatalog]) -> None:
    singer = Database(concerts("sqlite")).subject("singer")
    words = {column.name: singer.phrase(column) for column in singer.table.columns}
    assert words["is_active"] == "active status"
    assert words["net_worth"] == "net worth"
    assert words["singer_id"] == "singer id"
    concert = Database(concerts("sqlite")).subject("concert")
    assert [concert.phrase(column) for column in concert.dates] == ["date held", "date created"]
    assert concert.amount(concert.measures[0]) == "number of tickets"


def test_comments_describe(concerts: Callable[[str], FullCatalog]) -> None:
    database = Database(concerts("sqlite"))
    assert database.subject("venue").described == "halls"
    singer = database.subject("singer")
    style = singer.table.column("style")
    assert style is not None
    assert singer.meanings(style) == {"P": "pop", "R": "rock"}
    assert singer.glossed(style) == "kind of music"


def test_labels(bookshop_catalog: FullCatalog) -> None:
    database = Database(bookshop_catalog)
    assert database.subject("customer").label_phrase() == "first and last name"
    assert database.subject("customer").label_phrase(plural) == "first and last names"
    assert database.subject("order_line").label_phrase(plural) == "order ids and line nos"
    assert database.subject("book").labels_of("the books") == "the titles of the books"
    assert database.subject("publisher").grouping() == ("name",)
    assert database.subject("author").grouping() == ("author_id", "name")


def test_roles_of_parents(concerts: Callable[[str], FullCatalog]) -> None:
    database = Database(concerts("sqlite"))
    assert [(link.role, link.alias) for link in database.parents(database.subject("singer"))] == [
        ("mentor", "mentor")
    ]
    assert [link.role for link in database.parents(database.subject("concert"))] == [
        "singer",
        "tour stop",
    ]


def test_two_keys_to_one_table_are_told_apart() -> None:
    columns = tuple(
        FullColumn(name, "INTEGER", "integer")
        for name in ("id", "home_team_id", "away_team_id", "owner")
    )
    keys = tuple(
        FullForeignKey((name,), "team", ("id",))
        for name in ("home_team_id", "away_team_id", "owner")
    )
    tables = (
        FullTable(schema=None, name="game", kind="table", columns=columns, foreign_keys=keys),
        FullTable(schema=None, name="team", kind="table", columns=columns[:1], primary_key=("id",)),
    )
    database = Database(FullCatalog("sqlite", "sqlite", "", tables))
    assert [link.role for link in database.parents(database.subject("game"))] == [
        "home team",
        "away team",
        "owner",
    ]


def test_the_same_noun_in_two_schemas_and_keys_that_lead_nowhere(
    concerts: Callable[[str], FullCatalog],
) -> None:
    catalog = concerts("postgres")
    review = catalog.table("press.review")
    assert review is not None
    stray = FullForeignKey(("stars",), "gone", ("id",))
    twin = dataclasses.replace(review, schema="blog", foreign_keys=(stray,))
    database = Database(dataclasses.replace(catalog, tables=(*catalog.tables, twin)))
    assert database.subject("press.review").many == "press reviews"
    assert database.subject("blog.review").many == "blog reviews"
    assert database.parents(database.subject("blog.review")) == ()


def test_tables_that_people_ask_about_come_first(bookshop_catalog: FullCatalog) -> None:
    tables = tuple(
        dataclasses.replace(table, rows=0) if table.name == "book" else table
        for table in bookshop_catalog.tables
    )
    database = Database(dataclasses.replace(bookshop_catalog, tables=tables))
    order = [subject.table.key for subject in database.subjects()]
    assert order[0] == "country" and order[-2:] == ["monthly_sales", "book"]


def test_a_name_without_letters_is_its_own_word() -> None:
    columns = (FullColumn("__", "DATE", "date"), FullColumn("id", "INTEGER", "integer"))
    catalog = FullCatalog("sqlite", "sqlite", "x", (FullTable(None, "day", "table", columns),))
    subject = Database(catalog).subject("day")
    assert subject.phrase(columns[0]) == "__"


def test_only_a_key_that_needs_no_role_is_plain() -> None:
    def columns(*names: str) -> tuple[FullColumn, ...]:
        return tuple(FullColumn(name, "INTEGER", "integer") for name in names)

    employees = FullTable(
        None,
        "employees",
        "table",
        columns("id", "department_id", "supervisor_id"),
        foreign_keys=(
            FullForeignKey(("department_id",), "departments", ("id",)),
            FullForeignKey(("supervisor_id",), "employees", ("id",)),
        ),
    )
    departments = FullTable(
        None,
        "departments",
        "table",
        columns("id", "manager_id"),
        foreign_keys=(FullForeignKey(("manager_id",), "employees", ("id",)),),
    )
    database = Database(FullCatalog("sqlite", "sqlite", "x", (employees, departments)))
    plain = {
        link.role: link.is_plain
        for subject in database.subjects()
        for link in database.parents(subject)
    }
    assert plain == {"department": True, "supervisor": False, "manager": False}
