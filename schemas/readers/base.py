"""The interface of a read-only connection, which introspection and the value index query."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Protocol

from mome.sources.secrets import without_secrets
from schemas.catalog import FullTable
from schemas.readers.dialects import Dialect

Row = tuple[Any, ...]

# A driver's message may repeat a whole statement; the start says what went wrong.
_MESSAGE_CHARS = 300


class Reader(Protocol):
    """An open connection that cannot write."""

    @property
    def engine(self) -> str:
        """sqlite, duckdb, postgresql, mysql or mariadb, as the server identifies itself.

        A URL alone does not tell MySQL from MariaDB.
        """
        ...

    @property
    def dialect(self) -> Dialect:
        """How the engine writes SQL."""
        ...

    def rows(self, sql: str, *, timeout_s: float) -> list[Row]:
        """Return all rows of one statement.

        Raises QueryTimedOut, QueryFailed, or Unreachable if the connection is lost.
        """
        ...

    def staged(self, table: FullTable) -> AbstractContextManager[None]:
        """Return a context in which the rows of a csv file are read from memory.

        Outside of the context, each statement parses the file again. For tables that are no csv
        files the context does nothing.
        """
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


def one_line(error: BaseException, url: str = "") -> str:
    """Return the first line of a driver's message, without the secrets of `url`.

    At most 300 characters. Later lines are dropped, because they often quote rows.
    """
    lines = (line.strip() for line in str(error).splitlines())
    text = next((line for line in lines if line), type(error).__name__)
    # Before the text is cut, which could leave a part of a secret.
    return without_secrets(text, url)[:_MESSAGE_CHARS]
