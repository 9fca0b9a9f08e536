"""`bench_readers` judges the answers of the readers alone."""

from __future__ import annotations

import csv
import importlib
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from mome.backbones.base import Candidate


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The benchmark, which imports its neighbours as a script does."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return importlib.import_module("bench_readers")


def test_the_bundled_model_is_judged_alone(
    bench: ModuleType,
    data: Path,
    questions: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table, answers = tmp_path / "readers.csv", tmp_path / "answers.jsonl"
    words = f"bench_readers.py {data} --set club --base bundled --answers {answers} --csv {table}"
    monkeypatch.setattr(sys, "argv", words.split())
    bench.main()
    with open(table, encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["questions"], row["bundled"], row["open"]) == ("2", "1.000", "0.000")
    assert row["found"] == "1.000"
    lines = [json.loads(line) for line in answers.read_text("utf-8").splitlines()]
    assert {line["question"] for line in lines} == set(questions)
    assert all(line["first"] and not line["second"] for line in lines)


def test_the_first_answer_that_runs_counts(bench: ModuleType) -> None:
    good, bad, broken = (Candidate(sql, -1.0, 0.3) for sql in ("SELECT 1", "SELECT 2", "SELEC"))
    one = bench.Answered(None, [], [], {}, {"SELECT 1": True, "SELECT 2": False})
    assert one.is_right([broken, good, bad])
    assert not one.is_right([Candidate(None, -1.0, 0.9), bad, good])
    assert not one.is_right([broken])


def test_the_databases_of_our_own_questions_are_made(bench: ModuleType, tmp_path: Path) -> None:
    asked = dict(bench.questions_of("own", tmp_path / "data", None, tmp_path))
    found = {path.stem: len(questions) for path, questions in asked.items() if path.exists()}
    assert found == {"billing": 80, "bookshop": 58}
    assert len(asked) == 6


def test_kept_questions_are_about_databases_that_no_training_sees(
    bench: ModuleType, tmp_path: Path
) -> None:
    folder = tmp_path / "spider"
    folder.mkdir()
    lines = [
        {"db": db, "question": f"{db}?", "sql": "SELECT 1", "split": split}
        for db, split in (("inn_1", "train"), ("inn_1", "train_syn"), ("flight_2", "train"))
    ]
    (folder / "questions.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    ((path, asked),) = bench.questions_of("kept", tmp_path, None, tmp_path)
    assert path == folder / "db" / "inn_1.sqlite"
    assert [(one.question, one.sql) for one in asked] == [("inn_1?", ("SELECT 1",))]
