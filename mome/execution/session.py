"""The interface between the executor and the engines, and what all engines share.

An `Engine` is one database. It opens `Session` objects, each of which is one connection and serves
one thread at a time.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from mome.errors import ExecutionError, TimedOut, Unreachable

_PLAIN = (
    str,
    int,
    float,
    bytes,
    Decimal,
    datetime.date,
    datetime.time,
    datetime.timedelta,
    type(None),
)
"""Types of values that are returned unchanged."""
OPEN_S = 60.0
"""Most seconds that a login to a server may take, of which a driver knows a part alone."""
# Longer than the five minutes that the page may allow a query.
OVERDUE_S = 310
"""Seconds after which nobody waits for a statement any more."""


@dataclass(frozen=True)
class Fetched:
    """The first rows of a statement's result, with the driver's values."""

    columns: tuple[str, ...]
    """Names of the columns; a name may occur twice."""
    rows: list[tuple]
    """At most as many rows as were asked for."""
    cut: tuple[int, ...] = ()
    """For each value that was shortened, the index of its row."""
    is_short: bool = False
    """True if there are more rows, left out because of their size."""


class Session(Protocol):
    """One connection, on which every statement runs read-only and leaves no state behind."""

    @property
    def usable(self) -> bool:
        """Return False if the connection is closed or its state unknown, so it is not reused."""

    def run(self, sql: str, timeout_s: float, count: int) -> Fetched:
        """Return at most `count` rows. Raises ExecutionError, TimedOut or ConnectionLost."""

    def explain(self, sql: str, timeout_s: float) -> None:
        """Plan the statement without running it. Raises the same errors as `run`."""

    def stop(self) -> None:
        """Ask the engine to stop the statement that runs in another thread; may block."""

    def close(self) -> None:
        """Close the connection, whatever its state."""


class Engine(Protocol):
    """One database."""

    dialect: str
    """sqlglot's name of the database's SQL dialect."""
    place: str
    """What runs the statements: the server or the file."""
    open_s: float
    """Most seconds that `connect` may take."""

    def connect(self) -> Session:
        """Open a new session. Raises Unreachable if the database cannot be opened."""

    def warnings(self, session: Session) -> tuple[str, ...]:
        """Return a sentence for each right of the account that reading does not need."""

    def overdue(self, session: Session) -> int | None:
        """Return how many statements of the account have run for more than `OVERDUE_S`; None if the
        database is no server.
        """

    def close(self) -> None:
        """Release what the sessions share."""


class ConnectionLost(Unreachable):
    """An open connection broke; a new one may work."""


def plain(value: object) -> object:
    """Return a value as plain Python, inside of lists and dictionaries too.

    A driver's own types, such as ranges, network addresses and UUIDs, become text.
    """
    match value:
        case list() | tuple():
            return [plain(item) for item in value]
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case memoryview() | bytearray():
            return bytes(value)
    return value if isinstance(value, _PLAIN) else str(value)


def timed_out(timeout_s: float) -> TimedOut:
    """Return the error for a statement over its timeout, worded alike for every engine."""
    return TimedOut(
        f"the query ran longer than {timeout_s:g} s and was stopped; "
        "ask for less, or allow more time"
    )


def needs_memory() -> ExecutionError:
    """Return the error for a statement that needs more memory than its process may use."""
    return ExecutionError(
        "the query needed more memory than it may use and was stopped; ask for less at once"
    )


def one_line(error: BaseException) -> str:
    """Return the first line of a driver's message, or the error's type if there is no message."""
    return str(error).strip().partition("\n")[0].strip() or type(error).__name__
