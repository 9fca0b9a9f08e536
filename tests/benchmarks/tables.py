"""How the benchmarks show what they measured: a table on the terminal, and the same as CSV."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table as Grid

WIDTH = 140
Row = dict[str, str]


def show(path: Path, *tables: Sequence[Row]) -> None:
    """Print tables, each of rows with the same columns, and write them to one file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        for rows in tables:
            grid = Grid(*rows[0])
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
            for row in rows:
                grid.add_row(*row.values())
            Console(width=WIDTH).print(grid)
