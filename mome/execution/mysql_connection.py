"""Log in to MariaDB or MySQL, and read the server's errors and grants; `mysql` calls it."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pymysql
from pymysql.constants import CLIENT, ER, FIELD_TYPE
from pymysql.converters import conversions
from pymysql.cursors import SSCursor
from sqlalchemy.engine import URL

from mome.errors import ExecutionError
from mome.execution.bounds import RESULT
from mome.sources.url_options import driver_url

# PyMySQL would wait 10 s for a host that does not answer. A person at the page waits for this.
CONNECT_S = 5
"""Seconds to wait for a connection, unless the URL says otherwise."""
# Without these a statement whose server is gone would count as abandoned for two hours.
_KEEPALIVE = {"TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}
"""Seconds until the first probe, seconds between two, and lost probes until the end."""
WRONG_OPTION = (TypeError, ValueError, AttributeError, OSError)
"""Errors of the driver for options of the URL that it cannot use."""
_OPTION_FILE = Path("~/.my.cnf")
"""Where MySQL's own clients look for a password."""
_WRONG_LOGIN = "the user or the password is wrong; set DB_URL to the whole URL with the right ones"
# PyMySQL has no name for MariaDB's refusal of a login without a password.
_ACCESS_DENIED_NO_PASSWORD = 1698
_NO_CONNECTION = {
    ER.DBACCESS_DENIED_ERROR: "this user may not use the database; grant it SELECT there",
    ER.ACCESS_DENIED_ERROR: _WRONG_LOGIN,
    ER.BAD_DB_ERROR: "the server has no such database; check its name in the URL",
    ER.HOST_NOT_PRIVILEGED: "the server takes no connections from here; allow this host",
    _ACCESS_DENIED_NO_PASSWORD: _WRONG_LOGIN,
}
"""Error code -> what to do."""
# The socket's errors carry no code of the server, so they are recognised by their words, which
# differ between operating systems.
_UNKNOWN_HOST = ("Name or service not known", "getaddrinfo", "name resolution")
_GRANT = re.compile(r"GRANT (.+?) ON ")
_GRANTED_COLUMNS = re.compile(r"\([^)]*\)")


def connected(url: URL) -> pymysql.Connection:
    """Return a new connection. Raises pymysql.Error or RuntimeError."""
    # SQLAlchemy knows how to turn a URL's options into the driver's arguments.
    dialect = url.set(drivername="mysql+pymysql").get_dialect()()
    _, from_url = dialect.create_connect_args(driver_url(url))
    arguments = {"connect_timeout": CONNECT_S, **from_url}
    # The guard counts characters, and the server must decode the same text.
    arguments["charset"] = "utf8mb4"
    # A hostile server can ask a client for any file of the client's machine (LOAD DATA LOCAL).
    arguments["local_infile"] = False
    # Otherwise the driver opens a transaction of its own, without READ ONLY.
    arguments["autocommit"] = True
    # With this flag, a text with a semicolon would run a second statement.
    arguments["client_flag"] = from_url.get("client_flag", 0) & ~CLIENT.MULTI_STATEMENTS
    arguments["conv"] = {**conversions, FIELD_TYPE.BIT: _bits}
    if not url.password and _OPTION_FILE.expanduser().is_file():
        arguments.setdefault("read_default_file", str(_OPTION_FILE))
    return _Connection(**arguments)


class PartCursor(SSCursor):
    """Fetches rows as they arrive, and can be left before the last one."""

    def left(self) -> bool:
        """Give the cursor up. Returns False if rows were not read: the server keeps sending them,
        so that the connection must be closed.
        """
        finished = self._result is None or not self._result.unbuffered_active
        # The driver's own close() would read all remaining rows, which may be billions.
        if not finished:
            self._result.unbuffered_active = False
        self._result = self.connection = None
        return finished


class _Connection(pymysql.Connection):
    """Refuses rows that would take the memory of this process, and notices a dead network.

    A server sends values of up to 1 GB, and thousands of them in a row; the driver reads whole
    rows.
    """

    _packet_bytes = 0

    def connect(self, sock: socket.socket | None = None) -> None:
        """Connect, and let the system notice a network that is gone."""
        super().connect(sock)
        for name, value in _KEEPALIVE.items():
            # macOS lacks the first one, and a Unix socket takes none.
            with suppress(AttributeError, OSError):
                self._sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)

    def _read_packet(self, *kind: type) -> object:
        # A packet, such as a row, arrives in parts of 16 MiB.
        self._packet_bytes = 0
        return super()._read_packet(*kind)

    def _read_bytes(self, num_bytes: int) -> bytes:
        self._packet_bytes += num_bytes
        if self._packet_bytes > RESULT:
            # What follows on this connection is the rest of the row.
            self._force_close()
            raise ExecutionError(
                f"a row of the result has more than {RESULT // 2**20} MiB; "
                "select fewer or shorter columns"
            )
        return super()._read_bytes(num_bytes)


def _bits(octets: bytes) -> int:
    """Return the value of a BIT column, which the server sends as octets, as a number."""
    return int.from_bytes(octets, "big")


def reason(error: Exception) -> str:
    """Return why no connection was made, and what to do."""
    if isinstance(error, WRONG_OPTION):
        return "the driver cannot use an option of the URL; remove its options one by one"
    code, text = code_and_text(error)
    if code in _NO_CONNECTION:
        return _NO_CONNECTION[code]
    if any(words in text for words in _UNKNOWN_HOST):
        return "no host has this name; check the host in the URL"
    if "refused" in text:
        return "nothing answers there; check host and port, and that the server runs"
    if "timed out" in text:
        return "it does not answer; check host and port, and the network between"
    return f"{text}; check the URL"


def code_and_text(error: Exception) -> tuple[int, str]:
    """Return the server's error code, 0 without one, and the first line of the message."""
    code, text = error.args if len(error.args) == 2 else (0, error)
    return code, str(text).partition("\n")[0] or type(error).__name__


def rights(grants: Iterable[str]) -> set[str]:
    """Return the privileges in the lines of SHOW GRANTS, without their columns."""
    found = set()
    for grant in grants:
        match = _GRANT.match(grant)
        # A line such as GRANT role TO user has no ON, and grants nothing by itself.
        if match is None:
            continue
        # The commas between columns, as in UPDATE (a, b), do not separate privileges.
        privileges = _GRANTED_COLUMNS.sub("", match.group(1))
        for right in privileges.split(","):
            found.add(right.strip().upper())
    return found
