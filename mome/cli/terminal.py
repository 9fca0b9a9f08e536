"""Output of the command line: whole lines without control characters."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

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


def _cell(value: object) -> Text:
    return Text("" if value is None else _harmless(str(value)))


def _print(console: Console, line: str) -> None:
    console.print(_harmless(line), markup=False, highlight=False, soft_wrap=True)


def _harmless(text: str) -> str:
    """Replace control characters, except tabs and line ends, and lone surrogates."""
    shown = re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "\N{REPLACEMENT CHARACTER}", text)
    return shown.encode("utf-8", "replace").decode()
