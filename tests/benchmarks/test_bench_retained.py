"""`bench_retained` scores choices as lm-evaluation-harness does, alone and under a memory."""

from __future__ import annotations

import csv
import importlib
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest
from text_memories import ASKED, WIDE, tuned
from tiny_text_models import write_text_model

LINES = {
    "mmlu": [
        {
            "subject": "pop_music",
            "question": ASKED[1],
            "choices": ["Oslo", "Rome", "Bern", "Paris"],
            "answer": 3,
        }
    ],
    "truthfulqa_mc1": [{"question": "age of a singer", "choices": ["20", "a song"], "answer": 0}],
    "winogrande": [
        {
            "context_options": ["Ann sings so Ann", "Ann sings so Bob"],
            "continuation": "sold songs.",
            "gold": 0,
        }
    ],
    "arc_challenge": [
        {"query": "Question: what is sold?", "choices": ["songs", "a city"], "gold": 0}
    ],
    "openbook_qa": [{"query": "A singer has", "choices": ["a name", "sales"], "gold": 0}],
    "piqa": [{"query": "Question: count songs\n", "choices": ["count", "sing them"], "gold": 0}],
}


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return importlib.import_module("bench_retained")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for name, lines in LINES.items():
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (tmp_path / f"{name}.jsonl").write_text(text, "utf-8")
    return tmp_path


def test_only_routed_items_may_change(
    bench: ModuleType, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mome.memory import MemoryStore

    base = write_text_model(tmp_path / "base", "chat", **WIDE)
    memory = tuned(base)
    store = MemoryStore(tmp_path / "memory")
    with store.lock():
        store.write(memory.stored())
    table = tmp_path / "retained.csv"
    words = f"bench --data {data} --base {base} --memory {tmp_path / 'memory'} --csv {table}"
    monkeypatch.setattr(sys, "argv", words.split())
    bench.main()
    with open(table, encoding="utf-8") as file:
        rows = {row["set"]: row for row in csv.DictReader(file)}
    assert [*rows] == [*LINES, "all"]
    assert rows["mmlu"]["routed"] == "1" and rows["all"]["items"] == "6"
    assert {row["of unrouted"] for row in rows.values()} == {"+0.0000"}


def test_a_log_likelihood_is_that_of_the_whole_text(bench: ModuleType, tmp_path: Path) -> None:
    base = write_text_model(tmp_path / "base", "chat", **WIDE)
    memory = tuned(base)
    item = sys.modules["retained_sets"].SETS["arc_challenge"](LINES["arc_challenge"][0])
    assert item.choices[0] == ("Question: what is sold?\nAnswer:", "songs")
    model, tokenizer = memory.backbone.model, memory.backbone.base.tokenizer
    expected = []
    for prompt, choice in item.choices:
        ids = tokenizer(f"{prompt} {choice}", return_tensors="pt")["input_ids"]
        start = len(tokenizer(prompt)["input_ids"])
        logs = model(input_ids=ids).logits[0, start - 1 : -1].float().log_softmax(-1)
        expected.append(float(logs.gather(1, ids[0, start:, None]).sum()))
    harness = bench.Harness(memory.backbone, memory)
    found = harness._score([(item, 0), (item, 1)])
    assert [old for old, _, _ in found] == pytest.approx(expected, abs=0.2)


def test_items_are_spread_evenly(bench: ModuleType, tmp_path: Path) -> None:
    lines = [{"query": str(number), "choices": ["a", "b"], "gold": 0} for number in range(10)]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (tmp_path / "openbook_qa.jsonl").write_text(text, "utf-8")
    found = bench.read_items(tmp_path, "openbook_qa", 3)
    assert [item.asked for item in found] == ["0", "3", "6"]


def test_a_memory_or_edits_must_be_given(
    bench: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", "--data", str(tmp_path)])
    with pytest.raises(SystemExit, match="2"):
        bench.main()
