"""Numbers and dates as people write them: read right, or not read and reported."""

from __future__ import annotations

import datetime
from pathlib import Path

import duckdb
import pytest

from mome.sources.duckdb_settings import MEMORY_CONFIG
from mome.sources.views import create_views


def read(tmp_path: Path, content: str) -> tuple[dict[str, list], list[str]]:
    """Return the values of each column of a file, and the problems."""
    path = tmp_path / "t.csv"
    path.write_text(content, "utf-8")
    with duckdb.connect(config=MEMORY_CONFIG) as connection:
        problems = [f"{p.name}: {p.reason}" for p in create_views(connection, [path])]
        result = connection.execute("FROM t")
        names = [column[0] for column in result.description]
        values = [list(column) for column in zip(*result.fetchall(), strict=True)]
    return dict(zip(names, values, strict=True)), problems


@pytest.mark.parametrize(
    ("title", "content", "expected"),
    [
        ("continental", "k;v\na;1.234,56\nb;99,90\nc;-12,00\n", [1234.56, 99.9, -12.0]),
        ("English", 'k,v\na,"331,885"\nb,"1,522,250"\n', [331885, 1522250]),
        ("English decimals", 'k,v\na,"1,234.50"\nb,7\n', [1234.5, 7.0]),
        ("quoted in a file with commas", 'k,v\na,"331,885"\nb,"65,086"\n', [331885, 65086]),
        ("missing values", 'k,v\na,\nb,"1,200"\nc,"12,300.5"\n', [None, 1200.0, 12300.5]),
        ("dollars", 'k,v\na,$3.50\nb,"$1,200.00"\n', [3.5, 1200.0]),
        ("euros", "k;v\na;3,50 €\nb;1.200,00 €\n", [3.5, 1200.0]),
        ("spaces", "k;v\na;1 234,50\nb;12,00\n", [1234.5, 12.0]),
        ("no-break spaces", "k;v\na;1\u202f234\nb;12\u00a0000\n", [1234, 12000]),
        ("apostrophes", "k,v\na,1'234.50\nb,12.00\n", [1234.5, 12.0]),
        ("beyond 64 bits", 'k,v\na,"9,223,372,036,854,775,808"\nb,1\n', [2**63, 1]),
        ("plain decimals", "k;v\na;1.500\nb;0.250\n", [1.5, 0.25]),
        ("codes", "k,v\na,01234\nb,00501\n", ["01234", "00501"]),
        ("lists", 'k,v\na,"1,2"\nb,3\n', ["1,2", "3"]),
        ("several currencies", "k;v\na;3,50 €\nb;2,00 $\n", ["3,50 €", "2,00 $"]),
    ],
)
def test_numbers(tmp_path: Path, title: str, content: str, expected: list) -> None:
    values, problems = read(tmp_path, content)
    assert (values["v"], problems) == (expected, []), title
    assert [type(value) for value in values["v"]] == [type(value) for value in expected]


def test_one_column_shows_the_style_of_the_others(tmp_path: Path) -> None:
    values, problems = read(tmp_path, "city;people;share\nBonn;331.885;1,5\nGent;65.086;2,5\n")
    assert (values["people"], values["share"], problems) == ([331885, 65086], [1.5, 2.5], [])


def test_a_number_with_two_readings_is_not_read(tmp_path: Path) -> None:
    values, problems = read(tmp_path, "city;people\nBonn;331,885\nGent;65,086\n")
    assert list(values) == ["city"]
    (problem,) = problems
    assert problem.startswith("t.people: numbers such as 331,885 can be thousands or decimals")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("01/02/2024|23/04/2024", [datetime.date(2024, 2, 1), datetime.date(2024, 4, 23)]),
        ("01/02/2024|03/24/2024", [datetime.date(2024, 1, 2), datetime.date(2024, 3, 24)]),
        ("01.02.2024|03.04.2024", [datetime.date(2024, 2, 1), datetime.date(2024, 4, 3)]),
        ("01.02.24|03.04.24", [datetime.date(2024, 2, 1), datetime.date(2024, 4, 3)]),
        ("2024-02-01|2024-03-04", [datetime.date(2024, 2, 1), datetime.date(2024, 3, 4)]),
        (
            "01/02/2024 10:30|23/04/2024 11:00",
            [datetime.datetime(2024, 2, 1, 10, 30), datetime.datetime(2024, 4, 23, 11)],
        ),
    ],
)
def test_dates(tmp_path: Path, content: str, expected: list) -> None:
    rows = "".join(f"{n},{day}\n" for n, day in enumerate(content.split("|")))
    values, problems = read(tmp_path, f"id,day\n{rows}")
    assert (values["day"], problems) == (expected, [])


def test_a_date_with_two_readings_is_not_read(tmp_path: Path) -> None:
    for time in ("", " 10:00"):
        values, problems = read(tmp_path, f"id,day\n1,01/02/2024{time}\n2,03/04/2024{time}\n")
        assert list(values) == ["id"]
        (problem,) = problems
        assert problem.startswith("t.day: dates such as 01/02/2024")
        assert "day or the month first" in problem


def test_one_column_of_dates_shows_the_order_of_the_others(tmp_path: Path) -> None:
    values, problems = read(tmp_path, "a,b\n01/02/2024,01/02/2024\n03/04/2024,23/05/2024\n")
    assert (values["a"][1], problems) == (datetime.date(2024, 4, 3), [])
