"""`bench_schema` makes facts of tables, and asks what was trained and what was not."""

from __future__ import annotations

import csv
import importlib
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest
from text_memories import WIDE
from tiny_text_models import write_text_model

MADE = """
CREATE TABLE singer (id INTEGER PRIMARY KEY, name TEXT, country TEXT);
CREATE TABLE song (title TEXT, singer_id INTEGER REFERENCES singer (id));
INSERT INTO singer VALUES (1, 'Ann', 'France'), (2, 'Bob', 'France'), (3, 'Cy', 'Peru');
"""


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return importlib.import_module("bench_schema")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "db"
    folder.mkdir()
    for name in ("one", "two"):
        with closing(sqlite3.connect(folder / f"{name}.sqlite")) as connection:
            connection.executescript(MADE)
    return folder


def test_facts_are_columns_keys_references_and_codes(bench: ModuleType, files: Path) -> None:
    facts = bench.schema_facts(files, 3)
    found = [(fact.kind, fact.wordings[0], fact.answer) for fact in facts]
    assert found == [
        ("columns", "Which columns does the table singer have?", "id, name, country"),
        ("key", "What is the primary key of singer?", "id"),
        ("codes", "Which values does name of singer take?", "Ann, Bob, Cy"),
        ("codes", "Which values does country of singer take?", "France, Peru"),
        ("columns", "Which columns does the table song have?", "title, singer_id"),
        ("reference", "What does song.singer_id refer to?", "singer.id"),
        ("columns", "Which columns does the table two.singer have?", "id, name, country"),
        ("key", "What is the primary key of two.singer?", "id"),
        ("codes", "Which values does name of two.singer take?", "Ann, Bob, Cy"),
        ("codes", "Which values does country of two.singer take?", "France, Peru"),
    ]
    trained = {text for fact in bench.memorised(facts) for text in fact.wordings}
    assert not trained & {text for fact in facts for text in fact.held_out}
    with pytest.raises(ValueError, match="has 4 tables, not 5"):
        bench.schema_facts(files, 5)


def test_trained_wordings_are_recalled(
    bench: ModuleType, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = write_text_model(tmp_path / "base", "chat", **WIDE)
    table = tmp_path / "schema.csv"
    words = f"bench --data {files} --tables 2 --limit 3 --base {base} --csv {table}"
    monkeypatch.setattr(sys, "argv", words.split())
    monkeypatch.setattr(bench, "LONGEST", 12)
    bench.main()
    with open(table, encoding="utf-8") as file:
        rows = {row["facts"]: row for row in csv.DictReader(file)}
    assert rows["all"]["count"] == "3"
    assert (rows["all"]["recalled"], rows["all"]["alone"]) == ("1.000", "0.000")
