"""A file is labelled row by row: in order, streamed, and whole rows after Ctrl-C."""

from __future__ import annotations

import csv
import json
import tracemalloc
from pathlib import Path

import pytest

from mome.classify.batch import classify_file
from mome.classify.classifier import BATCH, Classifier, Label
from mome.errors import TableError


class Fixed(Classifier):
    """Labels by the length of a text, at once: the file is under test, not the labels."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def many(self, texts) -> list[Label]:
        return [
            Label(None, 0.1, True, "near", "guess")
            if not text
            else Label(self.names[len(text) % len(self.names)], 0.91234, False, "near", "guess")
            for text in texts
        ]


def heard(_: int) -> None:
    """Nobody looks."""


def test_a_row_of_out_for_each_of_in(shared_tickets: Path, tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.jsonl"
    source.write_text('text\n"give me my money back"\n""\n"the parcel, it is late"\n', "utf-8")
    found = classify_file(Classifier.load(shared_tickets), source, target, heard)
    assert found == (3, 1)
    lines = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert [line["label"] for line in lines] == ["refund", None, "delivery"]
    assert [line["abstained"] for line in lines] == [False, True, False]
    assert lines[1]["confidence"] == 0


def test_labels_come_out_of_csv_as_they_are_unless_they_are_formulas(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.csv"
    source.write_text("".join(f'{{"text": "{"x" * n}"}}\n' for n in range(1, 7)), "utf-8")
    names = ("=1+1", "-1", "a,b", '"q"', "+1", "-1.50")
    classify_file(Fixed(*names), source, target, heard)
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["label"] for row in rows] == ["-1", "a,b", '"q"', "'+1", "-1.50", "'=1+1"]
    assert rows[0] == {
        "label": "-1",
        "confidence": "0.9123",
        "abstained": "False",
        "nearest": "near",
    }


def test_bad_files_leave_no_empty_one(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("said\nhello\n", "utf-8")
    with pytest.raises(TableError, match="has no column text"):
        classify_file(Fixed("a"), source, target, heard)
    assert not target.exists()
    target.write_text("what was there", "utf-8")
    with pytest.raises(TableError, match="has no column text"):
        classify_file(Fixed("a"), source, target, heard)
    assert target.read_text("utf-8") == "what was there"
    with pytest.raises(TableError, match="is the file that is read"):
        classify_file(Fixed("a"), source, source, heard, text_column="said")
    with pytest.raises(TableError, match="give a file in a folder that exists"):
        classify_file(Fixed("a"), source, tmp_path / "no" / "out.csv", heard)
    with pytest.raises(TableError, match="can be written: .csv, .jsonl"):
        classify_file(Fixed("a"), source, tmp_path / "out.parquet", heard)
    with pytest.raises(FileNotFoundError):
        classify_file(Fixed("a"), tmp_path / "none.csv", tmp_path / "new.csv", heard)
    assert not (tmp_path / "new.csv").exists()


def test_a_bad_row_in_the_middle_keeps_the_rows_before(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"text": "hello"}\n' * (2 * BATCH) + "no json\n", "utf-8")
    with pytest.raises(TableError, match=f"line {2 * BATCH + 1} of"):
        classify_file(Fixed("a"), source, target, heard)
    assert len(target.read_text("utf-8").splitlines()) == 2 * BATCH


def test_whole_rows_are_left_after_an_interrupt(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.csv"
    source.write_text('{"text": "hello"}\n' * (5 * BATCH), "utf-8")

    def interrupted(rows: int) -> None:
        # All that is reported is on the disk.
        assert len(target.read_text("utf-8").splitlines()) == rows + 1
        if rows == 3 * BATCH:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        classify_file(Fixed("a"), source, target, interrupted)
    assert target.read_text("utf-8") == (
        "label,confidence,abstained,nearest\n" + "a,0.9123,False,near\n" * (3 * BATCH)
    )


@pytest.mark.parametrize("kind", [".csv", ".jsonl", ".parquet"])
def test_memory_does_not_grow_with_the_file(kind: str, tmp_path: Path) -> None:
    source, target = tmp_path / f"in{kind}", tmp_path / "out.csv"
    count, text = 20_000, "hello " * 160
    if kind == ".parquet":
        import pyarrow
        import pyarrow.parquet

        pyarrow.parquet.write_table(pyarrow.table({"text": [text] * count}), source)
    else:
        line = f"{text}\n" if kind == ".csv" else json.dumps({"text": text}) + "\n"
        with source.open("w", encoding="utf-8") as file:
            file.write("text\n" if kind == ".csv" else "")
            file.writelines(line for _ in range(count))
    tracemalloc.start()
    try:
        assert classify_file(Fixed("a"), source, target, heard) == (count, 0)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # All texts together take 19 MB, and one part of a Parquet file 4 MB.
    assert peak < 8e6
