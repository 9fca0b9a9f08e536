"""Values as JSON holds them."""

from __future__ import annotations

import pytest

from schemas.contents.scalars import scalar


@pytest.mark.parametrize(
    ("value", "family", "expected"),
    [
        (None, "text", None),
        (b"x", "text", None),
        ("12", "integer", 12),
        ("12", "text", "12"),
        ("1.5", "number", 1.5),
        ("NaN", "number", None),
        ("-Infinity", "number", None),
        ("$1.50", "number", "$1.50"),
        ("true", "boolean", True),
        ("0", "boolean", 0),
        ("2024-01-02", "date", "2024-01-02"),
    ],
)
def test_values_become_json(value: object, family: str, expected: object) -> None:
    converted = scalar(value, family)
    assert (converted, type(converted)) == (expected, type(expected))
