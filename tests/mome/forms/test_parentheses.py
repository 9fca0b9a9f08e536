"""Parentheses stand exactly where an operator needs them."""

from __future__ import annotations

import pytest

from mome.forms.language import parse_form, write_form
from mome.forms.parentheses import set_parentheses

CASES = {
    "(a + b) * c": "(a + b) * c",
    "(a * b) + (c)": "a * b + c",
    "a - (b - c)": "a - (b - c)",
    "(a - b) - c": "a - b - c",
    "a + (b + c)": "a + b + c",
    "(a = 1 OR b = 2) AND ((c = 3))": "(a = 1 OR b = 2) AND c = 3",
    "NOT (a = 1 AND b = 2)": "NOT (a = 1 AND b = 2)",
    "NOT ((a = 1))": "NOT a = 1",
    "(a = b) = c": "(a = b) = c",
    "a || (b % 3) || c": "a || (b % 3) || c",
    "SUM((a))": "SUM(a)",
    "a IN ((1 + 2), 3)": "a IN (1 + 2, 3)",
}


@pytest.mark.parametrize(("given", "wanted"), CASES.items(), ids=CASES)
def test_needless_ones_go_and_needed_ones_stay(given: str, wanted: str) -> None:
    tree = parse_form(f"SELECT {given}")
    set_parentheses(tree)
    assert write_form(tree) == f"SELECT {wanted}"
