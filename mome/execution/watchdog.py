"""Clocks for drivers' blocking calls: the caller goes on when its time is over.

The executor waits for every statement so; DuckDB's sessions stop theirs by `call_with_timeout`.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Thread
from typing import TypeVar

# A request to stop that arrives between two statements has no effect, so it is repeated.
_STOP_INTERVAL_S = 0.05
"""Seconds between two requests to stop."""
T = TypeVar("T")


def started(work: Callable[[], T]) -> Future[T]:
    """Start `work` in a thread of its own and return its future."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        # The caller's thread raises it.
        except BaseException as error:
            future.set_exception(error)

    # A daemon: the threads of a pool are waited for at exit, however long an engine takes.
    Thread(target=run, name="mome-statement", daemon=True).start()
    return future


def ends_within(future: Future, seconds: float) -> bool:
    """Wait for a future. Returns whether it ended in time."""
    return future in wait([future], seconds).done


def call_with_timeout(work: Callable[[], T], timeout_s: float, stop: Callable[[], None]) -> T:
    """Return the value of `work`, which runs in a thread of its own while this thread waits.

    stop: called from this thread until `work` ends, once the time is over or on Ctrl-C.
    Raises TimeoutError if the time was over, even if `work` then returned a value.
    Raises what `work` raises otherwise.
    """
    future = started(work)
    try:
        in_time = ends_within(future, timeout_s)
    finally:
        # Also reached by KeyboardInterrupt: nothing may run on the connection after this call.
        while not future.done():
            stop()
            wait([future], _STOP_INTERVAL_S)
    if not in_time:
        raise TimeoutError from future.exception()
    return future.result()
