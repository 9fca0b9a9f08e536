"""Records of files: each kind of damage is reported with its line, and the rest is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from training_data.errors import UnreadableFile
from training_data.given.records import Record, RecordProblem, read_records


def read(
    path: Path, content: str | bytes, required: tuple[str, ...] = ("question", "sql")
) -> list[Record | RecordProblem]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_records(path, required))


def shown(results: list[Record | RecordProblem]) -> list[tuple[int, str]]:
    """Return line numbers with the question that was read there, or the reason why none was."""
    lines = []
    for result in results:
        is_record = isinstance(result, Record)
        text = result.text("question") if is_record else f"! {result.reason}"
        lines.append((result.line, text))
    return lines


def test_jsonl(tmp_path: Path) -> None:
    lines = [
        '{"question": "a", "sql": "b"}',
        "",
        "{cut off",
        "[1]",
        '{"Question ": " padded ", "sql": null}',
        "[" * 100_000,
    ]
    assert shown(read(tmp_path / "a.jsonl", "\n".join(lines))) == [
        (1, "a"),
        (3, "! not JSON (Expecting property name enclosed in double quotes)"),
        (4, "! not a JSON object with named fields"),
        (5, "padded"),
        (6, "! not JSON (nested too deeply)"),
    ]


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_byte_order_mark_and_line_ends(tmp_path: Path, start: bytes, end: bytes) -> None:
    content = start + end.join([b"question,sql", "Größe,x".encode(), b"b,y", b""])
    assert shown(read(tmp_path / "a.csv", content)) == [(2, "Größe"), (3, "b")]


def test_csv_with_fields_over_several_lines(tmp_path: Path) -> None:
    content = 'question,sql\n"one, ""quoted""","SELECT 1\nFROM a"\n\ntwo,SELECT 2\n'
    first, second = read(tmp_path / "a.csv", content)
    assert isinstance(first, Record)
    assert first.fields == {"question": 'one, "quoted"', "sql": "SELECT 1\nFROM a"}
    assert isinstance(second, Record)
    assert second.line == 5


def test_csv_goes_on_after_every_broken_line(tmp_path: Path) -> None:
    content = 'question,sql\nlonely\na,b,c\nopen,"SELECT 1\nfine,SELECT 2\nbad,"x"y\nlast,SELECT 3'
    results = read(tmp_path / "a.csv", content)
    assert [(result.line, isinstance(result, Record)) for result in results] == [
        (2, False),
        (3, False),
        (4, False),
        (5, True),
        (6, False),
        (7, True),
    ]
    assert str(results[0]) == (
        f"{tmp_path / 'a.csv'}, line 2: 1 fields, expected 2; "
        "put quotes around a field that holds a comma"
    )


def test_other_columns_and_another_order(tmp_path: Path) -> None:
    (record,) = read(tmp_path / "a.csv", "id,SQL,Question\n1,SELECT 1,one\n")
    assert isinstance(record, Record)
    assert (record.text("question"), record.text("sql")) == ("one", "SELECT 1")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"", "neither .jsonl nor .csv"),
        ("a.jsonl", b'{"question": "a"}\n\xe9', r"not UTF-8 \(line 2\)"),
        ("a.csv", "question,sql\n".encode("utf-16"), "not UTF-8"),
        ("a.csv", b"frage,sql\n", "no column question"),
        ("a.csv", b"", "no column question and no column sql"),
    ],
)
def test_an_unreadable_file_says_why(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    with pytest.raises(UnreadableFile, match=message):
        read(tmp_path / name, content)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    for path in (tmp_path / "none.jsonl", tmp_path / "folder.csv"):
        with pytest.raises(UnreadableFile, match="cannot read"):
            list(read_records(path, ()))


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.sampled_from(["a.jsonl", "a.csv"]),
    body=st.text(st.sampled_from('{}[]",:\n\r\\ aé0'), max_size=60),
)
def test_no_text_stops_the_reading(tmp_path: Path, name: str, body: str) -> None:
    """Records and problems come in the order of their lines, one for a line at most."""
    head = '{"question": "first", "sql": "x"}\n' if name == "a.jsonl" else "question,sql\nfirst,x\n"
    results = read(tmp_path / name, head + body)
    assert isinstance(results[0], Record)
    assert results[0].text("question") == "first"
    lines = [result.line for result in results]
    assert lines == sorted(set(lines))
