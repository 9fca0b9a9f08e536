"""Copies of databases in which a table refers to itself: employees have managers.

Few databases to train on hold such a key, and many databases in use do. `mome.pretrain.command`
samples questions over the copies.
"""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from mome.pretrain.sampling.events import is_person
from mome.pretrain.sampling.naming import quoted
from mome.pretrain.sampling.role_words import KNOWN, OWNED, THINGS, WORKING
from schemas import FullCatalog
from training_data.language.subjects import Database, Subject

FEWEST_ROWS, MOST_ROWS = 5, 2000
"""Rows of a table that gets a key: enough for several who refer to one, read in a moment."""
NO_REFERENCE = 0.15
"""Share of the rows that refer to none."""
_WORKERS = frozenset(
    "agent coach doctor driver editor employee engineer faculty instructor journalist manager "
    "nurse physician pilot professor professional representative scientist staff teacher "
    "technician".split()
)
_MORE_PEOPLE = frozenset(
    "architect captain climber engineer entrepreneur faculty host individual participant "
    "performer representative reviewer swimmer technician visitor".split()
)
"""Nouns of people that `is_person` does not hold for."""
_ORGANIZATIONS = frozenset(
    "agency airline bank brand channel club company institution manufacturer organization school "
    "shop store team university".split()
)


@dataclass(frozen=True)
class SelfKey:
    """A key to add: a column of a table that refers to the table's primary key."""

    table: str
    column: str
    primary_key: str
    type: str
    """The declared type of the primary key."""


def add_self_key(path: Path, catalog: FullCatalog, folder: Path, seed: int) -> Path | None:
    """Write a copy of a SQLite file, with a key that refers to its own table, into a folder.

    Returns the copy; None if no table fits. `catalog` describes the file.
    """
    rng = random.Random(f"{path.stem} {seed}")
    key = _draw_key(catalog, rng)
    if key is None:
        return None
    copy = folder / f"{path.stem}_{key.column.lower()}.sqlite"
    shutil.copyfile(path, copy)
    with closing(sqlite3.connect(copy)) as connection:
        _write(connection, key, rng)
        connection.commit()
    return copy


def _draw_key(catalog: FullCatalog, rng: random.Random) -> SelfKey | None:
    """Return a key for one of the tables, mostly one of people; None if no table fits."""
    database = Database(catalog)
    fit = [subject for subject in database.subjects() if _fits(database, subject)]
    if not fit:
        return None
    subject = rng.choices(fit, [_weight(subject) for subject in fit])[0]
    (name,) = subject.table.primary_key
    column = subject.table.column(name)
    new = _named_like(subject, rng.choice(_names(subject)))
    taken = {other.name.lower() for other in subject.table.columns}
    if column is None or new.lower() in taken:
        return None
    return SelfKey(subject.table.name, new, name, column.type)


def _fits(database: Database, subject: Subject) -> bool:
    """Return True for a table of named rows, with a key of one column, that has no such key."""
    table = subject.table
    names = [column.name for column in subject.names]
    own = [link for link in database.parents(subject) if link.parent.table.key == table.key]
    return (
        bool(names)
        and len(table.primary_key) == 1
        and table.primary_key[0] not in names
        and FEWEST_ROWS <= (table.rows or 0) <= MOST_ROWS
        and not own
    )


def _weight(subject: Subject) -> int:
    """Return how often the table is drawn: people, and rows that can be compared, most."""
    return (4 if _is_people(subject) else 1) * (1 + 3 * bool(subject.measures or subject.dates))


def _is_people(subject: Subject) -> bool:
    return is_person(subject) or subject.one.split()[-1] in _MORE_PEOPLE


def _names(subject: Subject) -> list[str]:
    """Return the words of the columns that the table could have."""
    last = subject.one.split()[-1]
    if last in _WORKERS:
        return [*WORKING, *WORKING, *KNOWN]
    if _is_people(subject):
        return [*KNOWN, *WORKING]
    if last in _ORGANIZATIONS:
        return [*OWNED, *OWNED, *THINGS]
    names = list(THINGS)
    return [*names, f"parent {last} id"]


def _named_like(subject: Subject, words: str) -> str:
    """Return the name of a column in the manner of the table's other columns."""
    names = [column.name for column in subject.table.columns]
    parts = words.split()
    joined = "_".join(parts)
    is_camel = any(re.search("[a-z][A-Z]", name) for name in names)
    if is_camel and not any("_" in name for name in names):
        # `firstName` beside `customerId`, or `FirstName` beside `CustomerId`.
        camel = "".join(part.title() for part in parts)
        return camel if names[0][0].isupper() else camel[0].lower() + camel[1:]
    if all(name.isupper() for name in names):
        return joined.upper()
    if all(name[0].isupper() for name in names):
        return "_".join(part.title() for part in parts[:-1]) + _last_like(names, parts[-1])
    return joined


def _last_like(names: list[str], last: str) -> str:
    """Return the last word with its underscore: `_ID` where other columns have it."""
    is_upper = any(name.endswith("ID") for name in names)
    return f"_{last.upper() if last == 'id' and is_upper else last.title()}"


def _write(connection: sqlite3.Connection, key: SelfKey, rng: random.Random) -> None:
    """Add the column and fill it."""
    table, own, new = map(quoted, (key.table, key.primary_key, key.column))
    connection.execute(
        f"ALTER TABLE {table} ADD COLUMN {new} {key.type} REFERENCES {table} ({own})"
    )
    # HAS would go through the whole table for every row.
    connection.execute(f"CREATE INDEX {quoted(f'{key.column} index')} ON {table} ({new})")
    found = connection.execute(f"SELECT {own} FROM {table} WHERE {own} IS NOT NULL ORDER BY {own}")
    pairs = references([value for (value,) in found], rng)
    connection.executemany(
        f"UPDATE {table} SET {new} = ? WHERE {own} = ?",
        [(parent, child) for child, parent in pairs.items()],
    )


def references(values: list, rng: random.Random) -> dict:
    """Return for most values one that is before it in a random order.

    Few values are referred to: about every sixth, the first ones most.
    """
    order = rng.sample(values, len(values))
    leading = max(2, len(order) // 6)
    found = {}
    for place, value in enumerate(order[1:], 1):
        # The first one alone has none for sure, so that the share is of the others.
        if rng.random() >= NO_REFERENCE:
            found[value] = order[rng.randrange(min(place, leading))]
    return found
