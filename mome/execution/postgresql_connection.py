"""Log in to PostgreSQL, and load values that Python cannot hold; `postgresql` calls it."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.types.datetime import (
    DateLoader,
    IntervalLoader,
    TimestampLoader,
    TimestamptzLoader,
)
from psycopg.types.string import TextLoader

from mome.execution.address import DatabaseAddress
from mome.sources.url_options import driver_url

# libpq would wait for the operating system, which is two minutes for a host that does not answer.
_CONNECT_S = 5
"""Seconds to wait for a connection, unless the URL says otherwise."""
# An idle connection is kept for the next question. Without probes the system notices after two
# hours that a firewall or a restart has dropped it; with these after 15 + 3 * 5 = 30 s.
_KEEPALIVE = {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3}
"""Seconds until the first probe, seconds between two, and lost probes until the end."""
_OPTION = "-c default_transaction_read_only=on"
"""Option of the server for the whole session."""
# psycopg's own text of a range writes an open end as None.
_RANGES = (
    *("int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange"),
    *("int4multirange", "int8multirange", "nummultirange", "tsmultirange"),
    *("tstzmultirange", "datemultirange"),
)
# libpq's messages have no code before a session exists, so they are recognised by their words.
_NO_CONNECTION = (
    (
        "password authentication failed",
        "the user or the password is wrong; set DB_URL to the whole URL with the right ones",
    ),
    (
        "no password supplied",
        "it asks for a password; set DB_URL to the URL with it, or add it to ~/.pgpass",
    ),
    (
        "does not support SSL",
        "the server has no SSL; remove the option sslmode, or set it to prefer",
    ),
    ("resolve host", "no host has this name; check the host in the URL"),
    ("translate host name", "no host has this name; check the host in the URL"),
    ("refused", "nothing answers there; check host and port, and that the server runs"),
    ("timeout", "it does not answer; check host and port, and the network between"),
    ("does not exist", "there is no such database or role; check their names in the URL"),
)
"""Words of a message -> what to do. The first that occur decide."""


def connected(address: DatabaseAddress) -> psycopg.Connection:
    """Return a new connection. Raises psycopg.Error."""
    # SQLAlchemy knows how to turn a URL's options into the driver's arguments.
    url = driver_url(address.server).set(drivername="postgresql+psycopg")
    _, from_url = url.get_dialect()().create_connect_args(url)
    arguments: dict[str, Any] = {
        "connect_timeout": _CONNECT_S,
        "application_name": "mome",
        **_KEEPALIVE,
        **from_url,
    }
    # The guard counts characters, and the server must decode the same text.
    arguments["client_encoding"] = "utf8"
    # The sessions write BEGIN and ROLLBACK themselves.
    arguments["autocommit"] = True
    # Prepared statements would outlive the transaction, and a pooler gives the next one another
    # connection, which does not know them.
    arguments["prepare_threshold"] = None
    options = arguments.pop("options", "")
    try:
        return psycopg.connect(**arguments, options=f"{options} {_OPTION}".strip())
    except psycopg.OperationalError as error:
        if "startup parameter" not in str(error):
            raise
        # A pooler such as PgBouncer takes no options; every transaction says READ ONLY anyway.
        return psycopg.connect(**arguments)


def reason(error: psycopg.Error) -> str:
    """Return why no connection was made, and what to do."""
    text = str(error)
    for words, advice in _NO_CONNECTION:
        if words in text:
            return advice
    return f"{_last_line(text)}; check the URL"


def keep_odd_values(connection: psycopg.Connection) -> None:
    """Let the connection return values that Python cannot hold exactly as the server's text."""
    connection.adapters.register_loader("date", _Date)
    connection.adapters.register_loader("timestamp", _Timestamp)
    connection.adapters.register_loader("timestamptz", _Timestamptz)
    connection.adapters.register_loader("interval", _Interval)
    for name in _RANGES:
        connection.adapters.register_loader(name, TextLoader)


class _AsText:
    """Loads values that Python's dates cannot hold (infinity, BC, after 9999) as the
    server's text.
    """

    def load(self, data: bytes) -> object:
        """Return the date, or the server's text."""
        try:
            return super().load(data)
        except psycopg.DataError:
            return bytes(data).decode()


class _Date(_AsText, DateLoader):
    pass


class _Timestamp(_AsText, TimestampLoader):
    pass


class _Timestamptz(_AsText, TimestamptzLoader):
    pass


class _MonthsAsText:
    """Loads intervals with months or years as the server's text: they have no length in days."""

    def load(self, data: bytes) -> object:
        """Return a timedelta, or the server's text."""
        text = bytes(data)
        return text.decode() if b"mon" in text or b"year" in text else super().load(data)


class _Interval(_MonthsAsText, IntervalLoader):
    pass


def _last_line(text: str) -> str:
    """Return the last line of libpq's message, which is about the last address that it tried."""
    lines = [line.strip(" -\t") for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"
