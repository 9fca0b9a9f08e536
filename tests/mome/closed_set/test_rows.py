"""Tables row by row."""

from __future__ import annotations

from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from mome.closed_set.rows import read_rows, table_rows
from mome.errors import TableError


def test_three_formats_give_the_same_rows(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('a,b\n x ,1\n"p, q",\n', "utf-8-sig")
    (tmp_path / "a.jsonl").write_text('{"a": "x", "b": 1}\n\n{"a": "p, q", "b": null}\n', "utf-8")
    table = pyarrow.table({"a": ["x", "p, q"], "b": [1, None]})
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    for name in ("a.csv", "a.jsonl", "a.parquet"):
        assert list(read_rows(tmp_path / name, ("b", "a"))) == [("1", "x"), ("", "p, q")]


def test_rows_are_read_as_they_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": [1]}\nno json\n', "utf-8")
    rows = table_rows(path)
    assert next(rows) == {"a": [1]}
    with pytest.raises(TableError, match="line 2 of"):
        next(rows)


def test_a_missing_column_names_those_that_are_there(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,y\n1,2\n", "utf-8")
    with pytest.raises(TableError, match="the header of .* has no column a; its columns are: x, y"):
        list(read_rows(path, ("a",)))
