"""Statements that nobody waits for are counted until they end, and are not too many."""

from __future__ import annotations

from concurrent.futures import Future

import pytest

from mome.errors import TimedOut
from mome.execution.abandoned import MOST, abandon, abandoned_at, refuse_if_too_many


def test_a_place_with_too_many_refuses_until_one_ends() -> None:
    calls: list[Future[None]] = [Future() for _ in range(MOST)]
    for call in calls:
        refuse_if_too_many("a server")
        abandon("a server", call)
    with pytest.raises(TimedOut, match="still works on 4 queries that were given up") as caught:
        refuse_if_too_many("a server")
    assert "\n" not in str(caught.value)
    refuse_if_too_many("another server")
    calls[0].set_result(None)
    calls[1].set_exception(ValueError())
    assert len(abandoned_at("a server")) == MOST - 2
    refuse_if_too_many("a server")


def test_a_call_that_has_ended_is_not_counted() -> None:
    call: Future[None] = Future()
    call.set_result(None)
    abandon("a third server", call)
    assert not abandoned_at("a third server")
