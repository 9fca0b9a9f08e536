"""A read-only connection to any database: the one door through which introspection and the value index ask for rows."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy.engine import make_url

from schemas.catalog import Table
from schemas.readers.dialects import Dialect

Row = tuple[object, ...]


class Reader(Protocol):
    """An open connection that cannot write."""

    engine: str
    """sqlite, duckdb, postgresql, mysql or mariadb: what answered, which the URL alone does not say."""
    dialect: Dialect

    def rows(self, sql: str, *, timeout_s: float) -> list[Row]:
        """All rows of one statement. Raises QueryTimedOut, QueryFailed, or Unreachable where the connection is lost."""
        ...

    def staged(self, table: Table) -> AbstractContextManager[None]:
        """Inside the block, rows of a csv file come from memory instead of being parsed for each statement; nothing happens elsewhere."""
        ...

    def close(self) -> None:
        """Give the connection back."""
        ...


def one_line(error: BaseException, url: str = "") -> str:
    """The first line of a driver's message, at most 300 characters, without the URL's password: what follows it often quotes rows."""
    lines = (line.strip() for line in str(error).splitlines())
    text = next((line for line in lines if line), type(error).__name__)[:300]
    password = make_url(url).password if "://" in url else None
    return text.replace(str(password), "***") if password else text
