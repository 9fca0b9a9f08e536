"""Names are quoted where their dialect needs it; NULL stays where the engine sorts it."""

from __future__ import annotations

import pytest
import sqlglot

from schemas.reserved import reserved_words
from training_data.sql.builder import Sql

DIALECTS = ("sqlite", "duckdb", "postgres", "mysql")


@pytest.mark.parametrize(
    ("dialect", "name", "written"),
    [
        ("sqlite", "Title", "Title"),
        ("duckdb", "Title", "Title"),
        ("mysql", "Title", "Title"),
        ("postgres", "Title", '"Title"'),
        ("postgres", "title", "title"),
        ("sqlite", "order", '"order"'),
        ("mysql", "Order", "`Order`"),
        ("mysql", "rank", "`rank`"),
        ("sqlite", "rank", "rank"),
        ("duckdb", "Pivot", '"Pivot"'),
        ("postgres", "user", '"user"'),
        ("sqlite", "user", "user"),
        ("sqlite", "window", '"window"'),
        ("postgres", "interval", '"interval"'),
        ("mysql", "date", "date"),
        ("duckdb", "seat count", '"seat count"'),
        ("sqlite", 'a"b', '"a""b"'),
        ("mysql", "a`b", "`a``b`"),
        ("duckdb", "1st", '"1st"'),
        ("postgres", "größe", '"größe"'),
    ],
)
def test_names(dialect: str, name: str, written: str) -> None:
    assert Sql(dialect).text(Sql(dialect).column(name)) == written


@pytest.mark.parametrize(
    ("dialect", "written"),
    [
        ("sqlite", r"x = 'it''s \ b'"),
        ("duckdb", r"x = 'it''s \ b'"),
        ("postgres", r"x = 'it''s \ b'"),
        ("mysql", r"x = 'it''s \\ b'"),
    ],
)
def test_text_values(dialect: str, written: str) -> None:
    sql = Sql(dialect)
    assert sql.text(sql.equals(sql.column("x"), r"it's \ b")) == written


def test_other_values() -> None:
    sql = Sql("postgres")
    assert sql.text(sql.equals(sql.column("x"), 3)) == "x = 3"
    assert sql.text(sql.equals(sql.column("x"), -2.5)) == "x = -2.5"
    assert sql.text(sql.equals(sql.column("x"), True)) == "x = TRUE"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_order_is_written_without_nulls(dialect: str) -> None:
    sql = Sql(dialect)
    texts = [
        sql.text(sql.ordered(sql.column("x"), descending=descending))
        for descending in (True, False)
    ]
    assert texts == ["x DESC", "x"]


def test_where_null_comes_first() -> None:
    leads = {
        dialect: (
            Sql(dialect).nulls_lead(descending=True),
            Sql(dialect).nulls_lead(descending=False),
        )
        for dialect in DIALECTS
    }
    assert leads == {
        "sqlite": (False, True),
        "mysql": (False, True),
        "postgres": (True, False),
        "duckdb": (False, False),
    }


def test_years() -> None:
    sql = Sql("sqlite")
    assert sql.text(sql.within_year(sql.column("day"), 2024)) == (
        "day >= '2024-01-01' AND day < '2025-01-01'"
    )
    assert sql.text(sql.year(sql.column("day", "t"))) == "STRFTIME('%Y', t.day)"
    assert Sql("mysql").text(Sql("mysql").year(sql.column("day"))) == "EXTRACT(YEAR FROM day)"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_sqlglot_reads_every_name_as_it_is_written(dialect: str) -> None:
    """Names that sqlglot does not take bare are quoted, though the engine would take them."""
    sql = Sql(dialect)
    words = {word for each in DIALECTS for word in reserved_words(each)}
    for word in sorted(words | {"interval", "lock", "cube", "window", "rollback", "values"}):
        column = sql.text(sql.column(word))
        statement = f"SELECT MAX({column}) FROM {column} WHERE {column} = 1"
        assert sqlglot.transpile(statement, read=dialect, write=dialect) == [statement]
