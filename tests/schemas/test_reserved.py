"""Reserved words are right for each engine: checked against its keyword table or its parser."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing

import duckdb
import psycopg
import pymysql
import pytest
from sqlalchemy import make_url

from schemas.reserved import reserved_words

DIALECTS = ("sqlite", "duckdb", "postgres", "mysql")


def all_words() -> list[str]:
    """Every word that is reserved in some dialect, or a keyword of DuckDB."""
    words = set().union(*(reserved_words(dialect) for dialect in DIALECTS))
    words |= {word for (word,) in duckdb_keywords("SELECT keyword_name FROM duckdb_keywords()")}
    return sorted(words)


def duckdb_keywords(sql: str) -> list[tuple[str]]:
    with duckdb.connect() as connection:
        return connection.execute(sql).fetchall()


def refused(
    words: Iterable[str], execute: Callable[[str], object], error: type[Exception], quote: str = '"'
) -> list[str]:
    """Return the words that the engine does not take as a bare column name."""
    found = []
    for word in words:
        source = f"(SELECT 1 AS {quote}{word}{quote}) AS t"
        try:
            execute(f"SELECT {word} FROM {source} WHERE {word} = 1 ORDER BY {word}")
        except error:
            found.append(word)
    return found


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_words_of_every_dialect(dialect: str) -> None:
    words = reserved_words(dialect)
    assert {"select", "from", "order", "group", "table", "where"} <= words
    assert not words & {"name", "title", "city", "id", "amount"}
    assert all(word == word.lower() for word in words)


@pytest.mark.parametrize(
    ("word", "dialects"),
    [
        ("rank", {"mysql"}),
        ("key", {"mysql", "sqlite"}),
        ("user", {"postgres", "duckdb"}),
        ("lateral", {"postgres", "duckdb", "mysql"}),
        ("pivot", {"duckdb"}),
        ("returning", {"postgres", "duckdb", "mysql", "sqlite"}),
        ("do_domain_ids", {"mysql"}),
        ("glob", {"duckdb", "sqlite"}),
    ],
)
def test_words_that_only_some_dialects_reserve(word: str, dialects: set[str]) -> None:
    assert {dialect for dialect in DIALECTS if word in reserved_words(dialect)} == dialects


def test_an_unknown_dialect() -> None:
    with pytest.raises(ValueError, match="oracle is not one of sqlite, duckdb, postgres, mysql"):
        reserved_words("oracle")


def test_duckdb_has_every_word_that_its_keyword_table_reserves() -> None:
    sql = "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'"
    reserved = {word for (word,) in duckdb_keywords(sql)}
    assert len(reserved) > 50
    assert reserved <= reserved_words("duckdb")


def test_duckdb_adds_only_keywords_of_its_own_to_those_of_postgres() -> None:
    sql = (
        "SELECT keyword_name FROM duckdb_keywords() "
        "WHERE keyword_category IN ('reserved', 'type_function')"
    )
    added = reserved_words("duckdb") - reserved_words("postgres")
    assert added <= {word for (word,) in duckdb_keywords(sql)}


def test_duckdb_takes_all_other_words_as_column_names() -> None:
    with duckdb.connect() as connection:
        words = refused(all_words(), connection.execute, duckdb.Error)
    assert "select" in words
    assert set(words) <= reserved_words("duckdb")


def test_sqlite_takes_all_other_words_as_column_names() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        words = refused(all_words(), connection.execute, sqlite3.Error)
    assert "select" in words
    assert set(words) <= reserved_words("sqlite")


def test_postgresql_takes_all_other_words_as_column_names(postgres_url: str) -> None:
    url = make_url(postgres_url)
    with psycopg.connect(
        host=url.host,
        port=url.port,
        user=url.username,
        password=url.password,
        dbname=url.database,
        autocommit=True,
    ) as connection:
        listed = connection.execute(
            "SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')"
        ).fetchall()
        words = refused(all_words(), connection.execute, psycopg.Error)
    assert {word for (word,) in listed} <= reserved_words("postgres")
    assert set(words) <= reserved_words("postgres")


def test_mariadb_takes_all_other_words_as_column_names(mariadb_url: str) -> None:
    url = make_url(mariadb_url)
    connection = pymysql.connect(
        host=url.host,
        port=url.port,
        user=url.username,
        password=url.password,
        database=url.database,
    )
    with closing(connection), connection.cursor() as cursor:
        words = refused(all_words(), cursor.execute, pymysql.Error, quote="`")
    assert "select" in words
    assert set(words) <= reserved_words("mysql")
