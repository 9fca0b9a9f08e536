"""What the executor asks of an engine: an `Engine` opens sessions, a `Session` is one connection and serves one thread at a time."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from mome.errors import TimedOut, Unreachable

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


@dataclass(frozen=True)
class Fetched:
    """The head of a statement's result, as the driver gave it."""

    columns: tuple[str, ...]
    rows: list[tuple]


class Session(Protocol):
    """One connection. What it is given is run read-only and leaves no trace on the connection."""

    @property
    def usable(self) -> bool:
        """False where the connection is closed or in doubt: it is thrown away."""

    def run(self, sql: str, timeout_s: float, count: int) -> Fetched:
        """At most `count` rows. Raises ExecutionError, TimedOut or ConnectionLost."""

    def explain(self, sql: str, timeout_s: float) -> None:
        """Plan the statement without running it. Raises as `run`."""

    def close(self) -> None:
        """Give the connection up, whatever its state."""


class Engine(Protocol):
    """One database."""

    dialect: str
    """sqlglot's name for what it speaks."""

    def connect(self) -> Session:
        """A new session. Raises Unreachable."""

    def warnings(self, session: Session) -> tuple[str, ...]:
        """What the operator should mend, a sentence each: rights that a reader does not need."""

    def close(self) -> None:
        """Give up what the sessions share."""


class ConnectionLost(Unreachable):
    """An open connection broke; a new one may work."""


def plain(value: object) -> object:
    """A value as plain Python: a driver's own types (ranges, addresses, UUIDs) become their text, inside of lists too."""
    match value:
        case list() | tuple():
            return [plain(item) for item in value]
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case memoryview() | bytearray():
            return bytes(value)
    return value if isinstance(value, _PLAIN) else str(value)


def timed_out(timeout_s: float) -> TimedOut:
    """The one sentence for every engine."""
    return TimedOut(
        f"the query ran longer than {timeout_s:g} s and was stopped; ask for less, or allow more time"
    )


def one_line(error: BaseException) -> str:
    """A driver's message without its further lines."""
    return str(error).strip().partition("\n")[0].strip() or type(error).__name__
