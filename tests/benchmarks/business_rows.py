"""What the made businesses have in common: writing the tables and drawing rows.

The businesses are made up here, so that no model was trained on them. The rows are drawn from a
fixed seed: they are the same on every run. All days are from 2023 to 2025.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from billing_words import Draw, Row, day, moment

FIRST, LAST = date(2023, 1, 1), date(2025, 12, 31)
"""The first and the last day of what happens in the databases."""
GIVEN_NAMES = (
    "Alma Bruno Carmen Derek Edith Farid Gloria Hannes Imani Jonas Keiko Lorenzo Mira Nikolai "
    "Odette Pavel Rosa Samir Tessa Viktor"
).split()
FAMILY_NAMES = (
    "Anders Bianchi Costa Dahl Engel Ferrari Goldberg Hoffman Ito Jokinen Keller Lindqvist "
    "Murphy Nakamura Oliveira Peltonen Quinn Rossi Svensson Tanaka"
).split()

Value = TypeVar("Value")
Tables = Mapping[str, list[Row]]
"""The rows of each table."""


def create(path: Path, schema: Path, tables_of: Callable[[Draw], Tables]) -> Path:
    """Write a database to `path` in place of an existing file, and return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(schema.read_text(encoding="utf-8"))
        for table, rows in tables_of(random.Random(0)).items():
            marks = ", ".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        connection.commit()
    return path


def people(draw: Draw, count: int) -> list[str]:
    """Draw different full names."""
    names = [f"{given} {family}" for given in GIVEN_NAMES for family in FAMILY_NAMES]
    return draw.sample(names, count)


def between(draw: Draw, first: str | date = FIRST, last: str | date = LAST) -> date:
    """Draw a day from dates as they are stored, both ends included."""
    return day(draw, _date(first), _date(last))


def after(draw: Draw, start: str | date, fewest: int, most: int) -> date | None:
    """Draw a day that many days after another; None if it lies behind the last day."""
    found = _date(start) + timedelta(draw.randint(fewest, most))
    return found if found <= LAST else None


def time_on(draw: Draw, start: date | None) -> str | None:
    """Draw a moment of a day; None stays None."""
    return None if start is None else moment(draw, start)


def maybe(draw: Draw, chance: float, value: Value) -> Value | None:
    """Return the value with a probability, otherwise None."""
    return value if draw.random() < chance else None


def numbered(rows: list[Row], first: int = 1) -> list[Row]:
    """Put the numbers from `first` on before the rows."""
    return [(number, *row) for number, row in enumerate(rows, first)]


def _date(stored: str | date) -> date:
    return stored if isinstance(stored, date) else date.fromisoformat(stored[:10])
