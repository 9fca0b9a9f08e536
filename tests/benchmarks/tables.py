"""Output of the benchmarks: tables on the terminal, and the same rows as CSV."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table as Grid

WIDTH = 140
"""Columns of the terminal; fixed, so that a log holds the same lines as a screen."""
Row = dict[str, str]
"""The cells of a row by column."""


def show(path: Path, *tables: Sequence[Row]) -> None:
    """Print the tables and write them to one CSV file, each with its own header.

    All rows of a table have the same columns.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        for rows in tables:
            columns = list(rows[0])
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
            grid = Grid(*columns)
            for row in rows:
                grid.add_row(*row.values())
            Console(width=WIDTH).print(grid)
