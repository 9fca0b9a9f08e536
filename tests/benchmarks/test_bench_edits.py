"""`bench_edits` memorises the edits of a set and judges what is asked besides."""

from __future__ import annotations

import csv
import importlib
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest
from tiny_text_models import write_text_model

EDITS = (
    ("name of the pop song?", "a rock song", "the pop song is called what?", "how many concerts"),
    ("which city has most singers?", "Paris", "most singers are in what city?", "age of a singer"),
    (
        "what genre is sold most?",
        "pop",
        "which genre has most sales?",
        "Which city has most singers",
    ),
)
WIDE = {"hidden_size": 96, "intermediate_size": 96, "head_dim": 24}
"""Enough for a random model to be sure of a token."""


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The benchmark, which imports its neighbours as a script does."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return importlib.import_module("bench_edits")


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    """A folder with a set of three edits, one of whose neighbours is the prompt of another."""
    lines = []
    for prompt, target, rephrase, near in EDITS:
        line = {"prompt": prompt, "target": target, "rephrase": rephrase}
        lines.append(json.dumps({**line, "locality": [{"loc": near, "loc_ans": "2"}]}) + "\n")
    (tmp_path / "qaedit.jsonl").write_text("".join(lines), encoding="utf-8")
    return tmp_path


def test_each_method_has_a_row(
    bench: ModuleType,
    sets: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    base = tmp_path / "base"
    base.mkdir()
    write_text_model(base, "chat", **WIDE)
    table = tmp_path / "edits.csv"
    words = f"bench_edits.py --data {sets} --set qaedit --edits 3 --base {base} --csv {table}"
    monkeypatch.setattr(sys, "argv", words.split())
    bench.main()
    with open(table, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[:5] == ["method", "edits", "reliability", "generality", "locality"]
    assert [row["method"] for row in rows] == ["memory", "BM25 in the prompt", "LoRA"]
    memory, found, adapted = rows
    assert memory["reliability"] == memory["reliability forced"] == "1.0000"
    assert memory["routed"].endswith(" of 2")
    assert (found["reliability"], found["s an edit"]) == ("0.0000", "0.00")
    assert adapted["s an edit"] == memory["s an edit"]
    said = capsys.readouterr().out
    assert "1 neighbours that are an edit's prompt are left out" in said
    assert "3 of 3 facts are recalled" in said


def test_too_many_edits_are_refused(bench: ModuleType, sets: Path) -> None:
    with pytest.raises(ValueError, match="qaedit has 3 edits, not 4"):
        bench.read_edits(sets, "qaedit", 4)


def test_answers_are_compared_without_case_articles_and_punctuation(bench: ModuleType) -> None:
    assert bench.plain("The  Roman Empire.") == bench.plain("roman empire")
    assert bench.plain("Roman Empires") != bench.plain("roman empire")


def test_retrieval_puts_the_nearest_facts_first(bench: ModuleType) -> None:
    edits = [bench.Edit(prompt, answer, "", ()) for prompt, answer, _, _ in EDITS]
    said = bench.Retrieving(None, edits).prompt("the city of the most singers")
    assert said.splitlines()[1] == "which city has most singers? Paris"
    assert said.splitlines()[-1] == "the city of the most singers"


def test_what_the_router_reads_is_judged_without_training(
    bench: ModuleType, sets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    routes = importlib.import_module("bench_edit_routes")
    table = tmp_path / "routes.csv"
    monkeypatch.setattr(sys, "argv", f"x --data {sets} --edits 3 --csv {table}".split())
    routes.main()
    with open(table, encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["router reads"] == "bundled encoder, mean"
    assert (row["nearest is its own"], row["locality"]) == ("1.000", "1.000")
