"""Files that a person drops: columns, texts, messages in the name of the file, what is learnt."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from app import labelling
from app.labelling import LabelledRow, abstentions, as_csv, columns, label_all, learn_all, texts
from mome.classify.classifier import Classifier, Label
from mome.errors import TableError

CSV = b"number,said\n1,hello\n2,\n"


def test_columns_and_texts_of_a_file() -> None:
    assert columns("mine.csv", CSV) == ("number", "said")
    assert texts("mine.CSV", CSV, "said") == ["hello", ""]
    assert columns("mine.jsonl", b'{"text": "a", "n": 1}\n') == ("text", "n")
    assert columns("mine.csv", b"text\n") == ()


def test_messages_name_the_file_of_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TableError, match="^mine.parquet is no Parquet file"):
        columns("mine.parquet", b"PAR1")
    with pytest.raises(TableError, match="the header of mine.csv has no column text"):
        texts("mine.csv", CSV, "text")
    monkeypatch.setattr(labelling, "MOST_ROWS", 1)
    with pytest.raises(TableError, match="mine.csv has more than 1 rows; give it to `mome class"):
        texts("mine.csv", CSV, "said")


def answer(label: str | None, confidence: float) -> Label:
    return Label(label, confidence, label is None, "near", "guess")


def test_texts_to_correct_are_the_surest_first_and_each_once() -> None:
    rows = [
        LabelledRow("a", answer(None, 0.1)),
        LabelledRow("b", answer("x", 0.9)),
        LabelledRow("c", answer(None, 0.4)),
        LabelledRow("a", answer(None, 0.1)),
        LabelledRow("", answer(None, 0.0)),
    ]
    assert [row.text for row in abstentions(rows)] == ["c", "a"]
    written = list(csv.DictReader(io.StringIO(as_csv(rows).decode())))
    assert [row["text"] for row in written] == ["a", "b", "c", "a", ""]
    assert [row["label"] for row in written] == ["", "x", "", "", ""]


def test_what_is_corrected_is_learnt(label_memory: Path) -> None:
    said = {"Do you sell tents?": "stock", "Is it raining?": "", "Hm": "Stock"}
    heard: list[int] = []
    learnt = learn_all(label_memory, said, heard.append)
    assert learnt.texts == ("Do you sell tents?", "Is it raining?")
    assert len(learnt.problems) == 1 and "differ in case" in learnt.problems[0]
    assert heard == [1, 2, 3]
    classifier = Classifier.load(label_memory)
    counts: list[int] = []
    rows = label_all(classifier, list(said), counts.append)
    assert [row.answer.guess for row in rows][:2] == ["stock", ""]
    assert counts == [3]
