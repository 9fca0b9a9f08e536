"""Patterns that keep columns' values out of every file."""

from __future__ import annotations

import pytest

from schemas import is_excluded


@pytest.mark.parametrize(
    ("pattern", "excluded"),
    [
        ("email", True),
        ("EMAIL", True),
        ("e*", True),
        ("people.email", True),
        ("People.*", True),
        ("*.email", True),
        ("hr.people.email", True),
        ("hr.*", True),
        ("mail", False),
        ("orders.email", False),
        ("sales.people.email", False),
        ("", False),
    ],
)
def test_a_pattern_names_columns_in_any_case(pattern: str, excluded: bool) -> None:
    assert is_excluded("hr", "People", "Email", [pattern]) is excluded


def test_no_pattern_excludes_nothing() -> None:
    assert not is_excluded(None, "people", "email", [])
    assert is_excluded(None, "people", "email", ["nothing", "email"])
