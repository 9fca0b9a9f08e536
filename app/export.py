"""A result as an Arrow table for the grid and Parquet, and as CSV, whatever types a column mixes.

Spreadsheets execute a CSV text that starts like a formula. Such a text, and nothing else, gets a
leading apostrophe.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet

Rows = Sequence[tuple]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Leading characters of a text that a spreadsheet would evaluate."""


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
    sink = io.StringIO(newline="")
    # RFC 4180, section 2: lines end in CRLF.
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow(map(_cell, unique_names(columns)))
    writer.writerows(map(_cell, row) for row in rows)
    return sink.getvalue().encode("utf-8", "replace")


def file_name(question: str, suffix: str) -> str:
    """Return a file name derived from the question."""
    # Only word characters, so that a question cannot name a folder; 60 of them fit every system.
    words = re.findall(r"\w+", question.lower())
    return f"{'-'.join(words[:8])[:60] or 'answer'}.{suffix}"


def _array(values: list[object]) -> pa.Array:
    values = [_text(value) if isinstance(value, list | dict) else value for value in values]
    try:
        return pa.array(values)
    # Mixed types, integers beyond 64 bits, and half of a surrogate pair.
    except (pa.ArrowException, OverflowError, UnicodeEncodeError):
        return pa.array(map(_encodable, values), pa.string())


def _encodable(value: object) -> str | None:
    """Return a value as text that UTF-8 can hold."""
    return None if value is None else _text(value).encode("utf-8", "replace").decode()


def _cell(value: object) -> str:
    """Return a value as CSV text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else _text(value)


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bytes():
            return value.hex()
        case list() | dict():
            return json.dumps(value, ensure_ascii=False, default=_text)
    return str(value)
