"""The clock beside a blocking call."""

from __future__ import annotations

import threading
import time

import pytest

from mome.execution.watchdog import call_with_timeout


def never() -> None:
    raise AssertionError("nothing was to be stopped")


def test_a_value_and_an_error_come_through() -> None:
    assert call_with_timeout(lambda: 7, 60.0, never) == 7
    with pytest.raises(ZeroDivisionError):
        call_with_timeout(lambda: 1 // 0, 60.0, never)


def test_it_stops_until_the_work_ends_and_not_after() -> None:
    calls: list[float] = []
    enough = threading.Event()

    def stop() -> None:
        calls.append(time.monotonic())
        if len(calls) >= 3:
            enough.set()

    with pytest.raises(TimeoutError):
        call_with_timeout(lambda: enough.wait(60), 0.05, stop)
    stopped = len(calls)
    assert stopped >= 3
    time.sleep(0.15)
    assert len(calls) == stopped


def test_an_error_of_the_stopped_work_is_the_cause() -> None:
    ended = threading.Event()

    def work() -> None:
        ended.wait(60)
        raise ValueError("interrupted")

    with pytest.raises(TimeoutError) as caught:
        call_with_timeout(work, 0.05, ended.set)
    assert isinstance(caught.value.__cause__, ValueError)


def test_ctrl_c_stops_the_work(interrupted_after: object) -> None:
    ended = threading.Event()
    with interrupted_after(0.2), pytest.raises(KeyboardInterrupt):
        call_with_timeout(lambda: ended.wait(60), 50.0, ended.set)
    assert ended.is_set()
