"""`bench_exam` tunes, asks and judges through the real command line."""

from __future__ import annotations

import csv
import importlib
import json
import sqlite3
import sys
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parent
SQL = {
    "How many singers are there?": "SELECT COUNT(*) FROM singer",
    "Show the names of all singers.": "SELECT name FROM singer",
}


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The benchmark, which imports its neighbours as a script does."""
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("bench_exam")


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
    lines.append({"db": "stage", "question": "Who?", "sql": "SELECT 1", "split": "plants"})
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "questions.jsonl").write_text(text, encoding="utf-8")
    return tmp_path / "data"


def test_the_exam_asks_the_questions_of_a_split(
    bench: ModuleType, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "exam.csv"
    words = (
        f"bench_exam.py {data} --set club --base bundled --work {tmp_path / 'work'} --csv {table}"
    )
    monkeypatch.setattr(sys, "argv", words.split())
    bench.main()
    with open(table, encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["set"], row["base"], row["questions"]) == ("club", "bundled", "2")
    assert (row["accuracy"], row["precision"], row["invalid"]) == ("1.000", "1.000", "0")
    assert float(row["tune_s"]) > 0
    assert float(row["p50_s"]) > 0


def test_the_pairs_of_the_verified_split_are_given_to_the_memory(
    bench: ModuleType, data: Path, tmp_path: Path
) -> None:
    exam = bench.ExamSet("exercises", "plants", verified="club")
    work = tmp_path / "work"
    result = bench.sit(exam, data, work, "bundled", None)
    pairs = (work / "stage" / "verified.jsonl").read_text("utf-8").splitlines()
    assert {json.loads(pair)["question"] for pair in pairs} == set(SQL)
    assert result.verdicts.total() == 1
