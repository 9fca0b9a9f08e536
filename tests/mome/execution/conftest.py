"""What the tests of every engine share."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

Interrupting = Callable[[float], AbstractContextManager[None]]


@pytest.fixture
def interrupted_after() -> Interrupting:
    """Presses Ctrl-C after so many seconds of a block."""
    return _interrupted_after


@contextmanager
def _interrupted_after(seconds: float) -> Iterator[None]:
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
