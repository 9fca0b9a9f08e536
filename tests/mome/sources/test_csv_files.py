"""csv files as people save them: encodings, ragged lines, headers."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from mome.sources.duckdb_settings import MEMORY_CONFIG
from mome.sources.views import create_views

SOUND = "".join(f"{number},person {number},{number * 10}\n" for number in range(1, 40))


def read(path: Path, content: bytes) -> tuple[list[tuple], list[tuple], list[str]]:
    """Return (name, type) of each column, the rows and the problems of one file."""
    path.write_bytes(content)
    with duckdb.connect(config=MEMORY_CONFIG) as connection:
        problems = [f"{p.name}: {p.reason}" for p in create_views(connection, [path])]
        try:
            result = connection.execute(f'FROM "{path.stem}"')
        except duckdb.CatalogException:
            return [], [], problems
        columns = [(name, str(kind)) for name, kind, *_ in result.description]
        return columns, result.fetchall(), problems


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.csv"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_encodings(path: Path, encoding: str) -> None:
    text = "id,dish\n1,Crème “brûlée” 5€\n2,Soup\n"
    columns, rows, problems = read(path, text.encode(encoding))
    assert columns == [("id", "BIGINT"), ("dish", "VARCHAR")]
    assert rows == [(1, "Crème “brûlée” 5€"), (2, "Soup")]
    assert problems == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "t.csv is empty"),
        (b"\n \n", "t.csv is empty"),
        (b"id,name\n1,a\x00b\n2,c\n", "t.csv holds NUL bytes"),
        # No character of Windows-1252 has this byte.
        (b"id,name\n1,\x81\n", "the encoding of t.csv is unknown; save it as UTF-8"),
        (b"a,b\n1,2\n3,4\n1,2,3\n1\n1,2,3,4\n", "t.csv is no table: many lines, line 4 first"),
    ],
)
def test_what_cannot_be_read_says_so_in_one_line(path: Path, content: bytes, reason: str) -> None:
    columns, _, (problem,) = read(path, content)
    assert columns == [] and problem.startswith(f"t: {reason}") and "\n" not in problem


@pytest.mark.parametrize("at", [0, 1, 20, 39])
def test_a_line_with_a_field_too_many_is_named_and_left_out(path: Path, at: int) -> None:
    lines = SOUND.splitlines(keepends=True)
    lines.insert(at, "99,Bo,20,extra\n")
    columns, rows, problems = read(path, ("id,name,amount\n" + "".join(lines)).encode())
    assert columns == [("id", "BIGINT"), ("name", "VARCHAR"), ("amount", "BIGINT")]
    assert [row[0] for row in rows] == list(range(1, 40))
    (problem,) = problems
    assert f"line {at + 2} has more than 3 fields, not read" in problem


def test_a_line_with_a_field_too_few_is_named_and_filled(path: Path) -> None:
    _, rows, problems = read(path, f"id,name,amount\n{SOUND}40,Bo\n".encode())
    assert rows[-1] == (40, "Bo", None)
    assert problems == ["t: line 41 has fewer than 3 fields, the rest read as empty"]


def test_empty_fields_at_the_end_of_a_line_are_no_fault(path: Path) -> None:
    _, rows, problems = read(path, f"id,name,amount\n{SOUND}40,Bo,20,,\n".encode())
    assert (rows[-1], problems) == ((40, "Bo", 20), [])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(path: Path, delimiter: str) -> None:
    text = f"id,name,n\n{SOUND}".replace(",", delimiter)
    for content in (text.encode(), text.encode("utf-16"), f"{text}9{delimiter}x\n".encode()):
        columns, rows, _ = read(path, content)
        assert [name for name, _ in columns] == ["id", "name", "n"]
        assert rows[0] == (1, "person 1", 10)


def test_headers(path: Path) -> None:
    names = {
        b"1,Ann\n2,Bo\n": ["column0", "column1"],
        b"id,name,name\n1,a,b\n": ["id", "name", "name_1"],
        b"id,ID\n1,2\n": ["id", "ID_1"],
        b"Report\n\nid,name\n1,Ann\n2,Bo\n": ["id", "name"],
        b"id,name\n": ["id", "name"],
        b"note\nhello, world\nfoo\n": ["note"],
    }
    for content, expected in names.items():
        columns, _, problems = read(path, content)
        assert ([name for name, _ in columns], problems) == (expected, [])
