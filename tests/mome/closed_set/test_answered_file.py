"""Files that are answered row by row."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mome.closed_set.answered_file import BATCH, answer_rows, check_target
from mome.errors import TableError

COLUMNS = ("double", "of")


def doubled(rows: list[int]) -> list[dict[str, object]]:
    return [{"double": 2 * row, "of": [row]} for row in rows]


@pytest.mark.parametrize("count", [0, 1, BATCH, BATCH + 1])
def test_each_row_is_answered_in_order(count: int, tmp_path: Path) -> None:
    told: list[int] = []
    target = tmp_path / "out.jsonl"
    assert answer_rows(iter(range(count)), target, COLUMNS, doubled, told.append) == count
    rows = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert rows == doubled(list(range(count)))
    assert told[-1:] == ([count] if count else [])


def test_a_csv_file_has_a_header_and_lists_as_json(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    answer_rows(iter([4]), target, COLUMNS, doubled, lambda rows: None)
    with target.open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == [{"double": "8", "of": "[4]"}]


def test_no_more_than_a_batch_is_held_and_what_is_written_stays(tmp_path: Path) -> None:
    taken = 0
    answered = 0

    def rows() -> Iterator[int]:
        nonlocal taken
        for taken in range(1, 3 * BATCH):
            assert taken - answered <= BATCH
            yield taken
        raise KeyboardInterrupt

    def answer(some: list[int]) -> list[dict[str, object]]:
        nonlocal answered
        answered += len(some)
        return doubled(some)

    target = tmp_path / "out.jsonl"
    with pytest.raises(KeyboardInterrupt):
        answer_rows(rows(), target, COLUMNS, answer, lambda rows: None)
    assert len(target.read_text("utf-8").splitlines()) == 2 * BATCH


def test_a_bad_first_row_leaves_no_file(tmp_path: Path) -> None:
    def rows() -> Iterator[int]:
        raise TableError("no column")
        yield 1

    target = tmp_path / "out.csv"
    with pytest.raises(TableError):
        answer_rows(rows(), target, COLUMNS, doubled, lambda rows: None)
    assert not target.exists()


def test_targets_that_are_refused(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_text("items\n", "utf-8")
    with pytest.raises(TableError, match="none of the files that can be written"):
        check_target(source, tmp_path / "a.xml")
    with pytest.raises(TableError, match="is the file that is read"):
        check_target(source, source)
