"""Values cross the pipe as they are; nothing else does."""

from __future__ import annotations

import datetime
import io
import math
import os
import pickle
import uuid
from collections import OrderedDict
from decimal import Decimal

import pytest

from mome.execution.messages import receive, send


def through(message: object) -> object:
    pipe = io.BytesIO()
    send(pipe, message)
    pipe.seek(0)
    return receive(pipe)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        2**4000,
        -0.0,
        math.inf,
        "ä\0\n😀",
        b"\x00\xff",
        Decimal("1.50"),
        Decimal("NaN"),
        datetime.date(2024, 2, 29),
        datetime.datetime(2024, 2, 29, 12, 0, 0, 123456),
        datetime.datetime(2024, 2, 29, tzinfo=datetime.UTC),
        datetime.time(23, 59, tzinfo=datetime.timezone(datetime.timedelta(hours=5))),
        datetime.timedelta(days=-1, microseconds=1),
        [1, [None, {"a": [Decimal(1)]}], ("b", 2)],
        {uuid.UUID(int=7): 1},
    ],
)
def test_a_value_stays_what_it_is(value: object) -> None:
    got = through(value)
    assert type(got) is type(value)
    assert repr(got) == repr(value)


def test_not_a_number_stays() -> None:
    assert math.isnan(through([math.nan])[0])


def test_several_messages_follow_each_other() -> None:
    pipe = io.BytesIO()
    send(pipe, ["first", "x" * 10**6])
    send(pipe, ["second"])
    pipe.seek(0)
    assert [receive(pipe)[0], receive(pipe)[0]] == ["first", "second"]
    with pytest.raises(EOFError):
        receive(pipe)


class Evil:
    def __reduce__(self) -> tuple:
        return os.getpid, ()


@pytest.mark.parametrize("value", [Evil(), OrderedDict(a=1), os.getpid])
def test_what_is_no_value_is_not_taken(value: object) -> None:
    with pytest.raises(pickle.UnpicklingError, match="no plain value"):
        through(value)
