"""What the executor and its worker processes send each other through pipes.

Values are pickled, because no text format keeps Decimal, dates, bytes, NaN and nested values as the
drivers give them. The other end is our own process, but a broken engine in it could write anything.
So the reader takes plain values alone and calls nothing by name but their classes.
"""

from __future__ import annotations

import pickle
from typing import BinaryIO

_CLASSES = {
    ("datetime", "date"),
    ("datetime", "datetime"),
    ("datetime", "time"),
    ("datetime", "timedelta"),
    ("datetime", "timezone"),
    ("decimal", "Decimal"),
    # Keys of DuckDB's maps.
    ("uuid", "UUID"),
    # Zones of DuckDB's times.
    ("pytz", "_UTC"),
    ("pytz", "_p"),
}
"""Module and name of all that a message may hold beside Python's built-in values."""


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> object:
        if (module, name) not in _CLASSES:
            raise pickle.UnpicklingError(f"{module}.{name} is no plain value")
        return super().find_class(module, name)


def send(stream: BinaryIO, message: object) -> None:
    """Write one message. Raises OSError if nobody reads."""
    # In one piece: a value that cannot be pickled must not leave half a message in the pipe.
    stream.write(pickle.dumps(message, protocol=5))
    stream.flush()


def receive(stream: BinaryIO) -> object:
    """Read one message. Raises EOFError or UnpicklingError at the end of the stream."""
    return _Reader(stream).load()
