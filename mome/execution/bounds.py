"""How much of a result is kept: rows, bytes, and bytes of one value. All sessions read through it.

A value over its bound is shortened and says so; rows over the bound of the result are left out.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import islice

from mome.execution.session import Fetched, plain

# A download of 100,000 rows may have 650 bytes a row. As Python objects, small values take up to
# seven times what is counted for them, so that a result takes at most about 500 MB.
RESULT = 64 * 2**20
"""Characters and bytes of a result, with `_OVERHEAD` for each value."""
# No person reads a longer value. A stored document or picture of usual size stays whole.
VALUE = 2**20
"""Characters of a text and bytes of a blob in a result with up to 64 columns."""
# A number takes 28 bytes, a date 32, a Decimal 104. More here would cut a download of 100,000 rows
# and 40 columns.
_OVERHEAD = 16
"""Bytes that a value counts beyond its characters."""
# Looked up first, because most values of most results are of these types.
_SMALL = frozenset(
    (int, float, bool, type(None), Decimal, datetime.date, datetime.datetime, datetime.time)
)
"""Types of plain values that are never long."""


class Shortened(str):
    """The text of a value that the engine has shortened already."""


def value_limit(columns: int) -> int:
    """Return the bound of one value, so that a row of that many columns fits into a result."""
    return min(VALUE, RESULT // max(1, columns))


def cut_mark(kept: object, whole: object, unit: str) -> str:
    """Return what stands behind a shortened value."""
    return f"… [cut: {kept} of {whole} {unit}]"


def bounded(columns: tuple[str, ...], rows: Iterable[Sequence], count: int) -> Fetched:
    """Return at most `count` rows with plain values, as far as they fit into the bounds.

    rows: read one by one, so that no more of the result is in memory.
    """
    limit = value_limit(len(columns))
    kept: list[tuple] = []
    cut: list[int] = []
    room = RESULT
    for number, row in enumerate(islice(rows, count)):
        values = []
        room -= _OVERHEAD * len(row)
        for raw in row:
            if type(raw) in _SMALL:
                values.append(raw)
                continue
            value, size, is_cut = _bounded(raw, limit)
            values.append(value)
            room -= size
            if is_cut:
                cut.append(number)
        # The first row always fits, by the bound of its values.
        if room < 0 and kept:
            return Fetched(columns, kept, tuple(at for at in cut if at < number), is_short=True)
        kept.append(tuple(values))
    return Fetched(columns, kept, tuple(cut))


def _bounded(value: object, limit: int) -> tuple[object, int, bool]:
    """Return the value as plain Python, its size and whether it had to be shortened."""
    if type(value) is str and len(value) <= limit:
        return value, len(value), False
    if isinstance(value, Shortened):
        return str(value), len(value), True
    size = _size(value, limit)
    if size <= limit:
        return plain(value), size, False
    text = _shortened(value, limit)
    return text, len(text), True


def _size(value: object, limit: int) -> int:
    """Return the size of a value; for a list or dictionary over the limit some number above it."""
    match value:
        case str() | bytes():
            return len(value)
        case dict():
            return _size([*value.keys(), *value.values()], limit)
        case list() | tuple():
            size = 0
            for item in value:
                size += _size(item, limit) + _OVERHEAD
                if size > limit:
                    break
            return size
    return 0


def _shortened(value: object, limit: int) -> str:
    """Return the beginning of a value as text that says that it is cut."""
    match value:
        case str():
            return value[:limit] + cut_mark(f"{limit:,}", f"{len(value):,}", "characters")
        case bytes():
            # In hexadecimal, as exports write bytes: two characters for each.
            kept = limit // 2
            return value[:kept].hex() + cut_mark(f"{kept:,}", f"{len(value):,}", "bytes")
    return _beginning(value, limit) + cut_mark(f"{limit:,}", "more", "characters")


def _beginning(value: object, limit: int) -> str:
    """Return the beginning of the JSON of a list or dictionary. The whole may not fit in memory."""
    parts: list[str] = []
    length = 0
    # Keys that JSON does not know are left out.
    for part in json.JSONEncoder(ensure_ascii=False, default=str, skipkeys=True).iterencode(value):
        parts.append(part)
        length += len(part)
        if length >= limit:
            break
    return "".join(parts)[:limit]
