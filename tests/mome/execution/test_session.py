"""Values as plain Python, and messages as one line."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from ipaddress import ip_address

import pytest

from mome.execution.session import one_line, plain


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        1,
        1.5,
        "a",
        b"a",
        Decimal("1.5"),
        datetime.date(2024, 2, 29),
        datetime.datetime(2024, 2, 29),
        datetime.timedelta(1),
    ],
)
def test_plain_values_stay(value: object) -> None:
    assert plain(value) is value


def test_other_values_become_text_inside_of_lists_too() -> None:
    identifier = uuid.UUID(int=7)
    assert plain({"a": [identifier, (ip_address("10.0.0.1"), memoryview(b"x"))]}) == {
        "a": [str(identifier), ["10.0.0.1", b"x"]]
    }


@pytest.mark.parametrize(("text", "line"), [("a\nb", "a"), ("\n a \n", "a"), ("", "ValueError")])
def test_a_message_is_one_line(text: str, line: str) -> None:
    assert one_line(ValueError(text)) == line
