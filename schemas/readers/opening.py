"""Open the reader that fits a source's engine; introspection and the value index call it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from schemas.readers.base import Reader
from schemas.source import Source


@contextmanager
def open_reader(source: Source) -> Iterator[Reader]:
    """Connect to the database that `resolve_url` found, and close the connection at the end.

    Raises Unreachable, LoginFailed, NoSuchDatabase, NotADatabase, UnsupportedDatabase (driver not
    installed) or BadUrl (parameters that the driver does not accept).
    """
    reader = _open(source)
    try:
        yield reader
    finally:
        reader.close()


def _open(source: Source) -> Reader:
    # Imported here so that a process loads only the driver that it uses.
    if source.engine == "duckdb":
        from schemas.readers.duckdb_reader import DuckDBReader

        return DuckDBReader.open(source)
    from schemas.readers.sqlalchemy_reader import SQLAlchemyReader

    return SQLAlchemyReader.open(source)
