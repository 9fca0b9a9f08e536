"""A timeout for drivers' blocking calls that only another thread can stop.

DuckDB and MariaDB/MySQL run their statements through it, so that Ctrl-C stops a statement too.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

# A request to stop that arrives between two statements has no effect, so it is repeated.
_STOP_INTERVAL_S = 0.05
"""Seconds between two requests to stop."""
T = TypeVar("T")


def call_with_timeout(work: Callable[[], T], timeout_s: float, stop: Callable[[], None]) -> T:
    """Return the value of `work`, which runs in a thread of its own while this thread waits.

    stop: called from this thread until `work` ends, once the time is over or on Ctrl-C.
    Raises TimeoutError if the time was over, even if `work` then returned a value.
    Raises what `work` raises otherwise.
    """
    with ThreadPoolExecutor(1, "mome-statement") as thread:
        future = thread.submit(work)
        try:
            in_time = future in wait([future], timeout_s).done
        finally:
            # Also reached by KeyboardInterrupt: without it, the `with` would wait for the work.
            while not future.done():
                stop()
                wait([future], _STOP_INTERVAL_S)
    if not in_time:
        raise TimeoutError from future.exception()
    return future.result()
