"""A result as an Excel workbook: numbers, dates and texts as such, and no text a formula.
`downloads` offers it.

Covered: texts that begin like a formula or an address are written as texts (shared strings), which
no spreadsheet computes or links. Not covered: what a person does with a cell afterwards.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from app.columns import Shown
from app.export import EXACT_DIGITS, SAFE_INTEGER, unique_names
from mome.csv_text import value_text

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_575
"""Rows of a sheet below its header, a limit of the format."""
LONGEST_TEXT = 32_767
"""Characters of a cell, a limit of the format."""
_FIRST_DAY = datetime.date(1900, 3, 1)
"""Excel counts 1900 as a leap year, so that earlier days are written as texts."""
_FORMATS = {"money": "#,##0.00", "percent": '0.0"%"', "share": "0.0%"}


def to_workbook(
    names: Sequence[str],
    rows: Sequence[tuple],
    columns: Sequence[Shown] = (),
    about: Sequence[tuple[str, str]] = (),
) -> bytes:
    """Return the content of an .xlsx file with the rows, and a second sheet that tells of them.

    columns: units of the numbers; empty where they are not known.
    about: lines of the second sheet: what, and its text.
    """
    # Not at the top: only a download needs it.
    import xlsxwriter

    sink = io.BytesIO()
    book = xlsxwriter.Workbook(sink, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    formats = [book.add_format({"num_format": _number_format(column)}) for column in columns]
    heading = book.add_format({"bold": True})
    stamped = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    sheet = book.add_worksheet("Rows")
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(_titles(names, columns)):
        sheet.write_string(0, place, name[:LONGEST_TEXT], heading)
        sheet.set_column(place, place, max(10, min(len(name) + 2, 40)))
    for line, row in enumerate(rows[:MOST_ROWS], 1):
        for place, value in enumerate(row):
            _write(sheet, line, place, value, formats[place] if formats else None, stamped)
    if about:
        told = book.add_worksheet("About")
        told.set_column(0, 0, 20)
        told.set_column(1, 1, 100)
        for line, (what, text) in enumerate(about):
            told.write_string(line, 0, what, heading)
            told.write_string(line, 1, text[:LONGEST_TEXT])
    book.close()
    return sink.getvalue()


def _titles(names: Sequence[str], columns: Sequence[Shown]) -> list[str]:
    return unique_names([column.axis for column in columns] or list(names))


def _number_format(column: Shown) -> str:
    return "0" if column.is_label else _FORMATS.get(column.unit.form, "General")


def _write(
    sheet: Worksheet, line: int, place: int, value: object, shape: object, stamped: object
) -> None:
    match value:
        case None:
            return
        case bool():
            sheet.write_boolean(line, place, value)
        case int() | float() | Decimal() if _is_exact(value):
            sheet.write_number(line, place, float(value), shape)
        case datetime.datetime() if value.date() >= _FIRST_DAY:
            # A workbook has no time zones.
            sheet.write_datetime(line, place, value.replace(tzinfo=None), stamped)
        case datetime.date() if value >= _FIRST_DAY:
            sheet.write_datetime(line, place, datetime.datetime(*value.timetuple()[:3]))
        case _:
            sheet.write_string(line, place, _text(value)[:LONGEST_TEXT])


def _text(value: object) -> str:
    return value_text(value).encode("utf-8", "replace").decode()


def _is_exact(value: int | float | Decimal) -> bool:
    """Return whether a spreadsheet's number, a double, holds a number to its last digit."""
    if isinstance(value, int):
        return abs(value) <= SAFE_INTEGER
    if isinstance(value, Decimal):
        return value.is_finite() and len(value.as_tuple().digits) <= EXACT_DIGITS
    return value - value == 0
