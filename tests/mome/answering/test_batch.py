"""Files of questions as people and programs write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mome.answering.batch import AskedLine, BadQuestions, read_questions, translate_file
from mome.reporting import Reporter


def _file(folder: Path, content: str) -> Path:
    path = folder / "in.jsonl"
    path.write_bytes(content.encode())
    return path


def test_a_line_without_an_id_gets_its_number(tmp_path: Path) -> None:
    path = _file(tmp_path, '{"question": "Who?"}\n\n{"id": "b", "question": "Why?"}\n')
    assert read_questions(path) == [AskedLine(1, "Who?"), AskedLine("b", "Why?")]


@pytest.mark.parametrize("name", ["", "nowhere/out.jsonl"])
def test_answers_that_have_no_place_are_told_first(name: str, tmp_path: Path) -> None:
    path = _file(tmp_path, '{"question": "Who?"}')
    with pytest.raises(BadQuestions, match="cannot be written"):
        translate_file(tmp_path / "no-memory", path, tmp_path / name, Reporter())


def test_what_is_read(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        '\ufeff{"id": 7, "question": "Who?", "db": "x"}\r\n\n'
        '{"question": "\\ud800\\u2028", "id": "b", "dialogue": "d"}',
    )
    assert read_questions(path) == [AskedLine(7, "Who?"), AskedLine("b", "?\u2028", "d")]


@pytest.mark.parametrize(
    "line",
    [
        "[1, 2]",
        '"text"',
        "{",
        '{"id": 1}',
        '{"id": 1, "question": 2}',
        '{"question": "Who?", "dialogue": [1]}',
        "[" * 100_000,
    ],
)
def test_a_line_that_is_no_question_is_named(line: str, tmp_path: Path) -> None:
    with pytest.raises(BadQuestions, match=r"in\.jsonl, line 2: expected"):
        read_questions(_file(tmp_path, f'{{"id": 1, "question": "Who?"}}\n{line}\n'))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadQuestions, match="cannot be read"):
        read_questions(tmp_path)
