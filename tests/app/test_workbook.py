from __future__ import annotations

import datetime
import io
import zipfile
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from app.columns import Shown
from app.units import Unit
from app.workbook import to_workbook

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def parts(content: bytes) -> dict[str, ElementTree.Element]:
    book = zipfile.ZipFile(io.BytesIO(content))
    names = [name for name in book.namelist() if name.endswith(".xml")]
    return {name: ElementTree.fromstring(book.read(name)) for name in names}


def cells(content: bytes, sheet: int = 1) -> list[list[tuple[str, str]]]:
    """Type and content of each cell; those of texts are read from the table of texts."""
    found = parts(content)
    texts = ["".join(one.itertext()) for one in found["xl/sharedStrings.xml"]]
    rows = []
    for row in found[f"xl/worksheets/sheet{sheet}.xml"].iter(f"{SPACE}row"):
        line = []
        for cell in row:
            value = cell.findtext(f"{SPACE}v") or ""
            kind = cell.get("t", "n")
            line.append((kind, texts[int(value)] if kind == "s" else value))
        rows.append(line)
    return rows


@pytest.mark.parametrize(
    "text", ["=cmd()", "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "https://example.com", "{=1}"]
)
def test_a_text_is_no_formula_and_no_link(text: str) -> None:
    content = to_workbook(("=n",), [(text,)])
    assert cells(content) == [[("s", "=n")], [("s", text)]]
    sheet = parts(content)["xl/worksheets/sheet1.xml"]
    assert not list(sheet.iter(f"{SPACE}f")) and not list(sheet.iter(f"{SPACE}hyperlink"))


def test_numbers_dates_and_truths_have_their_types() -> None:
    row = (7, Decimal("12.50"), 0.25, True, None, datetime.date(2024, 5, 1), b"\x01", float("nan"))
    names = tuple("abcdefgh")
    line = cells(to_workbook(names, [row]))[1]
    assert line == [
        ("n", "7"),
        ("n", "12.5"),
        ("n", "0.25"),
        ("b", "1"),
        ("n", "45413"),
        ("s", "01"),
        ("s", "nan"),
    ]
    moment = datetime.datetime(2024, 5, 1, 12, tzinfo=datetime.UTC)
    assert cells(to_workbook(("at",), [(moment,)]))[1] == [("n", "45413.5")]


def test_every_digit_is_kept() -> None:
    rows = [(2**60 + 1,), (Decimal("1234567890123456.78"),), (datetime.date(1850, 1, 1),)]
    kept = [line[0] for line in cells(to_workbook(("n",), rows))[1:]]
    assert kept == [("s", str(2**60 + 1)), ("s", "1234567890123456.78"), ("s", "1850-01-01")]


def test_titles_have_units_and_numbers_their_format() -> None:
    columns = (Shown("price", Unit("money", "EUR")), Shown("share of books", Unit("share")))
    content = to_workbook(("price", "share"), [(12.5, 0.25)], columns)
    assert cells(content)[0] == [("s", "price (EUR)"), ("s", "share of books (%)")]
    formats = [one.get("formatCode") for one in parts(content)["xl/styles.xml"].iter()]
    assert {"#,##0.00", "0.0%"} <= set(formats)


def test_a_second_sheet_tells_of_the_rows() -> None:
    content = to_workbook(("n",), [(1,)], about=[("Question", "=cmd()"), ("Rows in all", "1")])
    assert cells(content, 2) == [
        [("s", "Question"), ("s", "=cmd()")],
        [("s", "Rows in all"), ("s", "1")],
    ]


def test_half_of_a_pair_and_a_long_text_are_written() -> None:
    line = cells(to_workbook(("a", "b"), [("\ud800", "x" * 40_000)]))[1]
    assert line[0] == ("s", "?") and len(line[1][1]) == 32_767
