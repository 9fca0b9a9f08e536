"""Runs a driver's blocking call so that a clock and Ctrl-C can stop it, for the engines that can only be stopped from another thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

_AGAIN_S = 0.05
T = TypeVar("T")


def stoppable(work: Callable[[], T], timeout_s: float, stop: Callable[[], None]) -> T:
    """The value of `work`, which runs in a thread of its own while this one waits.

    When the time is over, or on Ctrl-C, `stop` is called until `work` ends, for a call that comes between two statements is lost.
    Raises what `work` raises; TimeoutError, whatever `work` came to, where the time was over.
    """
    with ThreadPoolExecutor(1, "mome-statement") as thread:
        outcome = thread.submit(work)
        try:
            in_time = outcome in wait([outcome], timeout_s).done
        finally:
            while not outcome.done():
                stop()
                wait([outcome], _AGAIN_S)
    if not in_time:
        raise TimeoutError from outcome.exception()
    return outcome.result()
