"""Literals become what the database stores, in the right column, and nothing else is touched."""

from __future__ import annotations

import pytest

from mome.answering.sql_draft import SqlDraft
from mome.answering.stored_spelling import repair
from mome.answering.translation import Rewritten
from mome.catalog import Catalog, Column, Table
from mome.linking.slice import Linker
from mome.linking.values import ValueIndex


@pytest.fixture
def catalog(linker: Linker) -> Catalog:
    return linker.catalog


def fixed(sql: str, catalog: Catalog, values: ValueIndex) -> tuple[str, tuple[Rewritten, ...]]:
    """The text after repair, and what was rewritten."""
    draft, told = repair(SqlDraft(sql, catalog.dialect), catalog, values)
    return draft.sql, told


REPAIRED = [
    (
        "SELECT name FROM singer WHERE country = 'france'",
        "'France'",
        [("singer.country", "france", "France")],
    ),
    (
        "SELECT name FROM singer AS t WHERE t.country <> 'united  states'",
        "'United States'",
        [("singer.country", "united  states", "United States")],
    ),
    (
        "SELECT name FROM singer WHERE country = 'Netherland'",
        "'Netherlands'",
        [("singer.country", "Netherland", "Netherlands")],
    ),
    (
        "SELECT 1 FROM song WHERE genre IN ('POP', 'rock', 'Hip-Hop')",
        "('pop', 'rock', 'hip hop')",
        [("song.genre", "POP", "pop"), ("song.genre", "Hip-Hop", "hip hop")],
    ),
    (
        "SELECT 1 FROM singer WHERE NOT country = 'FRANCE' OR name = 'timbaland'",
        ("NOT country = 'France' OR name = 'Timbaland'"),
        [("singer.country", "FRANCE", "France"), ("singer.name", "timbaland", "Timbaland")],
    ),
]


@pytest.mark.parametrize(("sql", "part", "rewritten"), REPAIRED)
def test_a_literal_gets_the_stored_spelling_and_that_is_told(
    linker: Linker, sql: str, part: str, rewritten: list
) -> None:
    text, told = fixed(sql, linker.catalog, linker.values)
    assert part in text
    assert sorted(told, key=lambda r: r.written) == sorted(
        (Rewritten(*row) for row in rewritten), key=lambda r: r.written
    )


UNTOUCHED = [
    "select  name from singer where country='France'",
    "SELECT name FROM singer WHERE country = 'Atlantis'",
    "SELECT name FROM singer WHERE country LIKE 'france'",
    "SELECT name FROM singer WHERE country > 'france'",
    "SELECT name FROM singer WHERE age = 'france'",
    "SELECT name FROM singer WHERE unknown = 'france'",
    "SELECT name FROM nowhere WHERE country = 'france'",
    "SELECT name FROM singer WHERE country = (SELECT 'france')",
    "SELECT name FROM singer WHERE country = ''",
    "SELECT 'france'",
    "this does not parse ((",
]


@pytest.mark.parametrize("sql", UNTOUCHED)
def test_what_needs_no_repair_stays_letter_for_letter(linker: Linker, sql: str) -> None:
    assert fixed(sql, linker.catalog, linker.values) == (sql, ())


def test_what_a_comment_explains_becomes_its_code() -> None:
    column = Column("s", "TEXT", "text", comment="B = blocked, A = active", values=("A", "B"))
    table = Table(None, "t", "table", None, None, (column,))
    catalog = Catalog("sqlite", "sqlite", "t.sqlite", "", (table,))
    found, told = fixed("SELECT 1 FROM t WHERE s = 'Blocked'", catalog, ValueIndex([]))
    assert found == "SELECT 1 FROM t WHERE s = 'B'"
    assert told == (Rewritten("t.s", "Blocked", "B"),)


def test_a_literal_is_compared_with_its_own_query_s_table_alone(linker: Linker) -> None:
    sql = (
        "SELECT id FROM singer WHERE name = 'paris' AND id IN (SELECT id FROM stadium WHERE "
        "city = 'PARIS')"
    )
    text, told = fixed(sql, linker.catalog, linker.values)
    assert "name = 'paris'" in text and told == (Rewritten("stadium.city", "PARIS", "Paris"),)


def test_a_column_of_an_outer_query_is_found_in_a_subquery(linker: Linker) -> None:
    sql = (
        "SELECT id FROM singer AS s WHERE EXISTS(SELECT 1 FROM song WHERE song.singer_id = s.id "
        "AND s.country = 'FRANCE' AND age = 1)"
    )
    assert fixed(sql, linker.catalog, linker.values)[1] == (
        Rewritten("singer.country", "FRANCE", "France"),
    )


def test_the_inner_table_hides_an_outer_one_of_the_same_column(linker: Linker) -> None:
    sql = (
        "SELECT id FROM stadium WHERE city = 'x' AND id IN (SELECT id FROM singer WHERE name = "
        "'glasgow')"
    )
    assert fixed(sql, linker.catalog, linker.values)[1] == ()


def test_digits_are_never_changed(catalog: Catalog) -> None:
    values = ValueIndex([("singer", "country", ["Room 1012", "2019-01-01", "A1001"])])
    for text in ("Room 1013", "2019-01-02", "A1002", "A100"):
        sql = f"SELECT 1 FROM singer WHERE country = '{text}'"
        assert fixed(sql, catalog, values) == (sql, ())
    told = fixed("SELECT 1 FROM singer WHERE country = 'room 1012'", catalog, values)[1]
    assert told == (Rewritten("singer.country", "room 1012", "Room 1012"),)


@pytest.mark.parametrize("dialect", ["sqlite", "mysql", "postgres", "duckdb"])
def test_a_quote_in_a_stored_value_is_escaped(make_concerts, dialect: str) -> None:
    values = ValueIndex([("song", "title", ["It's"])])
    text, _ = fixed("SELECT 1 FROM song WHERE title = 'it''s'", make_concerts(dialect), values)
    assert text.endswith("= 'It''s'")


def test_a_column_without_an_index_is_left_alone(catalog: Catalog) -> None:
    sql = "SELECT 1 FROM song WHERE title = 'x'"
    assert fixed(sql, catalog, ValueIndex([])) == (sql, ())


def test_all_but_the_literal_means_what_it_meant(linker: Linker) -> None:
    sql = (
        "SELECT CAST(7 AS NUMERIC) / 2, CAST(birthday AS DATE) FROM singer WHERE country = 'france'"
    )
    assert fixed(sql, linker.catalog, linker.values)[0] == sql.replace("france", "France")


def test_mariadb_keeps_its_operator(linker: Linker, make_concerts) -> None:
    sql = "SELECT name FROM singer WHERE name REGEXP '^A' AND country = 'france'"
    assert fixed(sql, make_concerts("mysql"), linker.values)[0] == sql.replace("france", "France")


SPELT = ValueIndex([("patient", "country", ["FRANCE", "France", "Spain", "france"])])
PATIENTS = Catalog(
    "sqlite",
    "sqlite",
    "x",
    "",
    (Table(None, "patient", "table", None, None, (Column("country", "TEXT", "text"),)),),
)
ALL_OF_FRANCE = "country IN ('FRANCE', 'France', 'france')"
OTHERS = [("France", "FRANCE"), ("France", "france")]


@pytest.mark.parametrize(
    ("condition", "repaired", "told"),
    [
        ("country = 'France'", ALL_OF_FRANCE, OTHERS),
        ("country <> 'France'", f"NOT {ALL_OF_FRANCE}", OTHERS),
        ("country = 'Spain'", "country = 'Spain'", []),
        (
            "country IN ('Spain', 'France')",
            "country IN ('Spain', 'FRANCE', 'France', 'france')",
            OTHERS,
        ),
        (ALL_OF_FRANCE, ALL_OF_FRANCE, [("FRANCE", "France"), ("FRANCE", "france")]),
    ],
)
def test_a_value_in_several_cases_is_matched_in_all_and_that_is_told(
    condition: str, repaired: str, told: list[tuple[str, str]]
) -> None:
    sql, literals = fixed(f"SELECT COUNT(*) FROM patient WHERE {condition}", PATIENTS, SPELT)
    assert sql == f"SELECT COUNT(*) FROM patient WHERE {repaired}"
    assert [(literal.written, literal.stored) for literal in literals] == told
