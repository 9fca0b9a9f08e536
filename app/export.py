"""A result as an Arrow table for the grid and Parquet, and as CSV, whatever types a column has."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet

from mome.csv_text import csv_lines, value_text

Names = Sequence[str]
Rows = Sequence[tuple]
# IEEE 754, binary64.
SAFE_INTEGER = 2**53 - 1
"""The greatest integer up to which a double holds all of them."""
EXACT_DIGITS = 15
"""The decimal digits that a double always holds."""


def unique_names(columns: Sequence[str]) -> list[str]:
    """Return column names, repeated ones with a number appended."""
    names: list[str] = []
    for number, column in enumerate(columns, 1):
        name = again = column or f"column {number}"
        turn = 2
        while again in names:
            again, turn = f"{name} ({turn})", turn + 1
        names.append(again)
    return names


def table(columns: Sequence[str], rows: Rows) -> pa.Table:
    """Return the result as an Arrow table; a column that mixes types becomes text."""
    arrays = {}
    for position, name in enumerate(unique_names(columns)):
        arrays[name] = _array([row[position] for row in rows])
    return pa.table(arrays)


def to_parquet(columns: Sequence[str], rows: Rows) -> bytes:
    """Return the content of a .parquet file."""
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table(columns, rows), sink)
    return sink.getvalue()


def to_csv(columns: Sequence[str], rows: Rows) -> bytes:
    """Return the content of a UTF-8 .csv file with a header. None is an empty field, and no text is
    a formula.
    """
    lines = csv_lines(unique_names(columns), rows)
    # RFC 4180, section 2: lines end in CRLF.
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "replace")


def grid(columns: Sequence[str], rows: Rows) -> pa.Table:
    """Return the result as the browser's grid can show it: columns with numbers of more digits than
    a JavaScript number holds are text.
    """
    arrays = {}
    for place, name in enumerate(unique_names(columns)):
        values = [row[place] for row in rows]
        if any(_is_too_long(value) for value in values):
            values = [_number_text(value) for value in values]
        arrays[name] = _array(values)
    return pa.table(arrays)


def is_number(table: pa.Table, place: int) -> bool:
    """Return whether a column holds numbers."""
    kind = table.schema.field(place).type
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)


def file_name(question: str, suffix: str) -> str:
    """Return a file name derived from the question."""
    # Only word characters, so that a question cannot name a folder; 60 of them fit every system.
    words = re.findall(r"\w+", question.lower())
    return f"{'-'.join(words[:8])[:60] or 'answer'}.{suffix}"


def _array(values: list[object]) -> pa.Array:
    values = [value_text(value) if isinstance(value, list | dict) else value for value in values]
    try:
        return pa.array(values)
    # Mixed types, integers beyond 64 bits, and half of a surrogate pair.
    except (pa.ArrowException, OverflowError, UnicodeEncodeError):
        return pa.array(map(_encodable, values), pa.string())


def _encodable(value: object) -> str | None:
    """Return a value as text that UTF-8 can hold."""
    return None if value is None else value_text(value).encode("utf-8", "replace").decode()


def _is_too_long(value: object) -> bool:
    """Return whether a JavaScript number, a double, would change a digit of an exact number."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return abs(value) > SAFE_INTEGER
    if isinstance(value, Decimal) and value.is_finite():
        return len(value.as_tuple().digits) > EXACT_DIGITS
    return False


def _number_text(value: object) -> str | None:
    if value is None:
        return None
    return f"{value:f}" if isinstance(value, Decimal) else value_text(value)
