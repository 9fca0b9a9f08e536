"""Periods of a form are said as in the question where that means the same days."""

from __future__ import annotations

import pytest

from mome.backbones.bundled.form_tokens import join_form, split_form
from mome.backbones.bundled.period_alignment import align_periods

ALIGNED = [
    ("BEFORE ( i2 , '2025' )", ["2024"], "UNTIL ( i2 , '2024' )"),
    ("SINCE ( i2 , '2025' )", ["2024"], "AFTER ( i2 , '2024' )"),
    ("AFTER ( i2 , '2024' )", ["2025"], "SINCE ( i2 , '2025' )"),
    ("UNTIL ( i2 , '2024-12-31' )", ["2024"], "UNTIL ( i2 , '2024' )"),
    ("UNTIL ( i2 , '2024' )", ["2025"], "BEFORE ( i2 , '2025' )"),
    ("SINCE ( i2 , '2024-07' )", ["2024-Q3"], "SINCE ( i2 , '2024-Q3' )"),
    (
        "DURING ( i2 , '2024-01-01' , '2024-03' )",
        ["2024-01", "2024-03"],
        "DURING ( i2 , '2024-01' , '2024-03' )",
    ),
]


@pytest.mark.parametrize(("form", "said", "aligned"), ALIGNED)
def test_a_bound_is_said_as_in_the_question(form: str, said: list[str], aligned: str) -> None:
    tokens = align_periods(split_form(f"SELECT i1 WHERE {form}"), said)
    assert join_form(text for _, text in tokens) == f"SELECT i1 WHERE {aligned}"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("DURING ( i2 , '2024' )", ["2023"]),
        ("DURING ( i2 , '2024' )", ["2024-01", "2024-12"]),
        ("SINCE ( i2 , '2024' )", ["2024", "2023"]),
        ("DURING ( i2 , 'last 3 days' )", ["2024"]),
        ("SINCE ( i2 , '2024' )", ["this year"]),
        ("i2 = '2025'", ["2024"]),
    ],
)
def test_all_else_stays(form: str, said: list[str]) -> None:
    tokens = split_form(f"SELECT i1 WHERE {form}")
    assert align_periods(tokens, said) == tokens
