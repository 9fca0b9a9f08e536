"""Running a query of a sampled form, for a bounded time."""

from __future__ import annotations

import sqlite3
import time

MOST_SECONDS = 1.0
"""Time after which a query is given up."""
MOST_ROWS = 5000
"""Rows of a result that are read."""


def run(connection: sqlite3.Connection, sql: str) -> list[tuple]:
    """Return the first rows of a query. Raises sqlite3.Error, also if it takes too long."""
    end = time.monotonic() + MOST_SECONDS
    # Called every 10,000 steps of SQLite's machine, about a millisecond.
    connection.set_progress_handler(lambda: time.monotonic() > end, 10_000)
    try:
        return connection.execute(sql).fetchmany(MOST_ROWS)
    finally:
        connection.set_progress_handler(None, 0)
