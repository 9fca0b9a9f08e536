"""Output of the command line: whole lines; characters that steer a terminal are escaped."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mome.csv_text import csv_lines

# Rich breaks rows at its width; a program that reads the output gets every row in one line.
WIDE = 10_000

out, err = Console(width=None if sys.stdout.isatty() else WIDE), Console(stderr=True)


def say(line: str) -> None:
    """Print a line of the answer to stdout."""
    _print(out, line)


def tell(line: str) -> None:
    """Print a line beside the answer to stderr."""
    _print(err, line)


def tell_all(label: str, lines: Iterable[str]) -> None:
    """Print lines to stderr, each after the label."""
    for line in lines:
        tell(f"{label}: {line}")


def show_rows(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; cells are neither markup nor terminal commands."""
    table = Table()
    for name in columns:
        table.add_column(_cell(name))
    for row in rows:
        table.add_row(*map(_cell, row))
    out.print(table)


def show_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows as CSV to stdout; None is an empty field, and no text is a formula."""
    text = "".join(f"{line}\n" for line in csv_lines(columns, rows))
    # A file keeps control characters; a terminal must not be steered by them.
    shown = harmless(text) if sys.stdout.isatty() else text.encode("utf-8", "replace").decode()
    sys.stdout.write(shown)
    sys.stdout.flush()


def say_json(value: object) -> None:
    """Print a value as JSON to stdout; what JSON does not know, such as dates, as text."""
    # Beyond ASCII all is escaped, as JSON does itself.
    _print(out, json.dumps(value, default=str))


def counted(number: int, noun: str) -> str:
    """Return `1 row` and `2 rows`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _cell(value: object) -> Text:
    return Text("" if value is None else harmless(str(value)))


def _print(console: Console, line: str) -> None:
    console.print(harmless(line), markup=False, highlight=False, soft_wrap=True)


# Control characters, formats such as U+202E (text runs from right to left), line and paragraph
# separators, and halves of surrogate pairs.
_STEERING = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs"})
# Tabs and line ends are layout; the two joiners are parts of words and of emoji.
_LAYOUT = frozenset("\t\n\u200c\u200d")


def harmless(text: str) -> str:
    """Escape characters that steer a terminal or turn the text around: U+202E becomes `\\u202e`."""
    return "".join(_escaped(char) if _steers(char) else char for char in text)


def _steers(char: str) -> bool:
    return char not in _LAYOUT and unicodedata.category(char) in _STEERING


def _escaped(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode()
