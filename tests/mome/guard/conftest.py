"""Fixtures of the guard's tests: a shop's catalog in each dialect, its database, and statements.

The database has one table more than the catalog: `secrets`, which no query may read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from mome.catalog import Catalog
from mome.guard import guard

FIXTURES = Path(__file__).parents[2] / "fixtures" / "guard"
DIALECTS = ("sqlite", "duckdb", "postgres", "mysql")
_HEAD = re.compile(r"^# (becomes|reason): ?(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """One titled statement from a file in tests/fixtures/guard."""

    dialect: str
    title: str
    sql: str
    expected: str | None
    """Expected text (`# becomes:`) or a part of the refusal (`# reason:`); None if not given."""


def read_cases(kind: str) -> list[Case]:
    """Return all allowed or refused statements. Those of common.sql come once for each dialect,
    those of a file of several dialects, such as duckdb_postgres.sql, once for each of these.
    """
    cases = []
    for dialect in DIALECTS:
        for path in sorted((FIXTURES / kind).glob("*.sql")):
            if path.stem != "common" and dialect not in path.stem.split("_"):
                continue
            blocks = re.split(r"^# title: ", path.read_text("utf-8"), flags=re.MULTILINE)
            # The first block is the text before the first title.
            for block in blocks[1:]:
                cases.append(_case(dialect, block))
    return cases


def _case(dialect: str, block: str) -> Case:
    title, _, body = block.partition("\n")
    expected = _HEAD.search(body)
    sql = _HEAD.sub("", body).strip()
    return Case(dialect, f"{dialect}: {title}", sql, expected[2] if expected else None)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test with a parameter `allowed` or `refused` once for each of those statements."""
    for kind in ("allowed", "refused"):
        if kind in metafunc.fixturenames:
            cases = read_cases(kind)
            metafunc.parametrize(kind, cases, ids=[case.title for case in cases])


@pytest.fixture(scope="session")
def shop() -> Callable[[str], Catalog]:
    """Return a function from a dialect to the shop's catalog."""
    catalogs = {dialect: Catalog.from_dict(_catalog(dialect)) for dialect in DIALECTS}
    return catalogs.__getitem__


def _catalog(dialect: str) -> dict:
    # SQLite has no schemas, so its catalog lacks the table hr.salaries.
    data = json.loads((FIXTURES / "catalog.json").read_text("utf-8"))
    tables = [table for table in data["tables"] if dialect != "sqlite" or table["schema"] is None]
    return {
        **data,
        "dialect": dialect,
        "engine": dialect,
        "url": f"{dialect}://reader@localhost/shop",
        "tables": tables,
    }


@pytest.fixture(scope="session")
def allowed_in(shop: Callable[[str], Catalog]) -> Callable[[str], list[tuple[str, str]]]:
    """Return a function from a dialect to (title, guarded text) of its allowed statements."""

    def guarded(dialect: str) -> list[tuple[str, str]]:
        cases = [case for case in read_cases("allowed") if case.dialect == dialect]
        return [(case.title, guard(case.sql, shop(dialect)).sql) for case in cases]

    return guarded


@pytest.fixture(scope="session")
def shop_sql() -> str:
    """Return the script that makes the shop's database, including the table `secrets`."""
    return (FIXTURES / "shop.sql").read_text("utf-8")


@pytest.fixture(scope="session")
def many_tables() -> Catalog:
    """Return a catalog of 1,000 tables with 20 columns each."""
    column = {
        "type": "TEXT",
        "family": "text",
        "nullable": True,
        "comment": None,
        "values": None,
        "values_complete": False,
    }
    columns = [{"name": f"column_{number}", **column} for number in range(20)]
    details = {
        "schema": None,
        "kind": "table",
        "comment": None,
        "rows": 1,
        "primary_key": [],
        "unique": [],
        "foreign_keys": [],
    }
    tables = [{"name": f"table_{number}", "columns": columns, **details} for number in range(1000)]
    header = {
        "format": 1,
        "dialect": "sqlite",
        "engine": "sqlite",
        "url": "sqlite://",
        "fingerprint": "f",
        "problems": [],
    }
    return Catalog.from_dict({**header, "tables": tables})
