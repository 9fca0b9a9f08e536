"""Names and texts that are not there are found; aliases and the question's words are none."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return importlib.import_module("hallucinations")


@pytest.mark.parametrize(
    ("sql", "names", "values"),
    [
        ("SELECT s.Name AS n FROM singer AS s WHERE s.name = 'ann' ORDER BY n", False, False),
        ("WITH few AS (SELECT name FROM singer) SELECT COUNT(*) FROM few", False, False),
        ("SELECT name FROM singer WHERE name LIKE '%bo%'", False, False),
        ("SELECT age FROM singer", True, False),
        ("SELECT name FROM song", True, False),
        ("SELECT name FROM singer WHERE name = 'Cy'", False, True),
    ],
)
def test_what_is_not_there_is_found(
    checks: ModuleType, sql: str, names: bool, values: bool
) -> None:
    database = checks.Database(frozenset({"singer", "name"}), frozenset({"ann"}))
    found = checks.hallucinated(sql, "who is called Bo", database)
    assert (found.names, found.values, found.unparsed) == (names, values, False)


def test_what_is_no_sql_is_unparsed(checks: ModuleType) -> None:
    database = checks.Database(frozenset(), frozenset())
    assert checks.hallucinated("SELECT FROM WHERE (", "", database).unparsed
