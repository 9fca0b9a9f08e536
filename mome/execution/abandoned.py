"""Statements that still run although nobody waits for them, by server. The executor keeps count.

A server may ignore its timeout and the request to stop. Its caller goes on, but each such statement
holds a connection and a processor of the server, so their number has a bound.
"""

from __future__ import annotations

import os
from collections.abc import Sized
from concurrent.futures import Future

from mome.errors import TimedOut

# As many as an executor runs at once.
MOST = 4
"""Abandoned statements of one server at which this process starts no other there."""
# By process too: the threads that wait for these statements do not exist in a forked one.
_RUNNING: dict[tuple[int, str], set[Future]] = {}


def abandon(place: str, call: Future) -> None:
    """Count a call at a place until it ends."""
    calls = _at(place)
    calls.add(call)
    # Also called if it has ended meanwhile.
    call.add_done_callback(calls.discard)


def abandoned_at(place: str) -> Sized:
    """Return the calls that this process does not wait for any more."""
    return _at(place)


def refuse_if_too_many(place: str) -> None:
    """Raise TimedOut if no other statement may start at a place."""
    if len(_at(place)) >= MOST:
        raise TimedOut(
            f"the database still works on {MOST} queries that were given up after their timeout, "
            "and starts no other until one of them ends; try again later, or stop them there"
        )


def _at(place: str) -> set[Future]:
    return _RUNNING.setdefault((os.getpid(), place), set())
