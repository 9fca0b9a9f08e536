"""Names are bare where the engine reads them so, and quoted where it would not: asked of the
engines themselves.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import duckdb
import pytest
from sqlglot import Dialect, exp

from mome.backbones.bundled.quoting import needs_quotes

SQLITE_ONLY = (
    "abort action after attach autoincrement begin commit conflict deferrable detach escape fail "
    "glob indexed isnull nothing "
    "notnull plan pragma raise transaction vacuum without"
)


def words() -> list[str]:
    """The keywords that any of the four dialects knows."""
    found = {
        word for (word,) in duckdb.sql("SELECT keyword_name FROM duckdb_keywords()").fetchall()
    } | set(SQLITE_ONLY.split())
    for dialect in ("sqlite", "duckdb", "postgres", "mysql"):
        found |= {
            word.lower()
            for word in Dialect.get_or_raise(dialect).tokenizer_class.KEYWORDS
            if word.isidentifier()
        }
    return sorted(found)


@pytest.mark.parametrize(
    ("dialect", "connect"),
    [("sqlite", lambda: sqlite3.connect(":memory:")), ("duckdb", duckdb.connect)],
)
def test_every_keyword_can_name_a_table_and_a_column(dialect: str, connect: Callable) -> None:
    connection = connect()
    wrong = []
    for word in words():
        connection.execute(f'CREATE TABLE "{word}" ("{word}" INTEGER)')
        connection.execute(f'INSERT INTO "{word}" VALUES (7)')
        name = exp.to_identifier(word, quoted=needs_quotes(word, dialect)).sql(dialect=dialect)
        try:
            rows = connection.execute(
                f"SELECT {name}.{name}, {name} FROM {name} WHERE {name} = 7 ORDER BY {name}"
            ).fetchall()
        except (sqlite3.Error, duckdb.Error) as error:
            rows = error
        if rows != [(7, 7)]:
            wrong.append((word, rows))
        connection.execute(f'DROP TABLE "{word}"')
    connection.close()
    assert not wrong


@pytest.mark.parametrize("name", ["name", "date", "text", "year", "singer_id", "_x", "T2"])
def test_common_names_are_bare(name: str) -> None:
    assert not any(needs_quotes(name, dialect) for dialect in ("sqlite", "duckdb", "mysql"))
    assert needs_quotes(name, "postgres") == (name == "T2")


@pytest.mark.parametrize(
    "name", ["", "a b", "a-b", "1st", "größe", "a$b", 'a"b', "order", "Select"]
)
def test_what_is_no_plain_word_is_quoted(name: str) -> None:
    assert all(needs_quotes(name, dialect) for dialect in ("sqlite", "duckdb", "postgres", "mysql"))
