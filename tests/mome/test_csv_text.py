"""No cell of a CSV text is a formula, wherever a spreadsheet splits its lines."""

from __future__ import annotations

import csv
import datetime
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mome.csv_text import csv_lines, value_text

FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def lines(*texts: object) -> list[str]:
    return list(csv_lines(("t",), [(text,) for text in texts]))[1:]


def cells(text: str, separator: str) -> list[str]:
    """The cells that a spreadsheet with this separator shows."""
    read = csv.reader(re.split("[\r\n]+", text), delimiter=separator)
    return [cell for row in read for cell in row]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        (" =1", '" \'=1"'),
        ("\t=1", "\"'\t'=1\""),
        ("\r=1", "\"'\r'=1\""),
        ("a;=1+1;b", '"a;\'=1+1;b"'),
        ("a;\t-1", '"a;\t\'-1"'),
        ('a;"=1', '"a;""\'=1"'),
        ("a\n@SUM(A1)", '"a\n\'@SUM(A1)"'),
        ("\uff1d1", "'\uff1d1"),
        (["a;=1"], '"[""a;\'=1""]"'),
        (datetime.timedelta(days=-1), '"\'-1 day, 0:00:00"'),
        ("a=1; b-2", '"a=1; b-2"'),
        ("2024-01-02", "2024-01-02"),
        ("'=1", "'=1"),
    ],
)
def test_what_would_start_a_formula_gets_an_apostrophe(text: object, written: str) -> None:
    assert lines(text) == [written]


def test_numbers_stay_numbers() -> None:
    assert lines(-1, -1.5, Decimal("-2.50"), float("-inf"), True, None) == [
        "-1",
        "-1.5",
        "-2.50",
        "-inf",
        "True",
        '""',
    ]


def test_headers_are_texts_too() -> None:
    assert list(csv_lines(("=a", "b;=c"), [])) == ["'=a,\"b;'=c\""]


@given(
    texts=st.lists(st.text(alphabet="=+-@\uff1d;\t\r\n\", a'", max_size=8), min_size=1, max_size=3),
    separator=st.sampled_from(",;\t"),
)
def test_no_cell_is_a_formula_wherever_a_line_is_split(texts: list[str], separator: str) -> None:
    written = "\r\n".join(csv_lines(["x"] * len(texts), [("x", *texts)]))
    formulas = [
        cell for cell in cells(written, separator) if cell.strip(' \t\r\n"').startswith(FORMULA)
    ]
    assert formulas == []


def test_values_as_text() -> None:
    assert [value_text(value) for value in (None, b"\x01", [1, None], {"a": Decimal("1.0")})] == [
        "",
        "01",
        "[1, null]",
        '{"a": "1.0"}',
    ]
