"""The role of the PostgreSQL tests that may only read, and what its statements are at."""

from __future__ import annotations

import time

import psycopg
from sqlalchemy.engine import make_url

from mome.execution.address import DatabaseAddress


def as_reader(url: str) -> DatabaseAddress:
    """Return the address of a database for the role that may read."""
    return DatabaseAddress(
        "postgresql", make_url(url).set(username="mome_reader", password="reads")
    )


def running(admin: psycopg.Connection) -> list[tuple]:
    """The reader's statements at work; looked for until there is none, for some seconds."""
    deadline = time.monotonic() + 20
    while (found := running_now(admin)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def running_now(admin: psycopg.Connection) -> list[tuple]:
    """The reader's statements at work."""
    query = "SELECT query FROM pg_stat_activity WHERE usename = 'mome_reader' AND state = 'active'"
    return admin.execute(query).fetchall()
