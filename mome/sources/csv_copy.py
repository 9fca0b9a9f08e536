"""Copy a csv file that DuckDB cannot read as it is: UTF-8, one delimiter, lines of equal length.

`csv_files` calls it for other encodings, for ragged lines, and where DuckDB finds no format.
"""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from mome.sources.errors import UnreadableTableFile

# Python parses about 20 MB a second, and the copy is made whenever the file is opened.
COPIED_BYTES = 256 * 2**20
"""Larger files are refused rather than copied."""
_HEAD_BYTES = 2**16
"""Bytes from which the encoding is recognised if it is not UTF-8."""
_HEAD_RECORDS = 1_000
"""Records from which the delimiter is recognised."""
CHECKED_BYTES = 64 * 2**20
"""Bytes of a file that are checked for its encoding; DuckDB refuses other bytes after them."""
DELIMITERS = (",", ";", "\t", "|")
_MOST_RAGGED = 0.1
"""With a larger share of ragged lines the delimiter is wrong, or the file is no table."""
_NAMED_LINES = 3
"""Ragged lines that a message names."""
_BYTE_ORDER_MARKS = (
    # Before UTF-16, whose mark is the beginning of this one.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass
class Ragged:
    """The lines of a file that have too many or too few fields."""

    width: int
    """Fields of a sound line."""
    left_out: list[int] = field(default_factory=list)
    """Numbers of the lines that have more; they are not in the copy."""
    filled: list[int] = field(default_factory=list)
    """Numbers of the lines that have fewer; the missing fields are empty in the copy."""

    def problems(self) -> Iterator[str]:
        """Yield a sentence for each kind of ragged lines."""
        if self.left_out:
            yield (
                f"{_lines(self.left_out)} more than {self.width} fields, not read; "
                "put quotes around a field that holds the delimiter"
            )
        if self.filled:
            yield f"{_lines(self.filled)} fewer than {self.width} fields, the rest read as empty"


def encoding_of(path: Path) -> str:
    """Return Python's name of a file's encoding.

    UTF-8 and UTF-16 are recognised for certain; all else is read as Windows-1252, the encoding of
    Excel in Western Europe, if its bytes allow that. Raises UnreadableTableFile otherwise.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    for mark, name in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return name
    if b"\0" in head:
        return _utf_16_without_mark(path, head)
    for name in ("utf-8", "cp1252"):
        if _decodes(path, name):
            return name
    raise UnreadableTableFile(f"the encoding of {path.name} is unknown; save it as UTF-8")


def _utf_16_without_mark(path: Path, head: bytes) -> str:
    # In UTF-16 one octet of each Latin letter, digit and delimiter is zero, always on one side.
    even = head[::2].count(0)
    odd = head[1::2].count(0)
    name = "utf-16-le" if odd > even else "utf-16-be"
    is_clear = max(even, odd) * 5 > len(head) // 2 and min(even, odd) * 10 < max(even, odd)
    if not is_clear or not _decodes(path, name):
        raise UnreadableTableFile(
            f"{path.name} holds NUL bytes, so it is no text; save it as UTF-8"
        )
    return name


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as stream:
        octets = stream.read(CHECKED_BYTES)
        is_whole = not stream.read(1)
    try:
        # The last character may be cut unless this is the end of the file.
        decoder.decode(octets, final=is_whole)
    except UnicodeDecodeError:
        return False
    return True


def copy_csv(path: Path, encoding: str, to: Path) -> Ragged:
    """Write the file to `to` and return its ragged lines. Raises UnreadableTableFile."""
    if path.stat().st_size > COPIED_BYTES:
        raise UnreadableTableFile(
            f"{path.name} is not UTF-8 or has ragged lines, and is too large to be mended here; "
            "save it as UTF-8 with the same number of fields in each line"
        )
    try:
        with path.open(encoding=encoding, newline="") as stream:
            delimiter = _delimiter(path, encoding)
            records = _Records(csv.reader(stream, delimiter=delimiter))
            return _write(path, records, to)
    except (csv.Error, UnicodeError) as error:
        raise UnreadableTableFile(f"{path.name} cannot be read as csv: {error}") from error


def _write(path: Path, records: _Records, to: Path) -> Ragged:
    head = list(islice(records, _HEAD_RECORDS))
    width = _usual_width([record for _, record in head])
    # Titles and blank lines above the table have fewer fields.
    start = next(at for at, (_, record) in enumerate(head) if len(record) == width)
    ragged = Ragged(width)
    written = 0
    with to.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        for line, record in chain(head[start:], records):
            if not record:
                continue
            # Spreadsheets end a line with the delimiters of empty columns.
            while len(record) > width and not record[-1]:
                record.pop()
            if len(record) > width:
                ragged.left_out.append(line)
                continue
            if len(record) < width:
                ragged.filled.append(line)
            writer.writerow(record + [""] * (width - len(record)))
            written += 1
    # One ragged line says nothing about the others, however short the file is.
    if len(ragged.left_out) + len(ragged.filled) > max(1, _MOST_RAGGED * written):
        first = min(ragged.left_out + ragged.filled)
        raise UnreadableTableFile(
            f"{path.name} is no table: many lines, line {first} first, do not have "
            f"{width} fields as most do"
        )
    return ragged


class _Records:
    """Records of a csv file, each with the number of its last line."""

    def __init__(self, reader: Iterator[list[str]]) -> None:
        self._reader = reader

    def __iter__(self) -> _Records:
        return self

    def __next__(self) -> tuple[int, list[str]]:
        record = next(self._reader)
        return self._reader.line_num, record  # type: ignore[attr-defined]


def _delimiter(path: Path, encoding: str) -> str:
    """Return the delimiter with which most of the first records have the same number of fields."""
    best = (0.0, 0)
    found = ","
    for delimiter in DELIMITERS:
        with path.open(encoding=encoding, newline="") as stream:
            records = list(islice(csv.reader(stream, delimiter=delimiter), _HEAD_RECORDS))
        width = _usual_width(records)
        share = sum(len(record) == width for record in records) / max(1, len(records))
        if width > 1 and (share, width) > best:
            best = (share, width)
            found = delimiter
    return found


def _usual_width(records: list[list[str]]) -> int:
    widths = Counter(len(record) for record in records if record)
    if not widths:
        raise UnreadableTableFile("the file is empty")
    return widths.most_common(1)[0][0]


def _lines(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:_NAMED_LINES]))
    if len(numbers) == 1:
        return f"line {shown} has"
    hidden = len(numbers) - _NAMED_LINES
    return f"lines {shown} and {hidden} more have" if hidden > 0 else f"lines {shown} have"
