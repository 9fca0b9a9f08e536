from __future__ import annotations

import csv
import datetime
import io
from decimal import Decimal

import pyarrow.parquet

from app.export import file_name, grid, is_number, table, to_csv, to_parquet, unique_names

COLUMNS = ("name", "name", "", "n")
ROWS = [("a", None, datetime.date(2024, 1, 2), 1), ('b "q", c\nd', "é", None, 2)]


def test_names_that_come_twice_are_told_apart() -> None:
    assert unique_names(("n", "n", "n (2)", "", "n")) == [
        "n",
        "n (2)",
        "n (2) (2)",
        "column 4",
        "n (3)",
    ]


def test_csv_holds_every_row_as_it_is() -> None:
    read = list(csv.reader(io.StringIO(to_csv(COLUMNS, ROWS).decode("utf-8"), newline="")))
    assert read == [
        ["name", "name (2)", "column 3", "n"],
        ["a", "", "2024-01-02", "1"],
        ['b "q", c\nd', "é", "", "2"],
    ]


def test_no_text_of_a_csv_is_a_formula() -> None:
    texts = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "a=1", "'=1")
    numbers = (-1, -1.5, Decimal("-2.50"))
    header, *rows = csv.reader(
        io.StringIO(
            to_csv(("=cmd", "n"), [(text, -1) for text in texts]).decode("utf-8"), newline=""
        )
    )
    assert header == ["'=cmd", "n"]
    assert [text for text, _ in rows] == [
        "'=1+1",
        "'+1",
        "'-1",
        "'@SUM(A1)",
        "'\t'=1",
        "'\r'=1",
        "a=1",
        "'=1",
    ]
    assert {number for _, number in rows} == {"-1"}
    assert to_csv(("n",), [(number,) for number in numbers]).decode().split("\r\n")[1:4] == [
        "-1",
        "-1.5",
        "-2.50",
    ]
    assert pyarrow.parquet.read_table(
        io.BytesIO(to_parquet(("=cmd",), [(texts[0],)]))
    ).to_pylist() == [{"=cmd": "=1+1"}]


def test_a_cell_is_one_cell_wherever_the_spreadsheet_splits() -> None:
    texts = ["a;=1+1", "a\t=1+1", "a,b", 'say "x"', " a", "a\rb", "plain", ""]
    lines = to_csv(("t", "n"), [(text, 1) for text in texts]).decode().split("\r\n")[1:-1]
    assert lines == [
        '"a;\'=1+1",1',
        '"a\t\'=1+1",1',
        '"a,b",1',
        '"say ""x""",1',
        '" a",1',
        '"a\rb",1',
        "plain,1",
        ",1",
    ]
    assert to_csv(("t",), [(None,), (1,)]) == b't\r\n""\r\n1\r\n'


def test_numbers_that_a_browser_would_round_are_text_in_the_grid() -> None:
    exact = [2**53 + 1, None, 5]
    dear = Decimal("123456789012345678.90")
    shown = grid(("id", "n", "price"), list(zip(exact, [1, 2, 3], [dear, None, dear], strict=True)))
    assert shown.to_pydict() == {
        "id": ["9007199254740993", None, "5"],
        "n": [1, 2, 3],
        "price": ["123456789012345678.90", None, "123456789012345678.90"],
    }
    assert [is_number(shown, place) for place in range(3)] == [False, True, False]
    assert table(("id",), [(2**53 + 1,)]).to_pydict() == {"id": [2**53 + 1]}


def test_parquet_holds_every_row_with_its_types() -> None:
    read = pyarrow.parquet.read_table(io.BytesIO(to_parquet(COLUMNS, ROWS)))
    assert read.column_names == ["name", "name (2)", "column 3", "n"]
    assert [tuple(row.values()) for row in read.to_pylist()] == ROWS


def test_a_column_of_mixed_types_becomes_text() -> None:
    assert table(("v",), [(1,), ("one",), (None,), (b"\x01",)]).to_pydict() == {
        "v": ["1", "one", None, "01"]
    }


def test_values_that_arrow_cannot_hold_become_text() -> None:
    for value, text in (
        (2**70, str(2**70)),
        ({"a": [1, Decimal("2.5")]}, '{"a": [1, "2.5"]}'),
        ([1, None], "[1, null]"),
    ):
        assert table(("v",), [(value,)]).to_pydict() == {"v": [text]}


def test_no_rows_and_columns_of_nothing_are_still_files() -> None:
    assert to_csv(("a", "b"), []) == b"a,b\r\n"
    assert pyarrow.parquet.read_table(io.BytesIO(to_parquet(("a",), [(None,)]))).to_pylist() == [
        {"a": None}
    ]
    assert pyarrow.parquet.read_table(io.BytesIO(to_parquet(("a",), []))).num_rows == 0


def test_half_a_character_does_not_stop_a_download() -> None:
    assert to_csv(("a",), [("x\ud800",)]) == b"a\r\nx?\r\n"
    assert table(("a",), [("x\ud800",)]).to_pydict() == {"a": ["x?"]}


def test_a_file_is_named_after_its_question() -> None:
    assert (
        file_name("How many orders were returned in 2024?", "csv")
        == "how-many-orders-were-returned-in-2024.csv"
    )
    assert file_name("../../etc/passwd", "csv") == "etc-passwd.csv"
    assert file_name("???", "csv") == "answer.csv"
    assert len(file_name("word " * 300, "csv")) < 70
