"""Names are quoted exactly where an engine or sqlglot would misread them. The engines themselves
run the queries.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import duckdb
import pytest
import sqlalchemy
import sqlglot
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.dialects.mysql.mariadb import MariaDBDialect
from sqlglot import exp

from mome.forms.quoting import needs_quotes

DIALECTS = ("sqlite", "duckdb", "postgres", "mysql")
SQLITE_ONLY = (
    "abort action after attach autoincrement begin commit conflict deferrable detach escape fail "
    "glob groups indexed isnull nothing notnull plan pragma raise transaction vacuum without"
)
RESERVED = [
    ("sqlite", sqlite.dialect),
    ("duckdb", postgresql.dialect),
    ("postgres", postgresql.dialect),
    ("mysql", mysql.dialect),
    ("mysql", MariaDBDialect),
]
"""sqlglot's dialects with the SQLAlchemy dialects whose reserved words they must quote."""


def words() -> list[str]:
    """Return the keywords of all engines in lower case."""
    found = set(SQLITE_ONLY.split())
    for (word,) in duckdb.sql("SELECT keyword_name FROM duckdb_keywords()").fetchall():
        found.add(word)
    for _, dialect in RESERVED:
        found |= {word.lower() for word in dialect().identifier_preparer.reserved_words}
    for dialect in DIALECTS:
        keywords = sqlglot.Dialect.get_or_raise(dialect).tokenizer_class.KEYWORDS
        found |= {word.lower() for word in keywords if word.isidentifier()}
    return sorted(found)


def written(word: str, dialect: str) -> str:
    """Return the name as the pointer form writes it."""
    name = exp.to_identifier(word, quoted=needs_quotes(word, dialect))
    return name.sql(dialect=dialect)


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
        name = written(word, dialect)
        query = f"SELECT {name}.{name}, {name} FROM {name} WHERE {name} = 7 ORDER BY {name}"
        try:
            rows = connection.execute(query).fetchall()
        except (sqlite3.Error, duckdb.Error) as error:
            rows = error
        if rows != [(7, 7)]:
            wrong.append((word, rows))
        connection.execute(f'DROP TABLE "{word}"')
    connection.close()
    assert not wrong


@pytest.mark.parametrize(
    ("dialect", "server", "quote"),
    [("postgres", "postgres_url", '"'), ("mysql", "mariadb_url", "`")],
)
def test_every_keyword_can_name_a_column_on_a_server(
    dialect: str, server: str, quote: str, request: pytest.FixtureRequest
) -> None:
    # Creating a table for each word takes a minute; one table holds a column for each instead.
    columns = ", ".join(f"{quote}{word}{quote} SMALLINT DEFAULT 7" for word in words())
    engine = sqlalchemy.create_engine(
        request.getfixturevalue(server),
        isolation_level="AUTOCOMMIT",
        poolclass=sqlalchemy.pool.NullPool,
    )
    wrong = []
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE TABLE t (column_of_t INTEGER, {columns})")
        connection.exec_driver_sql("INSERT INTO t (column_of_t) VALUES (1)")
        for word in words():
            name = written(word, dialect)
            query = f"SELECT t.{name}, {name} FROM t WHERE {name} = 7 ORDER BY {name}"
            try:
                rows = connection.exec_driver_sql(query).fetchall()
            except sqlalchemy.exc.SQLAlchemyError as error:
                rows = error
            if rows != [(7, 7)]:
                wrong.append((word, rows))
    assert not wrong


@pytest.mark.parametrize("dialect", DIALECTS)
def test_sqlglot_reads_every_keyword_as_a_name(dialect: str) -> None:
    wrong = []
    for word in words():
        name = written(word, dialect)
        query = f"SELECT {name}, MAX({name}.{name}) FROM {name} WHERE {name} = 7 GROUP BY {name}"
        try:
            tree = sqlglot.parse_one(query, dialect=dialect)
        except sqlglot.errors.SqlglotError as error:
            wrong.append((word, error))
            continue
        columns = [column for column in tree.find_all(exp.Column) if column.name == word]
        if len(columns) != 4 or tree.find(exp.Table).name != word:
            wrong.append((word, tree))
    assert not wrong


@pytest.mark.parametrize(("dialect", "sqlalchemy_dialect"), RESERVED)
def test_every_reserved_word_of_sqlalchemy_is_quoted(
    dialect: str, sqlalchemy_dialect: Callable
) -> None:
    reserved = sqlalchemy_dialect().identifier_preparer.reserved_words
    assert reserved
    for word in reserved:
        assert needs_quotes(word.lower(), dialect), word
        assert needs_quotes(word.upper(), dialect), word


@pytest.mark.parametrize(
    ("dialect", "word"),
    [
        ("sqlite", "nothing"),
        ("duckdb", "collation"),
        ("postgres", "concurrently"),
        ("postgres", "system_user"),
        ("mysql", "current_role"),
    ],
)
def test_reserved_words_that_sqlalchemy_does_not_list_are_quoted(dialect: str, word: str) -> None:
    assert needs_quotes(word, dialect)


@pytest.mark.parametrize("name", ["name", "date", "text", "year", "singer_id", "_x", "T2"])
def test_common_names_are_not_quoted(name: str) -> None:
    assert not any(needs_quotes(name, dialect) for dialect in ("sqlite", "duckdb", "mysql"))
    assert needs_quotes(name, "postgres") == (name == "T2")


@pytest.mark.parametrize(
    "name", ["", "a b", "a-b", "1st", "größe", "a$b", 'a"b', "order", "Select"]
)
def test_names_that_are_not_plain_words_are_quoted(name: str) -> None:
    assert all(needs_quotes(name, dialect) for dialect in DIALECTS)
