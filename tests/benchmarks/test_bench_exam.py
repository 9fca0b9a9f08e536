"""`bench_exam` tunes, asks and judges through the real command line."""

from __future__ import annotations

import csv
import importlib
import json
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parent


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The benchmark, which imports its neighbours as a script does."""
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("bench_exam")


def test_the_exam_asks_a_split_of_a_memory_with_the_pairs_of_another(
    bench: ModuleType, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sets = importlib.import_module("exam_sets")
    exam = sets.ExamSet("exercises", "club", verified="plants")
    monkeypatch.setitem(sets.SETS, "club", exam)
    table, work = tmp_path / "exam.csv", tmp_path / "work"
    words = f"bench_exam.py {data} --set club --base bundled --work {work} --csv {table}"
    monkeypatch.setattr(sys, "argv", words.split())
    bench.main()
    with open(table, encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["set"], row["base"], row["questions"]) == ("club", "bundled", "2")
    assert (row["accuracy"], row["precision"], row["invalid"]) == ("1.000", "1.000", "0")
    assert float(row["tune_s"]) > 0
    assert float(row["p50_s"]) > 0
    pairs = (work / "club" / "stage" / "verified.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(pair)["question"] for pair in pairs] == ["How old is Ada?"]


def test_declined_is_the_share_refused_of_the_questions_without_an_answer(
    bench: ModuleType,
) -> None:
    verdicts, without = Counter(right=2, refused=2, wrong=1), Counter(refused=1, wrong=1)
    row = bench.row("business", "bundled", bench.Result(verdicts, without, [0.1]))
    assert (row["accuracy"], row["precision"], row["declined"]) == ("0.400", "0.667", "0.500")
    assert bench.row("club", "bundled", bench.Result(verdicts, seconds=[0.1]))["declined"] == "-"
