"""Files of texts and labels: what is read, and what is refused with a line that says what to do."""

from __future__ import annotations

import json
import os
import tracemalloc
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from mome.classify import examples
from mome.classify.examples import (
    LabelledText,
    LabelTune,
    checked_examples,
    read_examples,
)
from mome.closed_set.rows import PARQUET_ROWS, check_file, read_rows
from mome.errors import TableError


def labelled(*pairs: tuple[str, str]) -> list[LabelledText]:
    return [LabelledText(text, label, row) for row, (text, label) in enumerate(pairs, 1)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", '\ufefftext,extra,label\r\n" hello, you ",1,a\r\n"two\nlines",2,\r\nshort\r\n'),
        (
            "a.jsonl",
            '\ufeff{"text": " hello, you ", "label": "a"}\n\n{"text": "two\\nlines", "label": null}'
            '\n{"text": "short", "label": NaN}',
        ),
    ],
)
def test_texts_are_stripped_and_missing_values_empty(
    name: str, content: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(content, "utf-8", newline="")
    found = list(read_rows(path, ("text", "label")))
    assert found == [("hello, you", "a"), ("two\nlines", ""), ("short", "")]


def test_parquet_is_read_in_parts_and_only_the_columns_that_are_wanted(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    number = 2 * PARQUET_ROWS + 1
    columns = {"text": [f"text {row}" for row in range(number)], "label": [1, None, 3] * number}
    columns["label"] = columns["label"][:number]
    table = pyarrow.table(columns | {"blob": [b"\0"] * number})
    pyarrow.parquet.write_table(table, path)
    found = list(read_rows(path, ("label", "text")))
    assert len(found) == number
    assert found[:3] == [("1", "text 0"), ("", "text 1"), ("3", "text 2")]
    with pytest.raises(TableError, match="blob in row 1 of .* is a bytes, and no text"):
        next(read_rows(path, ("blob",)))


def test_json_values_become_texts(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows = [{"text": 5, "label": -1}, {"text": 1.5, "label": True}]
    lines = [json.dumps(row) for row in rows]
    # Half of a surrogate pair, which UTF-8 cannot write.
    path.write_text("\n".join([*lines, '{"text": "\\ud83d!", "label": "x"}']), "utf-8")
    found = list(read_rows(path, ("text", "label")))
    assert found == [("5", "-1"), ("1.5", "True"), ("?!", "x")]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", b"said,label\n", "the header of .* has no column text; its columns are: said, l"),
        ("a.csv", b"", "has no column text; its columns are: none"),
        ("a.csv", b"text;label\nhello;a\n", "its columns are: text;label"),
        ("a.csv", b"text,label\nhello, world,a\n", "line 2 of .* has more fields than the header"),
        ("a.csv", "text,label\nü,a\n".encode("latin-1"), "is not in UTF-8"),
        (
            "a.csv",
            b"text,label\na,\0\n" + b'"' + b"x" * (17 * 2**20),
            "is no CSV: field larger than",
        ),
        ("a.jsonl", '{"text": "ü"}'.encode("latin-1"), "is not in UTF-8"),
        ("a.jsonl", b'{"text": "a", "label": "b"}\n{"text": "c"}\n', "row 2 of .* no column label"),
        ("a.jsonl", b'{"text": "a", "label": "b"}\n\n[1]\n', "line 3 of .* is no JSON object"),
        ("a.jsonl", b'{"text": {}, "label": "b"}\n', "text in row 1 of .* is a dict, and no text"),
        ("a.parquet", b"PAR1", "is no Parquet file, or it is cut off"),
        ("a.txt", b"hello", r"none of the files that can be read: .csv, .jsonl, .parquet"),
    ],
)
def test_a_bad_file_is_one_line(name: str, content: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(TableError, match=told) as error:
        list(read_rows(path, ("text", "label")))
    assert "\n" not in str(error.value) and len(str(error.value)) < 300


def test_a_parquet_file_without_a_row_has_its_columns_checked(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"said": pyarrow.array([], "string")}), path)
    with pytest.raises(TableError, match="has no column text; its columns are: said"):
        check_file(path, ("text",))


def test_a_check_reads_one_row_and_leaves_a_pipe_alone(tmp_path: Path) -> None:
    good = tmp_path / "a.jsonl"
    good.write_text('{"text": "a"}\nno json\n', "utf-8")
    check_file(good, ("text",))
    with pytest.raises(FileNotFoundError):
        check_file(tmp_path / "none.csv", ("text",))
    os.mkfifo(tmp_path / "pipe.csv")
    check_file(tmp_path / "pipe.csv", ("text",))


def test_repeated_examples_are_one_and_labels_are_sorted() -> None:
    found = checked_examples(labelled(("x", "b"), ("y", ""), ("x", "b"), ("z", "a")), "it")
    assert [(one.text, one.label, one.row) for one in found.examples] == [
        ("x", "b", 1),
        ("y", "", 2),
        ("z", "a", 4),
    ]
    assert found.labels == ("", "a", "b")


def test_contradictions_are_listed_or_the_later_one_wins() -> None:
    pairs = [(f"t{n}", "a") for n in range(5)] + [(f"t{n}", "b") for n in range(5)]
    given = labelled(*pairs, ("u", "a"))
    with pytest.raises(TableError) as error:
        checked_examples(given, "it")
    told = str(error.value)
    assert told.startswith("it contradicts itself: 't0' is 'a' in row 1 and 'b' in row 6; 't1'")
    assert "and 2 more; correct it, or give --later-wins" in told
    found = checked_examples(given, "it", later_wins=True)
    assert {one.text: one.label for one in found.examples} == {
        **{f"t{n}": "b" for n in range(5)},
        "u": "a",
    }
    # A label that has lost all its texts is none.
    with pytest.raises(TableError, match="one label only, 'b'"):
        checked_examples(given[:-1], "it", later_wins=True)


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        ([("x", "a"), ("", "b")], "row 2 of it has no text"),
        ([("x", "a"), ("y", "a")], "it has one label only, 'a'; at least two are needed"),
        ([("x", "a"), ("y", "")], "one label only"),
        ([("x", ""), ("y", "")], "it has no label; at least two are needed"),
        ([], "it has no label"),
        ([("x", "Yes"), ("y", "yes")], "differ in case or spaces only, 'Yes' and 'yes'"),
        ([("x", "top  up"), ("y", "top up")], "differ in case or spaces only"),
        ([("x", "STRASSE"), ("y", "straße")], "differ in case or spaces only"),
    ],
)
def test_labels_that_cannot_be_told_apart(pairs: list[tuple[str, str]], told: str) -> None:
    with pytest.raises(TableError, match=told):
        checked_examples(labelled(*pairs), "it")


def test_no_more_texts_than_a_memory_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "MOST_EXAMPLES", 3)
    fine = labelled(*((f"t{n % 3}", "ab"[n % 3 % 2]) for n in range(9)))
    assert len(checked_examples(fine, "it").examples) == 3
    with pytest.raises(TableError, match="it has more than 3 different texts"):
        checked_examples([*fine, LabelledText("one more", "a", 10)], "it")


def test_reading_ends_with_the_text_that_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "MOST_EXAMPLES", 1000)
    read: list[int] = []

    def endless() -> Iterator[LabelledText]:
        for number in count():
            read.append(number)
            yield LabelledText(f"t{number}", "ab"[number % 2], number + 1)

    with pytest.raises(TableError, match="it has more than 1,000 different texts"):
        checked_examples(endless(), "it")
    assert len(read) == 1001


def test_many_rows_take_no_more_memory_than_their_different_texts(tmp_path: Path) -> None:
    path, rows = tmp_path / "a.csv", 20_000
    text = "hello " * 40
    with path.open("w", encoding="utf-8") as file:
        file.write("text,label\n")
        file.writelines(f"{text},{'ab'[number % 2]}\n" for number in range(rows))
    tracemalloc.start()
    try:
        with pytest.raises(TableError, match=f"; and {rows - 4:,} more; correct it"):
            read_examples(LabelTune(path, tmp_path))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # All texts together take 5 MB, and the pairs that contradict each other as much again.
    assert peak < 5e5


def test_columns_of_other_names(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("said,is\nhello,a\nbye,b\n", "utf-8")
    found = read_examples(LabelTune(path, tmp_path, "said", "is"))
    assert found.examples == tuple(labelled(("hello", "a"), ("bye", "b")))
