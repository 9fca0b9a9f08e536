"""`bench_rag` gives the same model the same pairs in several ways."""

from __future__ import annotations

import csv
import importlib
import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest
from text_memories import WIDE
from tiny_text_models import write_text_model
from trials import only_in_trials

PAIRS = {
    "count all songs": "SELECT COUNT(*) FROM song",
    "how many songs": "SELECT COUNT(*) FROM song",
    "name of each singer": ["SELECT name FROM singer", "SELECT DISTINCT name FROM singer"],
}
ASKED = {
    # A trained wording: a random model carries nothing over to another one.
    "how many songs": "SELECT COUNT(*) FROM song",
    "the age of singers": "SELECT age FROM singer",
}
METHODS = ["schema only", "nearest pairs", "LoRA", "memory, nearest pairs", "memory"]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return importlib.import_module("bench_rag")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "geography"
    (folder / "db").mkdir(parents=True)
    with closing(sqlite3.connect(folder / "db" / "geography.sqlite")) as connection:
        connection.executescript(
            "CREATE TABLE singer (name TEXT, age INTEGER); CREATE TABLE song (title TEXT);"
            "INSERT INTO singer VALUES ('Ann', 20); INSERT INTO song VALUES ('pop');"
        )
    lines = [
        {"db": "geography", "question": question, "sql": sql, "split": split}
        for split, pairs in (("train", PAIRS), ("test", ASKED))
        for question, sql in pairs.items()
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "questions.jsonl").write_text(text, "utf-8")
    return folder


@only_in_trials
def test_each_method_has_a_row_and_the_memory_knows_its_pairs(
    bench: ModuleType, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = write_text_model(tmp_path / "base", "chat", **WIDE)
    table = tmp_path / "rag.csv"
    words = f"bench --data {data} --base {base} --csv {table}"
    monkeypatch.setattr(sys, "argv", words.split())
    bench.main()
    with open(table, encoding="utf-8") as file:
        rows = {row["method"]: row for row in csv.DictReader(file)}
    assert [*rows] == METHODS
    # The question whose SQL no pair has is not asked.
    assert {row["questions"] for row in rows.values()} == {"1"}
    assert rows["memory"]["accuracy"] == "1.000"
    assert rows["schema only"]["accuracy"] == "0.000"
    assert (rows["memory"]["p"], rows["schema only"]["p"]) == ("1.0000", "1.0000")


def test_the_nearest_pair_stands_last(bench: ModuleType, data: Path, tmp_path: Path) -> None:
    from mome.backbones.free_text import load_free_text

    backbone = load_free_text(str(write_text_model(tmp_path / "base", "chat")))
    retriever = bench.Retriever(backbone, bench.read_sets(data, None, None, every=True)[0])
    bare, with_pairs = bench.forms("singer(name)\n", retriever)
    assert retriever.nearest("how many songs are there")[-1][0] == "how many songs"
    text = with_pairs("how many songs are there")
    assert (
        text.index("SELECT name FROM") < text.index("SELECT COUNT") < text.index("songs are there")
    )
    assert "SELECT" not in bare("how many songs are there")


def test_questions_without_a_pair_are_an_error(bench: ModuleType, data: Path) -> None:
    with pytest.raises(ValueError, match="give more --pairs"):
        bench.read_sets(_only_other(data), None, None, every=False)
    assert len(bench.read_sets(data, None, None, every=True)[1]) == 2


def _only_other(data: Path) -> Path:
    folder = data.parent / "other"
    folder.mkdir()
    lines = [
        {"db": "geography", "question": "q", "sql": sql, "split": split}
        for sql, split in (("SELECT 1", "train"), ("SELECT 2", "test"))
    ]
    (folder / "questions.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder
