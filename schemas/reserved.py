"""Reserved words of each SQL dialect: an engine reads them as keywords unless they are quoted.

`training_data.sql.builder` calls this to decide which identifiers it quotes.
"""

from __future__ import annotations

from functools import cache

# SQLite refuses these two as bare column names; SQLAlchemy's list lacks them.
_SQLITE_ADDITIONS = frozenset({"nothing", "returning"})

# PostgreSQL refuses these as bare column names; SQLAlchemy's list lacks them.
_POSTGRES_ADDITIONS = frozenset({"collation", "concurrently", "lateral", "tablesample"})

# DuckDB's grammar derives from PostgreSQL's. In duckdb_keywords() the first set has the category
# `reserved`. The second has `type_function`: DuckDB refuses these as bare column names too.
_DUCKDB_ADDITIONS = frozenset(
    "describe lambda lateral pivot pivot_longer pivot_wider qualify show summarize unpivot".split()
) | frozenset("anti asof at by glob positional semi unpack".split())


@cache
def reserved_words(dialect: str) -> frozenset[str]:
    """Return the words, in lower case, that the dialect does not take as a bare name.

    `dialect`: sqlite, duckdb, postgres or mysql. `mysql` covers MySQL and MariaDB.
    Raises ValueError for any other dialect.
    """
    if dialect == "sqlite":
        return _sqlite_words()
    if dialect == "postgres":
        return _postgres_words()
    if dialect == "duckdb":
        return _postgres_words() | _DUCKDB_ADDITIONS
    if dialect == "mysql":
        return _mysql_words()
    raise ValueError(f"{dialect} is not one of sqlite, duckdb, postgres, mysql")


# The functions below import SQLAlchemy's dialect modules themselves, so that importing this module
# costs nothing and a caller loads only the dialect that it needs.


def _sqlite_words() -> frozenset[str]:
    from sqlalchemy.dialects.sqlite.base import SQLiteIdentifierPreparer

    return frozenset(SQLiteIdentifierPreparer.reserved_words) | _SQLITE_ADDITIONS


def _postgres_words() -> frozenset[str]:
    from sqlalchemy.dialects.postgresql.base import PGIdentifierPreparer

    return frozenset(PGIdentifierPreparer.reserved_words) | _POSTGRES_ADDITIONS


def _mysql_words() -> frozenset[str]:
    from sqlalchemy.dialects.mysql.base import MariaDBIdentifierPreparer, MySQLIdentifierPreparer

    mysql = frozenset(MySQLIdentifierPreparer.reserved_words)
    return mysql | frozenset(MariaDBIdentifierPreparer.reserved_words)
