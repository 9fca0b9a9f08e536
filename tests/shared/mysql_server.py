"""The user of the MariaDB tests who may only read, and what its statements are at."""

from __future__ import annotations

import time

import pymysql
from sqlalchemy.engine import make_url

from mome.execution.address import DatabaseAddress

READER = "mome_reader"


def as_reader(url: str) -> DatabaseAddress:
    """Return the address of a database for the user who may read."""
    return DatabaseAddress("mysql", make_url(url).set(username=READER, password="reads"))


def ask(connection: pymysql.Connection, sql: str) -> tuple[tuple, ...]:
    """Run a statement and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def running(admin: pymysql.Connection) -> list[tuple]:
    """The reader's statements at work; looked for until there is none, for some seconds."""
    deadline = time.monotonic() + 20
    while (found := running_now(admin)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def running_now(admin: pymysql.Connection) -> list[tuple]:
    """The reader's statements at work."""
    query = (
        f"SELECT info FROM information_schema.processlist WHERE user = '{READER}' AND command "
        "= 'Query'"
    )
    return list(ask(admin, query))
