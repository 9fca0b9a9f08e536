"""Two databases for the tests of this package: the sample bookshop, and a small one with every name that is awkward to write."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from schemas import Catalog, introspect, resolve_url
from training_data.sample.bookshop import create_sample

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "training_data"


@pytest.fixture(scope="session")
def bookshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample database."""
    return create_sample(tmp_path_factory.mktemp("bookshop") / "bookshop.sqlite")


@pytest.fixture(scope="session")
def bookshop_catalog(bookshop: Path) -> Catalog:
    """What introspection finds in it."""
    return introspect(resolve_url(bookshop))


@pytest.fixture(scope="session")
def concerts() -> Callable[[str], Catalog]:
    """The catalog of concerts.sql as if it had been found in a database of this dialect: mixed case, reserved words, composite keys."""
    catalog = Catalog.read(FIXTURES / "concerts.json")
    return lambda dialect: dataclasses.replace(catalog, dialect=dialect)


@pytest.fixture
def bookshop_check(bookshop: Path) -> Iterator[Callable[[str], str | None]]:
    """Runs SQL on the sample database: None, or SQLite's own complaint."""
    with closing(sqlite3.connect(f"file:{bookshop}?mode=ro", uri=True)) as connection:

        def check(sql: str) -> str | None:
            try:
                connection.execute(sql).fetchmany(10)
            except (sqlite3.Error, sqlite3.Warning) as error:
                return str(error)
            return None

        yield check
