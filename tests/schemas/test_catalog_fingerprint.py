"""The fingerprint changes with the structure and with nothing else."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from schemas import introspect, resolve_url

BASE = (
    "CREATE TABLE t(id INTEGER PRIMARY KEY, k TEXT CHECK (k IN ('a', 'b')), "
    "p INT REFERENCES t(id));"
)


@pytest.fixture
def fingerprint(make_sqlite: Callable) -> Callable[[str], str]:
    """Return the fingerprint of a new database that a script creates."""
    numbers = itertools.count()

    def fingerprint_of(script: str) -> str:
        path = make_sqlite(script, f"{next(numbers)}.db")
        return introspect(resolve_url(path)).fingerprint

    return fingerprint_of


def test_rows_do_not_change_it(fingerprint: Callable) -> None:
    assert fingerprint(BASE) == fingerprint(BASE + "INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 1)")


@pytest.mark.parametrize(
    "changed",
    [
        BASE.replace("k TEXT", "k VARCHAR(3)"),
        BASE.replace("k TEXT", "k TEXT NOT NULL"),
        BASE.replace("'b'", "'c'"),
        BASE.replace(" REFERENCES t(id)", ""),
        BASE.replace(" PRIMARY KEY", ""),
        BASE + "CREATE UNIQUE INDEX u ON t(k);",
        BASE + "CREATE VIEW v AS SELECT 1 AS one;",
        BASE.replace("p INT", "q INT"),
    ],
)
def test_structure_changes_it(fingerprint: Callable, changed: str) -> None:
    assert fingerprint(BASE) != fingerprint(changed)


def test_inferred_keys_do_not_change_it(fingerprint: Callable) -> None:
    pair = "CREATE TABLE parent(id INTEGER PRIMARY KEY); CREATE TABLE child(parent_id INT);"
    rows = "INSERT INTO parent VALUES (1); INSERT INTO child VALUES (2);"
    assert fingerprint(pair) == fingerprint(pair + rows)
