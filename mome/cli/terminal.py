"""What the command line prints: whole lines, free of what could steer a terminal; `mome.cli.main` and `mome.cli.progress` use it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDE = 10_000
"""Columns where nobody reads along: a program gets every row in one line."""

out, err = Console(width=None if sys.stdout.isatty() else WIDE), Console(stderr=True)


def say(line: str) -> None:
    """Print a line of the answer."""
    _print(out, line)


def tell(line: str) -> None:
    """Print a line beside the answer, to stderr."""
    _print(err, line)


def tell_all(label: str, lines: Iterable[str]) -> None:
    """Print lines to stderr, each after the label."""
    for line in lines:
        tell(f"{label}: {line}")


def show_rows(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; what a row holds is neither markup nor commands to the terminal."""
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
    """Without control characters, but for tabs and line ends, and without what is no character."""
    shown = re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "\N{REPLACEMENT CHARACTER}", text)
    return shown.encode("utf-8", "replace").decode()
