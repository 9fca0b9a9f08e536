"""The databases of the businesses are made, and the questions about them are fit to ask."""

from __future__ import annotations

import importlib
import sqlite3
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest
from sqlglot import exp

from mome.sql_tree import parsed

FOLDER = Path(__file__).parent
BUSINESSES = {
    "business": ("gym", "factory", "charity"),
    "enterprise": ("logistics", "clinic", "warehouse_dw"),
}
"""The databases of each set."""
COUNTS = {"business": (55, 15), "enterprise": (40, 12)}
"""Questions of each business in a set: those with and those without an answer."""
MOST_COLUMNS = 12


@pytest.fixture
def sets(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The sets of the exam, which import their neighbours as a script does."""
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("exam_sets")


@pytest.fixture
def made(sets: ModuleType, tmp_path: Path) -> dict[str, Path]:
    """The databases by name."""
    folder = tmp_path / "made"
    names = [name for of_set in BUSINESSES.values() for name in of_set]
    return {name: sets.database_of(name, tmp_path / "no data", folder) for name in names}


def test_the_same_rows_come_on_every_run(
    sets: ModuleType, made: dict[str, Path], tmp_path: Path
) -> None:
    for name, path in made.items():
        again = sets.database_of(name, tmp_path, tmp_path / "again")
        with closing(sqlite3.connect(path)) as one, closing(sqlite3.connect(again)) as other:
            assert list(one.iterdump()) == list(other.iterdump())


def test_the_foreign_keys_hold_and_each_table_has_rows(made: dict[str, Path]) -> None:
    for path in made.values():
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
            query = "SELECT name FROM sqlite_master WHERE type = 'table'"
            tables = [table for (table,) in connection.execute(query)]
            assert 8 <= len(tables) <= 14
            for table in tables:
                assert connection.execute(f"SELECT 1 FROM {table}").fetchone(), table


@pytest.mark.parametrize("name", BUSINESSES)
def test_the_exam_asks_each_business_with_and_without_an_answer(
    sets: ModuleType, tmp_path: Path, name: str
) -> None:
    asked = list(sets.sittings(name, tmp_path, tmp_path))
    assert [sitting.database.stem for sitting in asked] == list(BUSINESSES[name])
    answerable, unanswerable = COUNTS[name]
    for sitting in asked:
        assert {question.db for question in sitting.questions} == {sitting.database.stem}
        answers = [bool(question.sql) for question in sitting.questions]
        assert answers == [True] * answerable + [False] * unanswerable
        texts = {question.question.strip() for question in sitting.questions}
        assert len(texts) == len(answers)


@pytest.mark.parametrize("name", BUSINESSES)
def test_each_query_reads_alone_and_returns_few_columns_with_a_value(
    sets: ModuleType, tmp_path: Path, name: str
) -> None:
    for sitting in sets.sittings(name, tmp_path, tmp_path):
        with closing(sqlite3.connect(sitting.database)) as connection:
            for sql in [sql for question in sitting.questions for sql in question.sql]:
                assert isinstance(parsed(sql, "sqlite"), exp.Query), sql
                rows = connection.execute(sql).fetchall()
                assert rows and any(value is not None for value in rows[0]), sql
                assert len(rows[0]) <= MOST_COLUMNS, sql


def test_no_confidence_is_fitted_to_the_larger_firms(sets: ModuleType) -> None:
    assert "enterprise" not in sets.FITTED
