"""A small data set for the benchmarks that read those of people."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

SQL = {
    "How many singers are there?": "SELECT COUNT(*) FROM singer",
    "Show the names of all singers.": "SELECT name FROM singer",
}


@pytest.fixture
def questions() -> dict[str, str]:
    """The questions of the split `club`, with their SQL."""
    return SQL


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data set like the exercises: two questions of the split `club`, one of another."""
    folder = tmp_path / "data" / "exercises"
    (folder / "db").mkdir(parents=True)
    connection = sqlite3.connect(folder / "db" / "stage.sqlite")
    connection.execute("CREATE TABLE singer (id INTEGER PRIMARY KEY, name TEXT, age INTEGER)")
    names = ("Ada", "Ben", "Cleo")
    connection.executemany(
        "INSERT INTO singer (name, age) VALUES (?, ?)", [(name, 30) for name in names]
    )
    connection.commit()
    connection.close()
    lines = [
        {"db": "stage", "question": question, "sql": sql, "split": "club"}
        for question, sql in SQL.items()
    ]
    age = "SELECT age FROM singer WHERE name = 'Ada'"
    lines.append({"db": "stage", "question": "How old is Ada?", "sql": age, "split": "plants"})
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "questions.jsonl").write_text(text, encoding="utf-8")
    return tmp_path / "data"
