"""`mome pretrain` as a user calls it: from questions to a model that the product loads."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from mome.backbones.loading import load
from mome.linking.slice import Linker
from mome.pretrain.command import (
    BUSINESS_SAMPLED,
    SELF_JOINED,
    business_sampled,
    read_database,
    self_joined,
)


def test_pretrain_resumes_and_writes_a_model_that_answers(data: Path, tmp_path: Path) -> None:
    first = _pretrain(data, tmp_path, 0.1)
    second = _pretrain(data, tmp_path, 0.15)
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    start = r"reading the databases\n(WordNet .*\n)?\d+ questions to learn from\n"
    assert re.match(start, first.stdout)
    assert "resumed" not in first.stdout
    assert "resumed at step " in second.stdout
    assert second.stdout.endswith(f"the model is in {tmp_path / 'export'}\n")
    backbone = load(str(tmp_path / "export"))
    linker = Linker(*read_database(data / "spider/db/shop.sqlite"))
    prompt = backbone.prepare(linker.slice("How many shops are there?"), linker)
    (candidates,) = backbone.generate([prompt], beams=2)
    for candidate in candidates:
        assert candidate.answer is None or candidate.answer


def test_with_rows_drawn_ahead_the_data_is_not_needed(data: Path, tmp_path: Path) -> None:
    first = _pretrain(data, tmp_path, 0.1, "--ahead", "30")
    assert first.returncode == 0, first.stderr
    assert "drawing 30 rows\n" in first.stdout
    second = _pretrain(tmp_path / "none", tmp_path, 0.15)
    assert second.returncode == 0, second.stderr
    assert second.stdout.startswith("resumed at step ")
    assert load(str(tmp_path / "export")).identity


def test_questions_about_self_joins_come_with_the_copy_that_they_are_about(
    tmp_path: Path,
) -> None:
    path = tmp_path / "staff.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE employee (id INTEGER PRIMARY KEY, name TEXT, age INT)")
        rows = [(number, f"Ann {number}", 20 + number) for number in range(1, 21)]
        connection.executemany("INSERT INTO employee VALUES (?, ?, ?)", rows)
        connection.commit()
    folder = tmp_path / "copies"
    folder.mkdir()
    found = self_joined(path, folder)
    assert found is not None
    copy, pairs = found
    assert copy.parent == folder
    assert len(pairs) == SELF_JOINED
    with closing(sqlite3.connect(copy)) as connection:
        for _, sql in pairs:
            connection.execute(sql)
    joined = [sql for _, sql in pairs if "JOIN employee" in sql]
    assert len(joined) > 12
    connection = sqlite3.connect(path)
    connection.execute("DELETE FROM employee WHERE id > 2")
    connection.commit()
    connection.close()
    assert self_joined(path, folder) is None


def test_questions_about_a_business_run_on_its_database(tmp_path: Path) -> None:
    path, pairs = business_sampled(3, tmp_path)
    assert len(pairs) == BUSINESS_SAMPLED
    with closing(sqlite3.connect(path)) as connection:
        declared = connection.execute("SELECT sql FROM sqlite_master").fetchall()
        for _, sql in pairs:
            connection.execute(sql)
    # Number 3 stores dates as texts, and questions about periods are among the pairs.
    assert not any(" DATE" in sql for (sql,) in declared)
    assert any(">= '20" in sql for _, sql in pairs)
    assert any("GROUP BY" in sql for _, sql in pairs)


def test_pretrain_without_its_data_says_what_to_do(tmp_path: Path) -> None:
    result = _pretrain(tmp_path, tmp_path / "work", 1.0)
    missing = f"mome: {tmp_path}/spider/questions.jsonl is missing"
    advice = "--data names the folder with spider/, bird_train/ and wikisql/"
    assert result.returncode == 1
    assert result.stderr == f"{missing}; {advice}\n"


def _pretrain(
    data: Path, work: Path, minutes: float, *more: str
) -> subprocess.CompletedProcess[str]:
    """Run `mome pretrain` in a process of its own."""
    program = Path(sys.executable).with_name("mome")
    arguments = ["pretrain", "--data", data, "--work", work, "--minutes", str(minutes), *more]
    return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=250)
