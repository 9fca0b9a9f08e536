"""SQLite files of drawn databases; `mome.pretrain.command` samples questions over them."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from mome.pretrain.business.drawing import DrawnColumn, DrawnDatabase, DrawnTable
from mome.pretrain.business.values import COUNTRIES, VALUES
from mome.pretrain.sampling.naming import quoted

FACTS = (100, 400)
"""Fewest and most rows of a table of events."""
OTHERS = (12, 60)
"""The same of other tables."""
DAYS = 900
"""Days over which events are spread."""
LATE = 0.35
"""Share of what is done after the day when it was due."""
NAMES = frozenset({"company", "person", "product", "code"})
"""Roles of names, which differ from row to row."""
NULLS = 0.12
"""Share of the rows without a value, in columns where it may be missing."""


def write_database(drawn: DrawnDatabase, path: Path, seed: int, *, typed: bool = False) -> None:
    """Write a database to a SQLite file.

    `typed`: whether dates that are stored as texts are declared as dates, for sampling.
    """
    rng = random.Random(f"rows {seed}")
    keys: dict[str, int] = {}
    with closing(sqlite3.connect(path)) as connection:
        for table in drawn.tables:
            connection.execute(_definition(table, drawn.tables, typed=typed))
            rows = _rows(table, keys, drawn.manners.first_year, rng)
            keys[table.name] = len(rows)
            marks = ", ".join("?" * (len(table.columns) + 1))
            insert = f"INSERT INTO {quoted(table.name)} VALUES ({marks})"
            connection.executemany(insert, rows)
        connection.commit()


def _definition(table: DrawnTable, tables: Sequence[DrawnTable], *, typed: bool) -> str:
    """Return the CREATE TABLE statement."""
    parents = {one.name: one.key for one in tables}
    parts = [f"{quoted(table.key)} INTEGER PRIMARY KEY"]
    for column in table.columns:
        is_date = column.role in ("start", "due", "done", "birth", "stamp")
        declared = "DATE" if typed and is_date and column.type == "TEXT" else column.type
        reference = ""
        if column.refers:
            reference = f" REFERENCES {quoted(column.refers)} ({quoted(parents[column.refers])})"
        null = "" if column.may_be_null else " NOT NULL"
        parts.append(f"{quoted(column.name)} {declared}{null}{reference}")
    return f"CREATE TABLE {quoted(table.name)} ({', '.join(parts)})"


def _rows(
    table: DrawnTable, keys: dict[str, int], first_year: int, rng: random.Random
) -> list[list[object]]:
    """Return the rows of a table; `keys` has the number of rows of those that it refers to."""
    number = rng.randint(*(FACTS if table.is_fact else OTHERS))
    place, name = next((n, one) for n, one in enumerate(table.columns, 1) if not one.refers)
    listed = name.details if name.role == "thing" and not table.is_fact else ()
    rows: list[list[object]] = []
    seen: set[object] = set()
    for key in range(1, (len(listed) or number) + 1):
        row = _row(table, key, keys, first_year, rng)
        if listed:
            # Each thing of a list, such as a plan, is there once.
            row[place] = listed[key - 1]
        elif name.role in NAMES:
            row[place] = _new_name(name, seen, rng)
        rows.append(row)
    return rows


def _new_name(name: DrawnColumn, seen: set[object], rng: random.Random) -> object:
    """Return a name that no other row of the table has, as far as there are enough."""
    found = VALUES[name.role](rng, name.details)
    for _ in range(50):
        if found not in seen:
            break
        found = VALUES[name.role](rng, name.details)
    seen.add(found)
    return found


def _row(
    table: DrawnTable, key: int, keys: dict[str, int], first_year: int, rng: random.Random
) -> list[object]:
    """Return one row; its days follow one another."""
    start = date(first_year, 1, 1) + timedelta(days=rng.randrange(DAYS))
    due = start + timedelta(days=14)
    row: list[object] = [key]
    for column in table.columns:
        if column.role == "due":
            due = start + timedelta(days=rng.randint(*map(int, column.details)))
        row.append(_cell(column, keys, start, due, rng))
    return row


def _cell(
    column: DrawnColumn, keys: dict[str, int], start: date, due: date, rng: random.Random
) -> object:
    """Return the value of one cell."""
    if column.refers:
        # A few rows are referred to often, as a firm has a few large clients.
        return 1 + int(keys[column.refers] * rng.random() ** 1.5)
    if column.role == "kind":
        # The first kinds are the frequent ones.
        return column.stored[int(len(column.stored) * rng.random() ** 1.3)]
    if column.role == "flag":
        return column.stored[rng.random() < 0.4]
    if column.role in ("start", "due", "done", "birth", "stamp"):
        return _day(column, start, due, rng)
    if column.may_be_null and rng.random() < NULLS:
        return None
    found = VALUES[column.role](rng, column.details)
    if column.role == "country" and column.name.lower().endswith("code"):
        return COUNTRIES[str(found)]
    return round(found) if column.type == "INTEGER" and isinstance(found, float) else found


def _day(column: DrawnColumn, start: date, due: date, rng: random.Random) -> str | None:
    """Return a day or time: done before the day when it is due, or later, or not yet."""
    if column.role == "done" and rng.random() < float(column.details[0]):
        return None
    if column.role == "birth":
        day = start - timedelta(days=rng.randrange(6000, 30000))
    elif column.role == "done":
        span = max(1, (due - start).days)
        is_late = rng.random() < LATE
        day = due + timedelta(days=rng.randint(1, 20)) if is_late else start
        day += timedelta(days=0 if is_late else rng.randint(0, span))
    else:
        day = {"due": due, "start": start}.get(
            column.role, start + timedelta(days=rng.randrange(90))
        )
    if column.type in ("DATETIME", "TIMESTAMP"):
        return f"{day.isoformat()} {rng.randrange(7, 20):02}:{rng.randrange(60):02}:00"
    return day.isoformat()
