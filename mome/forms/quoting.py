"""Decide whether a table or column name must be quoted in a dialect. The pointer form asks for
every name that it writes.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

import sqlglot

# Keywords of sqlglot's tokenizers that every engine accepts as a bare column name.
_PLAIN = frozenset({"NAME", "DATE", "TEXT", "YEAR"})
# Words that SQLAlchemy's lists lack. sqlglot reads IF as a function; the engines misread or refuse
# the others. PostgreSQL reserves SYSTEM_USER since version 16.
_UNLISTED = {
    "sqlite": {"NOTHING"},
    "duckdb": {"BY", "COLLATION", "CONCURRENTLY", "IF"},
    "postgres": {"COLLATION", "CONCURRENTLY", "IF", "SYSTEM_USER"},
    "mysql": set(),
}
_LISTS = {
    "sqlite": [("sqlite", "dialect")],
    # DuckDB's grammar derives from PostgreSQL's.
    "duckdb": [("postgresql", "dialect")],
    "postgres": [("postgresql", "dialect")],
    # sqlglot's mysql stands for MariaDB too, which reserves other words.
    "mysql": [("mysql", "dialect"), ("mysql.mariadb", "MariaDBDialect")],
}
"""The modules and classes of SQLAlchemy's dialects whose reserved words each dialect has."""


def needs_quotes(name: str, dialect: str) -> bool:
    """Return whether an engine or sqlglot would refuse or misread `name` without quotes."""
    if not name.isascii() or not name.isidentifier():
        return True
    # PostgreSQL folds bare names to lower case.
    if dialect == "postgres" and name != name.lower():
        return True
    word = name.upper()
    if word in _PLAIN:
        return False
    keywords = sqlglot.Dialect.get_or_raise(dialect).tokenizer_class.KEYWORDS
    return word in keywords or word in _reserved_words(dialect)


@cache
def _reserved_words(dialect: str) -> frozenset[str]:
    """Return the upper-case reserved words of a sqlglot dialect, mostly SQLAlchemy's."""
    words = set(_UNLISTED[dialect])
    for module, name in _LISTS[dialect]:
        # Imported here, and for this dialect only: importing the translator must not load
        # SQLAlchemy, and all of its drivers take longer than a question.
        sqlalchemy_dialect = getattr(import_module(f"sqlalchemy.dialects.{module}"), name)
        listed = sqlalchemy_dialect().identifier_preparer.reserved_words
        words |= {word.upper() for word in listed}
    return frozenset(words)
