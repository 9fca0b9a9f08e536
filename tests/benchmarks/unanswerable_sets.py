"""Questions that a database cannot answer: those about other databases, those that need a column
which was dropped, and those of the business about what it does not store.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bench_questions import QUESTIONS, Question, database_of, read_questions

from mome.catalog import Catalog
from mome.guard import guard
from mome.pretrain.command import read_database
from mome.pretrain.examples import read_lines

STRANGERS = 25
"""Number of questions about other databases for each database."""
DROPPED = 3
"""Number of columns that are dropped, each from a copy of its own."""


def unanswerable(name: str) -> list[Question]:
    """Return the questions to a business whose answers are not stored."""
    lines = read_lines(QUESTIONS / "unanswerable" / f"{name}.jsonl")
    return [Question(line["db"], "", line["question"], ()) for line in lines]


def foreign(name: str, data: Path, work: Path) -> Iterator[tuple[Path, list[Question]]]:
    """Yield a database of our own questions with people's questions about others."""
    lines = read_lines(data / "spider" / "questions.jsonl")
    others = [line for line in lines if line["split"] == "train" and line["db"] != name]
    drawn = random.Random(name).sample(others, STRANGERS)
    database = database_of(name, data, work).resolve()
    yield database, [Question(name, "", line["question"], ()) for line in drawn]


def without_columns(name: str, data: Path, work: Path) -> Iterator[tuple[Path, list[Question]]]:
    """Yield copies of a database without one of its columns, each with our own questions that need
    the column, which then have no answer, and as many that do not.
    """
    database = database_of(name, data, work).resolve()
    questions = read_questions(QUESTIONS / f"{name}.jsonl")
    catalog, _ = read_database(database)
    needed = [_needed(question, catalog) for question in questions]
    used = Counter(column for columns in needed for column in columns - _keys(catalog))
    for number, (column, _) in enumerate(sorted(used.items(), key=_most_first)[:DROPPED]):
        copy = work / f"{name}_without_{number}.sqlite"
        shutil.copy(database, copy)
        table, _, own = column.rpartition(".")
        with closing(sqlite3.connect(copy)) as connection:
            try:
                connection.execute(f'ALTER TABLE "{table}" DROP COLUMN "{own}"')
                connection.commit()
            except sqlite3.OperationalError:
                # An index, a check or a view reads the column.
                continue
        lost = [q for q, columns in zip(questions, needed, strict=True) if column in columns]
        kept = [q for q, columns in zip(questions, needed, strict=True) if column not in columns]
        yield (
            copy,
            [
                *(Question(name, "", one.question, ()) for one in lost),
                *(Question(name, "", one.question, one.sql) for one in kept[: len(lost)]),
            ],
        )


def _needed(question: Question, catalog: Catalog) -> frozenset[str]:
    """Return the columns that every query for a question reads."""
    read = [frozenset(guard(sql, catalog).columns) for sql in question.sql]
    return frozenset.intersection(*read)


def _keys(catalog: Catalog) -> frozenset[str]:
    """Return the columns that join tables: without them other questions fail too."""
    found = set()
    for table in catalog.tables:
        found.update(f"{table.key}.{column}" for column in table.primary_key)
        for key in table.foreign_keys:
            found.update(f"{table.key}.{column}" for column in key.columns)
            found.update(f"{key.ref_table}.{column}" for column in key.ref_columns)
    return frozenset(found)


def _most_first(entry: tuple[str, int]) -> tuple[int, str]:
    return -entry[1], entry[0]
