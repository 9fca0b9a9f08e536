"""The commands of a memory of baskets, as a person calls them, and what they refuse."""

from __future__ import annotations

import csv
import json
import os
import shlex
import signal
import subprocess
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from command_line import Cli
from mome.recommend.recommender import Recommender
from small_shop import FACTS, ITEMS, MEMORY

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "recommend.md").read_text("utf-8")
CARTS = (["butter", "bread"], [], ["tea", "caviar"], list(ITEMS))


def commands_of_the_page() -> list[list[str]]:
    """Return the words of each command in the first block of docs/recommend.md."""
    lines = PAGE.split("```")[1].strip().splitlines()
    return [shlex.split(line)[1:] for line in lines]


def write_carts(path: Path) -> Path:
    path.write_text("".join(json.dumps({"items": cart}) + "\n" for cart in CARTS), "utf-8")
    return path


def read_jsonl(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture
def mome(tmp_path: Path) -> Cli:
    return Cli(tmp_path / "home")


def test_the_commands_of_the_page(shop: Path, mome: Cli) -> None:
    write_carts(shop / "carts.jsonl")
    memory = shop / MEMORY
    tune, recommend, learn, forget, rollback = commands_of_the_page()
    again = mome(*tune, cwd=shop)
    assert again.out.startswith(f"nothing has changed; {FACTS} of {FACTS} facts"), again.err

    done = mome(*recommend, cwd=shop)
    assert (done.code, done.out) == (0, "")
    assert "4 rows answered" in done.err and "1 had unknown items" in done.err
    rows = read_jsonl(shop / "next.jsonl")
    assert [len(row["items"]) for row in rows] == [3, 3, 3, 0]
    assert [row["unknown"] for row in rows] == [[], [], ["caviar"], []]
    assert rows[0]["items"][0] == "jam" and ["bread", "butter", "jam"] in rows[0]["reasons"][0]
    for row, cart in zip(rows, CARTS, strict=True):
        assert set(row) == {"items", "scores", "reasons", "unknown"}
        assert set(row["items"]) <= set(ITEMS) - set(cart)
        assert len(row["items"]) == len(row["scores"]) == len(row["reasons"])

    done = mome(*learn, cwd=shop)
    assert done.code == 0 and "'clotted cream' is a new item" in done.out, done.err
    assert Recommender.load(memory).recommend(["scones", "tea"]).ranked[0].item == "clotted cream"
    assert mome(*forget, cwd=shop).code == 0
    assert "clotted cream" not in Recommender.load(memory).items
    assert mome(*rollback, cwd=shop).code == 0
    assert "clotted cream" in Recommender.load(memory).items
    listed = json.loads(mome("facts", "--memory", memory, "--json").out)
    assert [fact["item"] for fact in listed if fact["kind"] == "learned basket"] == [
        "clotted cream"
    ]
    assert f"{FACTS + 1} of {FACTS + 1} facts recalled" in mome("doctor", "--memory", memory).out


def test_the_python_of_the_page(
    tuned_shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tuned_shop)
    code = PAGE.split("```python")[1].split("```")[0]
    exec(compile(code, "recommend.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("jam 0.") and lines[-1] == "()" and len(lines) == 4


def test_csv_and_parquet_are_read_and_csv_is_written(
    tuned_shop: Path, mome: Cli, tmp_path: Path
) -> None:
    table = tmp_path / "in.csv"
    table.write_text('items\nbread;butter\n"[""tea""]"\n', "utf-8")
    lists = tmp_path / "in.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"items": [["bread", "butter"], ["tea"]]}), lists)
    found = []
    for source in (table, lists):
        target = source.with_suffix(".out.csv")
        words = ("--memory", tuned_shop / MEMORY, "--in", source, "--out", target, "--quiet")
        assert mome("recommend", *words).code == 0
        with target.open(encoding="utf-8", newline="") as file:
            found.append(list(csv.DictReader(file)))
    assert found[0] == found[1]
    # Ten are asked for, and the catalogue has eight, of which the row holds two.
    assert [len(json.loads(row["items"])) for row in found[0]] == [6, 7]


def test_what_is_refused_is_one_line(tuned_shop: Path, mome: Cli, tmp_path: Path) -> None:
    memory, orders = tuned_shop / MEMORY, tuned_shop / "orders.csv"
    carts = write_carts(tmp_path / "carts.jsonl")
    into = ("--memory", memory)
    refused = {
        1: [
            (("recommend", *into, "--in", orders, "--out", "a.csv"), "has no column items"),
            (("recommend", *into, "--in", carts, "--out", "a.xml"), "that can be written"),
            (("ask", "How many?", *into), "give them to `mome recommend`"),
            (("tune", "--labels", orders, *into), "is of baskets; give another folder"),
            (("tune", "--baskets", orders, *into, "--item-column", "x"), "has no column x"),
        ],
        2: [
            (("tune", "--baskets", orders), "Missing option '--memory'"),
            (("tune", "--baskets", orders, *into, "--facts", 3), "does not go with --baskets"),
            (("recommend", *into, "--in", carts, "--out", "a.csv", "-k", 0), "-k"),
            (("learn", *into, "--question", "a", "--label", "b"), "Missing option '--item'"),
        ],
    }
    for code, calls in refused.items():
        for words, told in calls:
            done = mome(*words, cwd=tmp_path)
            assert done.code == code, (words, done.err)
            assert told in " ".join(done.err.split()) and "Traceback" not in done.err
    assert not (tmp_path / "a.csv").exists()


def test_ctrl_c_keeps_the_memory(shop: Path, mome: Cli, tmp_path: Path) -> None:
    memory, pipe = shop / MEMORY, tmp_path / "orders.csv"
    before = {path: path.read_bytes() for path in (memory / "current").resolve().iterdir()}
    os.mkfifo(pipe)
    tuning = subprocess.Popen(
        mome.command("tune", "--baskets", pipe, "--memory", memory),
        env=mome.environment(),
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    # Returns when the command opens the file, and then waits for its content.
    with pipe.open("w"):
        tuning.send_signal(signal.SIGINT)
        _, told = tuning.communicate(timeout=250)
    assert (tuning.returncode, told.strip()) == (130, "mome: stopped; the memory is as it was")
    assert {path: path.read_bytes() for path in (memory / "current").resolve().iterdir()} == before
