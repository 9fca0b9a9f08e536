"""Rows as CSV text that no spreadsheet runs: `mome ask --csv` and the page's download write it.

Covered: a text that starts like a formula, and one in which a spreadsheet that splits lines at
semicolons or tabs would find a formula. Not covered: a program that splits at anything else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

# Where a spreadsheet may see a cell begin, whatever it splits at (which depends on the country: a
# quoted field in the middle of a line does not protect it from another separator), and the
# characters that make it a formula there. Some spreadsheets drop spaces and quotes before it, and
# read the full-width forms like the plain ones (OWASP, CSV Injection).
_FORMULA = re.compile(r"(^|[;\t\r\n])([\s\"]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
# A text that starts with these is one more way in: a spreadsheet drops them.
_DROPPED = ("\t", "\r", "\n")
# Fields that are quoted: RFC 4180, section 2, and semicolons and tabs, at which some split.
_QUOTED = re.compile(r'[,;\t"\r\n]|^\s|\s$')
_NUMBERS = (int, float, Decimal)
"""Their texts stay as they are, also where they begin with a minus sign."""


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield the header and the rows without line ends. None is an empty field, and no text is a
    formula.
    """
    yield _line(columns)
    yield from map(_line, rows)


def value_text(value: object) -> str:
    """Return a value as text: None as nothing, bytes in hexadecimal, lists and objects as JSON."""
    match value:
        case None:
            return ""
        case bytes():
            return value.hex()
        case list() | dict():
            return json.dumps(value, ensure_ascii=False, default=value_text)
    return str(value)


def _line(values: Sequence[object]) -> str:
    cells = [_cell(value) for value in values]
    # A line with nothing in it would be read as no row.
    return ",".join(cells) if cells != [""] else '""'


def _cell(value: object) -> str:
    text = value_text(value)
    if not isinstance(value, _NUMBERS):
        text = _harmless(text)
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def _harmless(text: str) -> str:
    """Put an apostrophe, with which spreadsheets mark a text, before all that starts a formula."""
    escaped = _FORMULA.sub(r"\1\2'", text)
    return f"'{escaped}" if escaped.startswith(_DROPPED) else escaped
