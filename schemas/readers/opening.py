"""Connect to a source with the reader of its engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from schemas.readers.base import Reader
from schemas.source import Source


@contextmanager
def open_reader(source: Source) -> Iterator[Reader]:
    """Connect to what `resolve_url` found.

    Raises Unreachable, LoginFailed, NoSuchDatabase, NotADatabase, UnsupportedDatabase (driver not installed) or BadUrl (parameters).
    """
    reader = _open(source)
    try:
        yield reader
    finally:
        reader.close()


def _open(source: Source) -> Reader:
    if source.engine == "duckdb":
        from schemas.readers.duckdb_reader import DuckDBReader

        return DuckDBReader.open(source)
    from schemas.readers.sqlalchemy_reader import SQLAlchemyReader

    return SQLAlchemyReader.open(source)
